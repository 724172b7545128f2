/**
 * The Mersenne Twister (MT19937): the stream of 32-bit words below both PyTorch's CPU generator and NumPy's `RandomState`.
 * It knows nothing of distributions: those differ between the two libraries and live in `torch.ts` and `numpy.ts`.
 */

const N = 624;
const M = 397;

/** A point in the stream: the 624 words of the twister and how many of them are used up. */
export interface MT19937State {
  readonly words: Uint32Array;
  readonly index: number;
}

/**
 * MT19937 with the 32-bit integer seeding that PyTorch and NumPy share.
 * Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudorandom number
 * generator", ACM TOMACS 8 (1998).
 */
export class MT19937 {
  /** As signed numbers, which V8 computes with directly: the stream is twice as fast as with unsigned ones. */
  private readonly words = new Int32Array(N);
  private index = N;

  /** Starts the stream of `seed`, of which the low 32 bits count. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Restarts at `seed`: s₀ = seed, sᵢ = 1812433253 · (sᵢ₋₁ ⊕ (sᵢ₋₁ ≫ 30)) + i. */
  seed(seed: number): void {
    const { words } = this;
    words[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const previous = words[i - 1]!;
      words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.index = N;
  }

  /** Restarts from several 32-bit words, as NumPy does for an array and Python's `random` for every seed. */
  seedByArray(key: ArrayLike<number>): void {
    const { words } = this;
    this.seed(19650218);
    let i = 1;
    let j = 0;
    const mixed = (factor: number) => words[i]! ^ Math.imul(words[i - 1]! ^ (words[i - 1]! >>> 30), factor);
    const advance = () => {
      if (++i >= N) {
        words[0] = words[N - 1]!;
        i = 1;
      }
    };
    for (let k = Math.max(N, key.length); k > 0; k--) {
      words[i] = mixed(1664525) + key[j]! + j;
      advance();
      j = (j + 1) % key.length;
    }
    for (let k = N - 1; k > 0; k--) {
      words[i] = mixed(1566083941) - i;
      advance();
    }
    words[0] = 0x80000000;
  }

  /** The next word, uniform in [0, 2³²). */
  next(): number {
    if (this.index === N) this.refill();
    let y = this.words[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** The next words, as many as there is room for, as signed numbers: a third of the time of `next` for each. */
  fill(out: Int32Array): void {
    const { words } = this;
    for (let i = 0; i < out.length;) {
      if (this.index === N) this.refill();
      const end = Math.min(out.length, i + N - this.index);
      let at = this.index;
      for (; i < end; i++) {
        let y = words[at++]!;
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        out[i] = y ^ (y >>> 18);
      }
      this.index = at;
    }
  }

  /** A copy of the present point in the stream. */
  getState(): MT19937State {
    return { words: new Uint32Array(this.words), index: this.index };
  }

  /** Returns to a point taken with `getState`. */
  setState(state: MT19937State): void {
    if (state.words.length !== N || !(state.index >= 0 && state.index <= N)) {
      throw new RangeError(
        `MT19937.setState: expected ${N} words and an index from 0 to ${N}, got ${state.words.length} words and index ${state.index}`,
      );
    }
    this.words.set(state.words);
    this.index = state.index;
  }

  private refill(): void {
    const { words } = this;
    // Two loops and one last word instead of indices modulo 624: the refill is a third of the cost of a word.
    for (let k = 0; k < N - M; k++) words[k] = words[k + M]! ^ twist(words[k]!, words[k + 1]!);
    for (let k = N - M; k < N - 1; k++) words[k] = words[k + M - N]! ^ twist(words[k]!, words[k + 1]!);
    words[N - 1] = words[M - 1]! ^ twist(words[N - 1]!, words[0]!);
    this.index = 0;
  }
}

function twist(high: number, low: number): number {
  const y = (high & 0x80000000) | (low & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
