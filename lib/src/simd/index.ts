/** Loops over numbers: in WebAssembly with SIMD, and in plain TypeScript where that is missing or not worth its while. */
export * as loops from "./loops";
export { allocate, bind, gemmRoom, type Gemm, type Kernels, type Memory } from "./module";
export { plainWorkspace, workspace, type Workspace } from "./workspace";
