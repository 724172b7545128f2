/**
 * PyTorch's CPU random number generator (2.13), bit for bit on machines with AVX2: the same seed gives the same floats.
 * Flat typed arrays in row-major order come out; wrapping them into tensors is `nn`'s work. It is not CUDA's generator.
 *
 * Which words of the stream each distribution takes follows `aten/src/ATen/core/DistributionsHelper.h` and
 * `aten/src/ATen/native/cpu/DistributionTemplates.h` of PyTorch.
 */
import { checkCount, checkIntegerRange } from "./check";
import { fmaf, logf, sincosf } from "./float32";
import { MT19937, type MT19937State } from "./mt19937";

const { fround } = Math;
const TWO_PI = 2 * Math.PI;
const TWO_PI_F32 = fround(TWO_PI);
const BLOCK = 16;

/** Everything a `TorchGenerator` remembers. */
export interface TorchGeneratorState {
  readonly engine: MT19937State;
  readonly cachedNormal: number | undefined;
  readonly initialSeed: bigint;
}

/**
 * `torch.Generator`: a stream of random numbers of one seed.
 *
 * Exact to the last bit against PyTorch on AVX2 and AVX-512 machines, except `normal64`, of which 6 values in 100 differ
 * in the last bit or two (V8's logarithm, sine and cosine are not the C library's).
 * https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class TorchGenerator {
  private readonly engine = new MT19937(0);
  private seedValue = 0n;
  /** The second normal of a pair: it waits through any other draw, and through normals in blocks, until reseeded. */
  private cachedNormal: number | undefined;

  /** Starts at `seed`; PyTorch's own default seed if none is given. Throws like `manualSeed`. */
  constructor(seed: number | bigint = 67280421310721) {
    this.manualSeed(seed);
  }

  /** Restarts the stream; any 64-bit integer is accepted, of which only the low 32 bits matter. Throws on anything else. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
      throw new RangeError(
        `manualSeed: expected a whole number of at most 53 bits (or a bigint), got ${seed}; write larger seeds as 123n`,
      );
    }
    const value = BigInt(seed);
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new RangeError(`manualSeed: expected a seed from -2^63 to 2^64 - 1, got ${seed}`);
    }
    this.seedValue = BigInt.asUintN(64, value);
    this.engine.seed(Number(this.seedValue & 0xffffffffn));
    this.cachedNormal = undefined;
    return this;
  }

  /** The seed this stream started from. */
  get initialSeed(): bigint {
    return this.seedValue;
  }

  /** What a notebook or console.log shows, in place of the 624 words of the state. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `TorchGenerator(seed ${this.seedValue})`;
  }

  /** A copy of the present point in the stream, cached normal included. */
  getState(): TorchGeneratorState {
    return { engine: this.engine.getState(), cachedNormal: this.cachedNormal, initialSeed: this.seedValue };
  }

  /** Returns to a point taken with `getState`. */
  setState(state: TorchGeneratorState): void {
    this.engine.setState(state.engine);
    this.cachedNormal = state.cachedNormal;
    this.seedValue = state.initialSeed;
  }

  /** `torch.rand(n)`, `uniform_(low, high)`: n float32 values in [low, high); one number without n. Throws if low > high. */
  uniform(): number;
  uniform(n: number, low?: number, high?: number): Float32Array;
  uniform(n?: number, low = 0, high = 1): number | Float32Array {
    if (n === undefined) return this.float24();
    checkCount("uniform", n);
    if (!(low <= high) || !Number.isFinite(high - low)) {
      throw new RangeError(`uniform: expected finite bounds low <= high, got low = ${low}, high = ${high}`);
    }
    const a = fround(low);
    const b = fround(high);
    const width = fround(b - a);
    const out = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      // A fused multiply-add: the product of 24-bit numbers is exact in float64 and one rounding follows.
      const v = fround(this.float24() * width + a);
      out[i] = v === b ? a : v;
    }
    return out;
  }

  /** `torch.rand(n, dtype=torch.float64)`: n float64 values in [0, 1). */
  uniform64(n: number): Float64Array {
    checkCount("uniform64", n);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = this.float53();
    return out;
  }

  /**
   * `torch.randn(n)`, `normal_(mean, std)`: n float32 normals; one number without n. Throws if std < 0.
   *
   * Below 16 values PyTorch takes pairs in double precision and keeps the unused second one for later; from 16 on it
   * turns blocks of 16 uniforms into normals in single precision, and a last partial block is drawn afresh.
   */
  normal(): number;
  normal(n: number, mean?: number, std?: number): Float32Array;
  normal(n?: number, mean = 0, std = 1): number | Float32Array {
    if (n === undefined) return fround(this.pairedNormal());
    checkNormal("normal", n, std);
    const out = new Float32Array(n);
    if (n < BLOCK) {
      for (let i = 0; i < n; i++) out[i] = this.pairedNormal() * std + mean;
      return out;
    }
    for (let i = 0; i < n; i++) out[i] = this.float24();
    for (let i = 0; i + BLOCK <= n; i += BLOCK) boxMuller(out, i, fround(mean), fround(std));
    if (n % BLOCK !== 0) {
      for (let i = n - BLOCK; i < n; i++) out[i] = this.float24();
      boxMuller(out, n - BLOCK, fround(mean), fround(std));
    }
    return out;
  }

  /** `torch.randn(n, dtype=torch.float64)`: as `normal`, in double precision throughout. */
  normal64(n: number, mean = 0, std = 1): Float64Array {
    checkNormal("normal64", n, std);
    const out = new Float64Array(n);
    if (n < BLOCK) {
      for (let i = 0; i < n; i++) out[i] = this.pairedNormal() * std + mean;
      return out;
    }
    for (let i = 0; i < n; i++) out[i] = this.float53();
    for (let i = 0; i + BLOCK <= n; i += BLOCK) boxMuller64(out, i, mean, std);
    if (n % BLOCK !== 0) {
      for (let i = n - BLOCK; i < n; i++) out[i] = this.float53();
      boxMuller64(out, n - BLOCK, mean, std);
    }
    return out;
  }

  /** `torch.randint(low, high, (n,))`: n integers in [low, high); one number without n. Throws unless low < high. */
  randint(low: number, high: number): number;
  randint(low: number, high: number, n: number): Int32Array;
  randint(low: number, high: number, n?: number): number | Int32Array {
    checkIntegerRange("randint", low, high, n !== undefined);
    const range = high - low;
    const next =
      range < 2 ** 28 ? () => low + (this.engine.next() % range) : () => low + Number(this.word64() % BigInt(range));
    if (n === undefined) return next();
    checkCount("randint", n);
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) out[i] = next();
    return out;
  }

  /** `torch.empty((), dtype=torch.int64).random_()`: an integer in [0, 2⁶³), such as DataLoader takes for its seeds. */
  random64(): bigint {
    return this.word64() & 0x7fffffffffffffffn;
  }

  /** `torch.randperm(n)`: the numbers 0 … n − 1 in random order. */
  randperm(n: number): Int32Array {
    checkCount("randperm", n);
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) out[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.engine.next() % (n - i));
      const chosen = out[j]!;
      out[j] = out[i]!;
      out[i] = chosen;
    }
    return out;
  }

  /** `exponential_(rate)`: −ln(1 − u) / rate as n float32 values; one number without n. Throws unless rate > 0. */
  exponential(): number;
  exponential(n: number, rate?: number): Float32Array;
  exponential(n?: number, rate = 1): number | Float32Array {
    if (!(rate > 0)) throw new RangeError(`exponential: expected a rate > 0, got ${rate}`);
    const next = () => (-1 / rate) * Math.log1p(-this.float53());
    if (n === undefined) return fround(next());
    checkCount("exponential", n);
    const out = new Float32Array(n);
    for (let i = 0; i < n; i++) out[i] = next();
    return out;
  }

  /**
   * `torch.multinomial(probs, numSamples, replacement)`: indices drawn with chances proportional to `probs` [V], read as
   * float32; they need not sum to 1. One number without numSamples. Rows of a [B, V] tensor are drawn one after another.
   * Throws on negative or infinite chances, on none above 0, and on more samples than categories without replacement.
   */
  multinomial(probs: ArrayLike<number>): number;
  multinomial(probs: ArrayLike<number>, numSamples: number, replacement?: boolean): Int32Array;
  multinomial(probs: ArrayLike<number>, numSamples?: number, replacement = false): number | Int32Array {
    const count = numSamples ?? 1;
    const p = checkProbabilities(probs, count, replacement);
    if (count === 1) return numSamples === undefined ? this.drawOne(p) : Int32Array.of(this.drawOne(p));
    return replacement ? this.drawByCumulative(p, count) : this.drawByRace(p, count);
  }

  /**
   * `bernoulli_(p)`: n zeros and ones (float32), one with chance p. Given an array of chances instead: `torch.bernoulli`
   * of that tensor, which takes other words of the stream. Throws unless 0 ≤ p ≤ 1.
   */
  bernoulli(p: number, n: number): Float32Array;
  bernoulli(p: ArrayLike<number>): Float32Array;
  bernoulli(p: number | ArrayLike<number>, n = 0): Float32Array {
    if (typeof p !== "number") {
      const out = new Float32Array(p.length);
      for (let i = 0; i < p.length; i++) {
        checkChance("bernoulli", p[i]!);
        out[i] = this.float24() < fround(p[i]!) ? 1 : 0;
      }
      return out;
    }
    checkChance("bernoulli", p);
    checkCount("bernoulli", n);
    return this.coins(p, n);
  }

  /**
   * What dropout multiplies n activations with: 0 with chance p, else 1 / (1 − p). Nothing is drawn for p = 0 or 1.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
   */
  dropoutMask(n: number, p: number): Float32Array {
    checkChance("dropoutMask", p);
    checkCount("dropoutMask", n);
    if (p === 0 || p === 1) return new Float32Array(n).fill(1 - p);
    const mask = this.bernoulli(1 - p, n);
    const scale = 1 / fround(1 - p);
    for (let i = 0; i < n; i++) mask[i]! *= scale;
    return mask;
  }

  /** 24 random bits in [0, 1): PyTorch's float32 uniform. */
  private float24(): number {
    return (this.engine.next() & 0xffffff) * 2 ** -24;
  }

  /** The low 53 bits of a 64-bit word in [0, 1): PyTorch's float64 uniform (NumPy takes the high bits instead). */
  private float53(): number {
    const high = this.engine.next() & 0x1fffff;
    return (high * 2 ** 32 + this.engine.next()) * 2 ** -53;
  }

  /**
   * n times `float53() < p` as 1 or 0, in a third of the time: 16,384 of them take 0.13 ms instead of 0.39 ms. Compares
   * whole numbers of 53 bits by their high part, with the sign bit of a difference in place of a branch nobody can predict.
   */
  private coins(p: number, n: number): Float32Array {
    const words = new Int32Array(2 * n);
    this.engine.fill(words);
    const high = Math.floor(p * 2 ** 21);
    const low = p * 2 ** 53 - high * 2 ** 32;
    const out = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      const difference = (words[2 * i]! & 0x1fffff) - high;
      out[i] = difference >>> 31;
      if (difference === 0 && words[2 * i + 1]! >>> 0 < low) out[i] = 1;
    }
    return out;
  }

  private word64(): bigint {
    return (BigInt(this.engine.next()) << 32n) | BigInt(this.engine.next());
  }

  private pairedNormal(): number {
    const waiting = this.cachedNormal;
    if (waiting !== undefined) {
      this.cachedNormal = undefined;
      return waiting;
    }
    const theta = TWO_PI * this.float53();
    const radius = Math.sqrt(-2 * Math.log1p(-this.float53()));
    this.cachedNormal = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }

  /** The category whose exponential clock, running at rate p, rings first. */
  private drawOne(p: Float32Array): number {
    let best = 0;
    let fastest = 0;
    for (let i = 0; i < p.length; i++) {
      const u = this.float53();
      // −ln(1 − u) ≥ u: most categories have lost without a logarithm (39 of them: 0.5 µs less).
      if ((p[i]! / u) * (1 + 1e-6) < fastest) continue;
      const speed = fround(p[i]! / fround(-Math.log1p(-u)));
      if (i === 0 || speed > fastest) {
        best = i;
        fastest = speed;
      }
    }
    return best;
  }

  /** The categories whose clocks ring first, one after another: without replacement. */
  private drawByRace(p: Float32Array, count: number): Int32Array {
    const speed = this.exponential(p.length).map((q, i) => p[i]! / q);
    const order = Int32Array.from(speed, (_, i) => i).sort((i, j) => speed[j]! - speed[i]!);
    return order.slice(0, count);
  }

  private drawByCumulative(p: Float32Array, count: number): Int32Array {
    const last = p.length - 1;
    const cumulative = new Float32Array(p.length);
    let sum = 0;
    for (let i = 0; i <= last; i++) cumulative[i] = sum = fround(sum + p[i]!);
    for (let i = 0; i < last; i++) cumulative[i]! /= sum;
    cumulative[last] = 1;
    const out = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const u = this.float53();
      let low = 0;
      let high = last;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cumulative[middle]! < u) low = middle + 1;
        else high = middle;
      }
      out[k] = low;
    }
    return out;
  }
}

