/**
 * Single-precision arithmetic as PyTorch's vectorised CPU kernels do it: fused multiply-add, and the natural logarithm,
 * sine and cosine of Cephes (`aten/src/ATen/native/cpu/avx_mathfun.h`), bit for bit. It is not a general float32
 * library: only what the Box–Muller blocks of `torch.ts` need, on the arguments they pass.
 */

const { fround } = Math;

/**
 * a · b + c with one rounding, for a, b, c in float32.
 *
 * The product of two floats is exact in float64. Rounding the float64 sum s again to float32 is wrong only where s lies
 * exactly between two floats although the sum itself was rounded; the sign of what was lost then says which of the two.
 */
export function fmaf(a: number, b: number, c: number): number {
  const p = a * b;
  const s = p + c;
  const f = fround(s);
  const other = f + 2 * (s - f); // the other neighbour where s is half-way between two floats
  if (other === f || fround(other) !== other) return f;
  const v = s - p;
  const lost = p - (s - v) + (c - v); // TwoSum: s + lost = p + c exactly
  if (lost === 0) return f;
  return lost > 0 ? Math.max(f, other) : Math.min(f, other);
}

/**
 * `fmaf` without the check of the half-way case. In `logf` and `sincosf` that case never changes a result: run on all
 * 2²⁴ arguments that a uniform float32 can lead to, both versions agree. Normals come twice as fast.
 */
function fma(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

const SQRT_HALF = fround(Math.SQRT1_2);
const LOG_P0 = fround(7.0376836292e-2);
const LOG_P1 = fround(-1.151461031e-1);
const LOG_P2 = fround(1.167699874e-1);
const LOG_P3 = fround(-1.2420140846e-1);
const LOG_P4 = fround(1.4249322787e-1);
const LOG_P5 = fround(-1.6668057665e-1);
const LOG_P6 = fround(2.0000714765e-1);
const LOG_P7 = fround(-2.4999993993e-1);
const LOG_P8 = fround(3.3333331174e-1);
const LN2_LOW = fround(-2.1219444e-4);
const LN2_HIGH = fround(0.693359375);

/** ln x for a normal positive float32 x. */
export function logf(x: number): number {
  floatView[0] = x;
  const bits = bitsView[0]!;
  let e = (bits >>> 23) - 126; // x = m · 2ᵉ with m in [0.5, 1)
  bitsView[0] = (bits & 0x007fffff) | 0x3f000000;
  const m = floatView[0]!;
  if (m < SQRT_HALF) {
    e -= 1;
    x = fround(m - 1 + m);
  } else {
    x = fround(m - 1);
  }
  const z = fround(x * x);
  let y = fma(LOG_P0, x, LOG_P1);
  y = fma(y, x, LOG_P2);
  y = fma(y, x, LOG_P3);
  y = fma(y, x, LOG_P4);
  y = fma(y, x, LOG_P5);
  y = fma(y, x, LOG_P6);
  y = fma(y, x, LOG_P7);
  y = fma(y, x, LOG_P8);
  y = fround(y * x);
  y = fma(y, z, fround(e * LN2_LOW));
  y = fma(-z, 0.5, y);
  return fma(e, LN2_HIGH, fround(x + y));
}

const FOUR_OVER_PI = fround(1.27323954473516);
const PI4_A = fround(-0.78515625);
const PI4_B = fround(-2.418756484985352e-4);
const PI4_C = fround(-3.774894977445941e-8);
const COS_P0 = fround(2.443315711809948e-5);
const COS_P1 = fround(-1.388731625493765e-3);
const COS_P2 = fround(4.166664568298827e-2);
const SIN_P0 = fround(-1.9515295891e-4);
const SIN_P1 = fround(8.3321608736e-3);
const SIN_P2 = fround(-1.6666654611e-1);

/** Writes [sin x, cos x] into `out`, for a float32 x ≥ 0 of a few turns at most. */
export function sincosf(x: number, out: Float32Array): void {
  const j = (Math.trunc(fround(x * FOUR_OVER_PI)) + 1) & ~1; // the octant, rounded up to even
  x = fma(j, PI4_A, x);
  x = fma(j, PI4_B, x);
  x = fma(j, PI4_C, x);
  const z = fround(x * x);
  let c = fma(COS_P0, z, COS_P1);
  c = fma(c, z, COS_P2);
  c = fround(c * z);
  c = fma(c, z, -fround(z / 2));
  c = fround(c + 1);
  let s = fma(SIN_P0, z, SIN_P1);
  s = fma(s, z, SIN_P2);
  s = fround(s * z);
  s = fma(s, x, x);
  const swap = (j & 2) !== 0;
  const sin = swap ? c : s;
  const cos = swap ? s : c;
  out[0] = j & 4 ? -sin : sin;
  out[1] = (j - 2) & 4 ? cos : -cos;
}
