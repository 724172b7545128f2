/**
 * NumPy's `RandomState`, the generator behind `np.random.seed` and `np.random.randn`: the same seed gives the same draws.
 * Flat typed arrays in row-major order come out. It is not `np.random.default_rng` (PCG64), which is another stream.
 *
 * Which words of the stream each distribution takes follows `numpy/random/mtrand.pyx` and
 * `numpy/random/src/legacy/legacy-distributions.c`.
 */
import { checkCount, checkIntegerRange } from "./check";
import { log } from "./log";
import { MT19937, type MT19937State } from "./mt19937";

/** How many numbers: a count, or a shape whose product is the count. */
export type Size = number | readonly number[];

/** Options of `RandomState.choice`. */
export interface ChoiceOptions {
  /** How many to draw. */
  size: Size;
  /** Whether one item may come twice (default: it may). */
  replace?: boolean;
  /** The chance of each item; equal chances if absent. */
  p?: ArrayLike<number>;
}

/** Everything a `RandomState` remembers. */
export interface RandomStateState {
  readonly engine: MT19937State;
  readonly cachedNormal: number | undefined;
}

/**
 * `numpy.random.RandomState(seed)`. Uniforms, integers, choices and permutations are exact; of the normals, which need a
 * logarithm, 4 in 10 000 differ from NumPy's in the last bit or two (359 of the first million of seed 5).
 * https://numpy.org/doc/stable/reference/random/legacy.html
 */
export class RandomState {
  private readonly engine = new MT19937(0);
  /** The second normal of a pair: it waits through any other draw until reseeded. */
  private cachedNormal: number | undefined;

  /** Starts at `seed`, or at an unpredictable point without one. Throws like `seed`. */
  constructor(seed?: number | readonly number[]) {
    this.seed(seed);
  }

  /** Restarts the stream at a whole number (or several) from 0 to 2³² − 1; throws on any other. */
  seed(seed: number | readonly number[] = Math.floor(Math.random() * 2 ** 32)): void {
    const words = typeof seed === "number" ? [seed] : seed;
    if (words.length === 0) throw new RangeError("RandomState.seed: expected at least one number, got an empty array");
    for (const word of words) {
      if (!Number.isInteger(word) || word < 0 || word >= 2 ** 32) {
        throw new RangeError(`RandomState.seed: expected a whole number from 0 to 2^32 - 1, got ${word}`);
      }
    }
    if (typeof seed === "number") this.engine.seed(seed);
    else this.engine.seedByArray(seed);
    this.cachedNormal = undefined;
  }

  /** A copy of the present point in the stream, cached normal included. */
  getState(): RandomStateState {
    return { engine: this.engine.getState(), cachedNormal: this.cachedNormal };
  }

  /** Returns to a point taken with `getState`. */
  setState(state: RandomStateState): void {
    this.engine.setState(state.engine);
    this.cachedNormal = state.cachedNormal;
  }

  /** Uniform in [0, 1), 53 bits; one number without a size. */
  random(): number;
  random(size: Size): Float64Array;
  random(size?: Size): number | Float64Array {
    return size === undefined ? this.float53() : this.fill("random", size, () => this.float53());
  }

  /** `random` with the shape spread out: `rand(3, 4)` gives 12 numbers. */
  rand(): number;
  rand(...shape: number[]): Float64Array;
  rand(...shape: number[]): number | Float64Array {
    return shape.length === 0 ? this.float53() : this.random(shape);
  }

  /** Uniform in [low, high): low + (high − low) · u. */
  uniform(low?: number, high?: number): number;
  uniform(low: number, high: number, size: Size): Float64Array;
  uniform(low = 0, high = 1, size?: Size): number | Float64Array {
    const width = high - low;
    if (!Number.isFinite(width)) {
      throw new RangeError(`uniform: expected finite bounds, got low = ${low}, high = ${high}`);
    }
    const next = () => low + width * this.float53();
    return size === undefined ? next() : this.fill("uniform", size, next);
  }

