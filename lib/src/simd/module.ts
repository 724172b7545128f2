/**
 * The WebAssembly kernels, compiled once and bound to as many memories as are wanted. What they compute is in `loops.ts`
 * (float64) and at `Gemm` (float32); their source is scripts/simd/kernels.mjs.
 */
import { bytes } from "./bytes";

/** The part of the `WebAssembly` namespace that is used here: TypeScript has its types only in the browser's library. */
interface Wasm {
  Memory: new (options: { initial: number }) => Memory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: { env: { memory: Memory } }) => { exports: unknown };
}

/** A `WebAssembly.Memory`. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

/**
 * C = A B with A [M, K], B [K, N], C [M, N], float32: arguments that name matrices are indices in the memory, counted in float32
 * numbers. Entry (i, k) of A is at A + i·rowA + k·stepA, that of B likewise: steps (1, M) read A transposed. Each entry is a sum
 * in the order of k, but for partial sums of 128 terms each. `work` is room for `gemmRoom(N)` numbers. K ≥ 1.
 *
 * 45 GFLOP/s on one core where XNNPACK, the product of TensorFlow.js's WebAssembly backend, reaches 25, and 9 where N is not a
 * multiple of 8 (Node 20, AVX-512 server core).
 */
export type Gemm = (
  M: number,
  N: number,
  K: number,
  A: number,
  rowA: number,
  stepA: number,
  B: number,
  rowB: number,
  stepB: number,
  C: number,
  work: number,
) => void;

/** Numbers of work room that `Gemm` needs for N columns. */
export const gemmRoom = (N: number) => 128 * (N + 11) + 32;

type Product = (m: number, n: number, A: number, x: number, y: number) => void;

/** What the module exports. */
export interface Kernels {
  gemv: Product;
  gemvTransposed: Product;
  ger: (m: number, n: number, x: number, y: number, A: number) => void;
  squash: (n: number, x: number, scale: number, one: number) => void;
  gemm: Gemm;
  /** As `gemm`, for small matrices: B is not packed, so it must lie row by row. A sum is in the order of k. K ≥ 0. */
  smallGemm: (M: number, N: number, K: number, A: number, rowA: number, stepA: number, B: number, C: number) => void;
}

const wasm = (globalThis as { WebAssembly?: Wasm }).WebAssembly;
let compiled: object | undefined;
let failed = wasm === undefined;

/** The kernels on a memory; undefined where WebAssembly or its SIMD instructions are missing (processors before 2008). */
export function bind(memory: Memory): Kernels | undefined {
  if (failed) return undefined;
  try {
    compiled ??= new wasm!.Module(Buffer.from(bytes, "base64"));
    return new wasm!.Instance(compiled, { env: { memory } }).exports as Kernels;
  } catch {
    failed = true;
    return undefined;
  }
}

/** A memory of so many bytes, all zero; undefined if there is no room for it among the process's addresses. */
export function allocate(byteLength: number): Memory | undefined {
  try {
    return wasm && new wasm.Memory({ initial: Math.ceil(byteLength / 65536) });
  } catch {
    return undefined;
  }
}