/** The generator every layer initialises from unless told otherwise: `torch.default_generator`. */
export const defaultGenerator = new TorchGenerator();

/** `torch.manual_seed(seed)`: restarts the default generator and returns it. Throws as `TorchGenerator.manualSeed`. */
export function manualSeed(seed: number | bigint): TorchGenerator {
  return defaultGenerator.manualSeed(seed);
}

const sinCos = new Float32Array(2);

/** Turns data[start … start + 15] from uniforms into normals: (−2 ln u₁)^½ · (cos, sin)(2π u₂), all in float32. */
function boxMuller(data: Float32Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    const u1 = fround(1 - data[j]!);
    const radius = fround(Math.sqrt(fround(-2 * logf(u1))));
    sincosf(fround(TWO_PI_F32 * data[j + 8]!), sinCos);
    data[j] = fmaf(fround(radius * sinCos[1]!), std, mean);
    data[j + 8] = fmaf(fround(radius * sinCos[0]!), std, mean);
  }
}

function boxMuller64(data: Float64Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - data[j]!));
    const theta = TWO_PI * data[j + 8]!;
    data[j] = radius * Math.cos(theta) * std + mean;
    data[j + 8] = radius * Math.sin(theta) * std + mean;
  }
}

function checkNormal(caller: string, n: number, std: number): void {
  checkCount(caller, n);
  if (!(std >= 0)) throw new RangeError(`${caller}: expected std >= 0, got ${std}`);
}

function checkChance(caller: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${caller}: expected a probability from 0 to 1, got ${p}`);
}

function checkProbabilities(probs: ArrayLike<number>, count: number, replacement: boolean): Float32Array {
  const p = probs instanceof Float32Array ? probs : Float32Array.from(probs);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (!(p[i]! >= 0 && p[i]! < Infinity)) {
      throw new RangeError(`multinomial: expected finite probabilities >= 0, got ${probs[i]} at ${i}`);
    }
    sum += p[i]!;
  }
  if (sum <= 0) throw new RangeError(`multinomial: expected a probability > 0 among ${p.length}, got none`);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`multinomial: expected at least 1 sample, got ${count}`);
  }
  if (!replacement && count > p.length) {
    throw new RangeError(
      `multinomial: cannot draw ${count} of ${p.length} categories without replacement; pass replacement = true`,
    );
  }
  return p;
}