  /** Standard normals with the shape spread out: `randn(3, 4)` gives 12 numbers, `randn()` one. */
  randn(): number;
  randn(...shape: number[]): Float64Array;
  randn(...shape: number[]): number | Float64Array {
    return shape.length === 0 ? this.gauss() : this.fill("randn", shape, () => this.gauss());
  }

  /** Normals with mean `loc` and standard deviation `scale`; throws if scale < 0. */
  normal(loc?: number, scale?: number): number;
  normal(loc: number, scale: number, size: Size): Float64Array;
  normal(loc = 0, scale = 1, size?: Size): number | Float64Array {
    if (!(scale >= 0)) throw new RangeError(`normal: expected scale >= 0, got ${scale}`);
    const next = () => loc + scale * this.gauss();
    return size === undefined ? next() : this.fill("normal", size, next);
  }

  /** Whole numbers in [low, high), or in [0, low) without `high`; one number without a size. Throws unless low < high. */
  randint(low: number, high?: number): number;
  randint(low: number, high: number | undefined, size: Size): Int32Array;
  randint(low: number, high?: number, size?: Size): number | Int32Array {
    const from = high === undefined ? 0 : low;
    const to = high === undefined ? low : high;
    checkIntegerRange("randint", from, to, size !== undefined);
    const largest = to - 1 - from;
    if (size === undefined) return from + this.below(largest);
    const out = new Int32Array(countOf("randint", size));
    for (let i = 0; i < out.length; i++) out[i] = from + this.below(largest);
    return out;
  }

  /**
   * Draws from 0 … a − 1, or from the items of an array; one draw without a size.
   *
   * Throws as NumPy does: if `p` has another length, a negative or NaN entry, or a sum further from 1 than √ε of its
   * type (1.5e-8; 3.5e-4 for a Float32Array); if there is nothing to draw from, or too little without replacement.
   */
  choice(a: number, options?: Omit<ChoiceOptions, "size">): number;
  choice(a: number, options: ChoiceOptions): Int32Array;
  choice<T>(a: ArrayLike<T>, options?: Omit<ChoiceOptions, "size">): T;
  choice<T>(a: ArrayLike<T>, options: ChoiceOptions): T[];
  choice<T>(a: number | ArrayLike<T>, options: Partial<ChoiceOptions> = {}): number | Int32Array | T | T[] {
    const { size, p } = options;
    const count = size === undefined ? 1 : countOf("choice", size);
    const n = typeof a === "number" ? a : a.length;
    if (!Number.isSafeInteger(n) || n < 0 || (n === 0 && count > 0)) {
      throw new RangeError(`choice: expected at least one item to draw from, got ${n}`);
    }
    if (p !== undefined) checkProbabilities(p, n);
    const drawn = options.replace === false ? this.drawDistinct(n, count, p) : this.drawAny(n, count, p);
    if (typeof a === "number") return size === undefined ? drawn[0]! : drawn;
    return size === undefined ? a[drawn[0]!]! : Array.from(drawn, (i) => a[i]!);
  }

  /** The numbers 0 … n − 1, or a copy of the given items, in random order. */
  permutation(n: number): Int32Array;
  permutation<T>(items: readonly T[]): T[];
  permutation<T>(items: number | readonly T[]): Int32Array | T[] {
    if (typeof items !== "number") {
      const copy = items.slice();
      this.shuffle(copy);
      return copy;
    }
    checkCount("permutation", items);
    const out = new Int32Array(items);
    for (let i = 0; i < items; i++) out[i] = i;
    this.shuffle(out);
    return out;
  }

