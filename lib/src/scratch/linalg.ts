/**
 * The three facts of linear algebra that decide what happens to gradients: the QR factors (orthogonal matrices), the
 * singular values (how much a matrix can stretch in one step) and the spectral radius (how much it stretches in the long
 * run). Written for matrices up to a few hundred rows; not a replacement for LAPACK.
 */
import { Matrix } from "./matrix";

/** Rotations settle in 4 to 14 sweeps over all pairs of columns (3 to 400 rows); later ones would only chase rounding. */
const MAX_SWEEPS = 60;

/**
 * A = Q R by Householder reflections, with LAPACK's signs: Q [m, k] has orthonormal columns, R [k, n] is upper
 * triangular, k = min(m, n).
 * https://numpy.org/doc/stable/reference/generated/numpy.linalg.qr.html
 */
export function qr(A: Matrix): [Q: Matrix, R: Matrix] {
  const { rows: m, cols: n } = A;
  const k = Math.min(m, n);
  const W = A.copy();
  const w = W.data;
  const reflections: { v: Float64Array; tau: number }[] = [];

  for (let j = 0; j < k; j++) {
    // I − τ v vᵀ sends column j, from row j down, to (β, 0, …, 0)ᵀ.
    const v = Float64Array.from({ length: m - j }, (_, i) => w[(j + i) * n + j]!);
    const alpha = v[0]!;
    const below = Math.hypot(...v.subarray(1));
    const beta = below === 0 ? alpha : -Math.sign(alpha || 1) * Math.hypot(alpha, below);
    const tau = below === 0 ? 0 : (beta - alpha) / beta;
    if (tau !== 0) for (let i = 1; i < v.length; i++) v[i]! /= alpha - beta;
    v[0] = 1;
    reflections.push({ v, tau });
    reflect(W, j, v, tau);
  }

  const R = new Matrix(k, n);
  for (let i = 0; i < k; i++) for (let j = i; j < n; j++) R.data[i * n + j] = w[i * n + j]!;
  const Q = new Matrix(m, k);
  for (let i = 0; i < k; i++) Q.data[i * k + i] = 1;
  for (let j = k - 1; j >= 0; j--) reflect(Q, j, reflections[j]!.v, reflections[j]!.tau);
  return [Q, R];
}

/** Rows `first` and below of W become (I − τ v vᵀ) times themselves. */
function reflect(W: Matrix, first: number, v: Float64Array, tau: number): void {
  if (tau === 0) return;
  const { rows, cols, data } = W;
  const sums = new Float64Array(cols); // vᵀ W
  for (let i = first; i < rows; i++) for (let j = 0; j < cols; j++) sums[j]! += v[i - first]! * data[i * cols + j]!;
  for (let i = first; i < rows; i++) {
    const factor = tau * v[i - first]!;
    for (let j = 0; j < cols; j++) data[i * cols + j]! -= factor * sums[j]!;
  }
}

/**
 * A as unit · B, where `unit` is a power of two and the largest entry of B is about 1: squares of entries of 1e-160 vanish,
 * those of 1e200 overflow, and a power of two changes no digit. Throws, naming `caller`, if an entry is not finite.
 */
function scaled(caller: string, A: Matrix): [unit: number, B: Matrix] {
  let largest = 0;
  for (const x of A.data) {
    if (!Number.isFinite(x)) throw new RangeError(`${caller}: expected finite entries, got NaN or Infinity`);
    largest = Math.max(largest, Math.abs(x));
  }
  // From 2^-1022 to 2^1023, so that the unit and 1 / unit are numbers: log2 rounds the largest number up to 1024.
  const unit = largest === 0 ? 1 : 2 ** Math.min(1023, Math.max(-1022, Math.floor(Math.log2(largest))));
  return [unit, A.copy().scale(1 / unit)];
}

/**
 * The singular values of A, largest first, by one-sided Jacobi rotations: columns are turned against one another until
 * all are orthogonal; their lengths are the singular values. Throws if A has an entry that is not finite.
 *
 * Demmel and Veselić, "Jacobi's method is more accurate than QR", SIAM J. Matrix Anal. Appl. 13 (1992).
 */
export function singularValues(A: Matrix): Float64Array {
  return jacobi("singularValues", A);
}

function jacobi(caller: string, A: Matrix): Float64Array {
  const [unit, B] = scaled(caller, A);
  const columns = (A.rows < A.cols ? B : B.transpose()).data; // the columns to turn, one after another
  const [length, count] = A.rows < A.cols ? [A.cols, A.rows] : [A.rows, A.cols];
  const dot = (p: number, q: number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += columns[p * length + i]! * columns[q * length + i]!;
    return sum;
  };

  for (let turned = true, sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < count - 1; p++) {
      for (let q = p + 1; q < count; q++) {
        const pp = dot(p, p);
        const qq = dot(q, q);
        const pq = dot(p, q);
        if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp) * Math.sqrt(qq)) continue; // pp · qq may vanish
        turned = true;
        const zeta = (qq - pp) / (2 * pq);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cos = 1 / Math.hypot(1, t);
        const sin = cos * t;
        for (let i = 0; i < length; i++) {
          const x = columns[p * length + i]!;
          const y = columns[q * length + i]!;
          columns[p * length + i] = cos * x - sin * y;
          columns[q * length + i] = sin * x + cos * y;
        }
      }
    }
  }
  return Float64Array.from({ length: count }, (_, p) => unit * Math.sqrt(dot(p, p))).sort((a, b) => b - a);
}

/**
 * ‖A‖₂, the largest singular value: no vector becomes more than this many times as long. `np.linalg.norm(A, 2)`.
 * Throws if A has an entry that is not finite.
 */
export function spectralNorm(A: Matrix): number {
  return jacobi("spectralNorm", A)[0] ?? 0;
}

/**
 * The largest magnitude of an eigenvalue, ρ = lim ‖Aᵏ‖^(1/k) (Gelfand's formula): whether powers of A vanish (ρ < 1) or
 * explode (ρ > 1). Squaring 60 times reaches k = 2⁶⁰. Throws unless A is square and all its entries are finite.
 */
export function spectralRadius(A: Matrix): number {
  if (A.rows !== A.cols) throw new RangeError(`spectralRadius: expected a square matrix, got ${A}`);
  const [unit, B] = scaled("spectralRadius", A);
  let power = B;
  let k = 1;
  let logRadius = 0;
  for (;;) {
    // Aᵏ is kept with norm 1; what was divided away counts as ln ‖…‖ / k.
    const norm = power.norm();
    if (norm === 0) return 0;
    logRadius += Math.log(norm) / k;
    if (k >= 2 ** 60) return unit * Math.exp(logRadius);
    power.scale(1 / norm);
    power = power.matmul(power);
    k *= 2;
  }
}
