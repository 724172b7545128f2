/** Training steps as TensorFlow graphs. */
export { compile, type Compiled, type CompileOptions, type CompileStats } from "./compile";
export { host, hostTensor } from "./host";