  /** Puts an array into random order, in place (Fisher–Yates from the end). */
  shuffle<T>(items: { length: number; [index: number]: T }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i);
      const last = items[i]!;
      items[i] = items[j]!;
      items[j] = last;
    }
  }

  /** The high 27 and 26 bits of two words in [0, 1). */
  private float53(): number {
    const a = this.engine.next() >>> 5;
    const b = this.engine.next() >>> 6;
    return (a * 67108864 + b) / 9007199254740992;
  }

  /** Marsaglia's polar method; the second number of the pair is returned first. */
  private gauss(): number {
    const waiting = this.cachedNormal;
    if (waiting !== undefined) {
      this.cachedNormal = undefined;
      return waiting;
    }
    let x1: number, x2: number, r2: number;
    do {
      x1 = 2 * this.float53() - 1;
      x2 = 2 * this.float53() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 === 0);
    const f = Math.sqrt((-2 * log(r2)) / r2);
    this.cachedNormal = f * x1;
    return f * x2;
  }

  /** A whole number in [0, largest]: words masked to its bit length until one fits. Draws nothing for 0. */
  private below(largest: number): number {
    if (largest === 0) return 0;
    if (largest < 2 ** 32) {
      const mask = 0xffffffff >>> Math.clz32(largest);
      for (;;) {
        const value = (this.engine.next() & mask) >>> 0;
        if (value <= largest) return value;
      }
    }
    const highMask = 0xffffffff >>> Math.clz32(Math.floor(largest / 2 ** 32));
    for (;;) {
      const high = (this.engine.next() & highMask) >>> 0;
      const value = high * 2 ** 32 + this.engine.next();
      if (value <= largest) return value;
    }
  }

  private drawAny(n: number, count: number, p: ArrayLike<number> | undefined): Int32Array {
    const out = new Int32Array(count);
    const cdf = p && cumulative(p);
    for (let i = 0; i < count; i++) out[i] = cdf ? firstAbove(cdf, this.float53()) : this.below(n - 1);
    return out;
  }

  private drawDistinct(n: number, count: number, p: ArrayLike<number> | undefined): Int32Array {
    if (count > n) {
      throw new RangeError(`choice: cannot draw ${count} of ${n} items without replacement; leave out replace: false`);
    }
    if (p === undefined) return this.permutation(n).slice(0, count);
    const left = Float64Array.from(p);
    const possible = left.filter((chance) => chance > 0).length;
    if (possible < count) {
      throw new RangeError(`choice: cannot draw ${count} different items: only ${possible} have a probability above 0`);
    }
    // NumPy draws as many as are missing, keeps the new ones, and begins again without them.
    const found: number[] = [];
    while (found.length < count) {
      for (const i of found) left[i] = 0;
      const cdf = cumulative(left);
      const drawn = this.random(count - found.length).map((u) => firstAbove(cdf, u));
      found.push(...new Set(drawn));
    }
    return Int32Array.from(found);
  }

  private fill(caller: string, size: Size, next: () => number): Float64Array {
    const out = new Float64Array(countOf(caller, size));
    for (let i = 0; i < out.length; i++) out[i] = next();
    return out;
  }
}

/** NumPy's global random state: `np.random.seed(42)`, `np.random.randn(3, 4)`. Unpredictable until seeded. */
export const np = { random: new RandomState() };

function countOf(caller: string, size: Size): number {
  if (typeof size === "number") {
    checkCount(caller, size);
    return size;
  }
  return size.reduce((product, n) => {
    checkCount(caller, n);
    return product * n;
  }, 1);
}

function cumulative(p: ArrayLike<number>): Float64Array {
  const cdf = new Float64Array(p.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) cdf[i] = sum += p[i]!;
  for (let i = 0; i < p.length; i++) cdf[i]! /= sum;
  return cdf;
}

/** The first index whose entry is above u: `searchsorted(cdf, u, side="right")`. */
function firstAbove(cdf: Float64Array, u: number): number {
  let low = 0;
  let high = cdf.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cdf[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkProbabilities(p: ArrayLike<number>, n: number): void {
  if (p.length !== n) throw new RangeError(`choice: expected one probability for each of ${n} items, got ${p.length}`);
  // Kahan's sum, as NumPy's: the last bits decide at the edge of the tolerance.
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    if (!(p[i]! >= 0)) throw new RangeError(`choice: expected probabilities >= 0, got ${p[i]} at ${i}`);
    const y = p[i]! - lost;
    const t = sum + y;
    lost = t - sum - y;
    sum = t;
  }
  const tolerance = Math.sqrt(p instanceof Float32Array ? 2 ** -23 : Number.EPSILON);
  if (!(Math.abs(sum - 1) <= tolerance)) {
    throw new RangeError(
      `choice: expected probabilities that sum to 1 (within ${tolerance.toPrecision(2)}), got ${sum}`,
    );
  }
}
