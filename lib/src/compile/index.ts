/** Training steps as graphs. */
export { compile, type Compiled, type CompileOptions, type CompileStats } from "./compile";
export { guard, host, hostTensor } from "./host";
