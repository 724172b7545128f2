/**
 * The four products in which the from-scratch networks spend their time, on bare row-major Float64Arrays. Shapes are checked
 * by `Matrix`, which is what to use; this file is only about speed, and the names are those of BLAS.
 *
 * Large matrices are copied into a workspace whose WebAssembly kernels take two numbers at a time, and back. The copy is
 * worth it: 64 × 64 times a vector takes 0.9 µs with the copy, and in plain TypeScript 2.0 µs, or 2.9 once any ArrayBuffer of the
 * process was transferred (as `fetch` and workers do): from then on V8 asks at each access whether the array is still there. A
 * training step (H = 64, V = 28, T = 25) takes 0.22 ms in place of 0.33 or 0.46 (Node 20, AVX-512 server core).
 */
import { loops, workspace, type Workspace } from "../simd";

/** Fewer products than this are done before a copy is. */
const SMALL = 256;
/** Numbers in the workspace, 4 MB: matrices of up to about 700 × 700. Pages that are not used cost nothing. */
const ROOM = 1 << 19;

let space: Workspace | undefined;

/** The workspace, if a matrix [m, n] should go there. */
function spaceFor(m: number, n: number): Workspace | undefined {
  const size = m * n;
  if (size < SMALL || size + 4 * (m + n + 8) > ROOM) return undefined;
  return (space ??= workspace(ROOM));
}

const fours = (n: number) => (n + 3) & ~3;

/** y += A x, with A [m, n], x [n], y [m]. */
export function gemv(m: number, n: number, A: Float64Array, x: Float64Array, y: Float64Array): void {
  const space = spaceFor(m, n);
  if (!space) return loops.gemv(m, n, A, x, y);
  const { numbers } = space;
  const xAt = fours(m);
  const at = xAt + fours(n);
  numbers.set(y);
  numbers.set(x, xAt);
  numbers.set(A, at);
  space.gemv(m, n, at, xAt, 0);
  y.set(numbers.subarray(0, m));
}

/** y += Aᵀ x, with A [m, n], x [m], y [n]. */
export function gemvTransposed(m: number, n: number, A: Float64Array, x: Float64Array, y: Float64Array): void {
  const space = spaceFor(m, n);
  if (!space) return loops.gemvTransposed(m, n, A, x, y);
  const { numbers } = space;
  const xAt = fours(n);
  const at = xAt + fours(m);
  numbers.set(y);
  numbers.set(x, xAt);
  numbers.set(A, at);
  if (m % 4 > 0) {
    numbers.fill(0, xAt + m, at);
    numbers.fill(0, at + m * n, at + fours(m) * n);
  }
  space.gemvTransposed(m, n, at, xAt, 0);
  y.set(numbers.subarray(0, n));
}

/** A += x yᵀ, with A [m, n], x [m], y [n]. */
export function ger(m: number, n: number, x: Float64Array, y: Float64Array, A: Float64Array): void {
  const space = spaceFor(m, n);
  if (!space) return loops.ger(m, n, x, y, A);
  const { numbers } = space;
  const yAt = fours(m);
  const at = yAt + fours(n);
  numbers.set(x);
  numbers.set(y, yAt);
  numbers.set(A, at);
  space.ger(m, n, 0, yAt, at);
  A.set(numbers.subarray(at, at + m * n));
}

/** C += A B, with A [m, n], B [n, p], C [m, p]: each row of C is a sum of rows of B. */
export function gemm(m: number, n: number, p: number, A: Float64Array, B: Float64Array, C: Float64Array): void {
  for (let i = 0; i < m; i++) {
    gemvTransposed(n, p, B, A.subarray(i * n, (i + 1) * n), C.subarray(i * p, (i + 1) * p));
  }
}
