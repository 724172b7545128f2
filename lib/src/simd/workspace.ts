/**
 * A piece of memory with the kernels that work on it: WebAssembly where it runs, else the plain loops. Whoever has numbers
 * copies them in; 32 kB take 0.3 µs, a tenth of what the plain product of that matrix with a vector takes.
 */
import * as loops from "./loops";
import { allocate, bind } from "./module";

/**
 * Numbers, and kernels that take places in them: A, x and y are indices into `numbers`, matrices are row-major.
 *
 * Rows are taken in fours, so the kernels read and write up to the next multiple of four, of A and of the vector that goes with
 * its rows: leave room behind. What is there does not matter, except to `gemvTransposed`, which sums over rows.
 */
export interface Workspace {
  readonly numbers: Float64Array;
  /** y += A x, with A [m, n]. */
  gemv(m: number, n: number, A: number, x: number, y: number): void;
  /** y += Aᵀ x, with A [m, n]; A and x must be zero from row m to the next multiple of four. */
  gemvTransposed(m: number, n: number, A: number, x: number, y: number): void;
  /** A += x yᵀ, with A [m, n]. */
  ger(m: number, n: number, x: number, y: number, A: number): void;
  /** x[0 … n) ← tanh x, to 3 · 2⁻⁵² of what it is: at most 2.05 · 2⁻⁵², 4.1 units in the last place, in 240,000 measured. */
  tanh(n: number, x: number): void;
  /**
   * x[0 … n) ← 1 / (1 + exp(−x)), to 3 · 2⁻⁵² of what it is (at most 1.9 · 2⁻⁵² measured) down to x = −700. Below that
   * WebAssembly's stays at 9.9e−305, for −∞, too; the loops' goes on to 0.
   */
  sigmoid(n: number, x: number): void;
}

/** A workspace of `size` zeros. Its memory is freed with it. */
export function workspace(size: number): Workspace {
  const memory = allocate(8 * size);
  const kernels = memory && bind(memory);
  if (!kernels) return plainWorkspace(size);
  const { gemv, gemvTransposed, ger, squash } = kernels;
  return {
    numbers: new Float64Array(memory.buffer, 0, size),
    gemv,
    gemvTransposed,
    ger,
    tanh: (n, x) => squash(n, x, 2, 1),
    sigmoid: (n, x) => squash(n, x, 1, 0),
  };
}

/** The same without WebAssembly. */
export function plainWorkspace(size: number): Workspace {
  const numbers = new Float64Array(size);
  const at = (start: number, length: number) => numbers.subarray(start, start + length);
  return {
    numbers,
    gemv: (m, n, A, x, y) => loops.gemv(m, n, at(A, m * n), at(x, n), at(y, m)),
    gemvTransposed: (m, n, A, x, y) => loops.gemvTransposed(m, n, at(A, m * n), at(x, m), at(y, n)),
    ger: (m, n, x, y, A) => loops.ger(m, n, at(x, m), at(y, n), at(A, m * n)),
    tanh: (n, x) => loops.tanh(n, at(x, n)),
    sigmoid: (n, x) => loops.sigmoid(n, at(x, n)),
  };
}
