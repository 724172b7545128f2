/**
 * Draws the next token from a model's scores: temperature, top-k, top-p, and the two generators the Python notebooks draw
 * from. Knows nothing of models: see text.ts.
 */
import { defaultGenerator, RandomState, type TorchGenerator } from "../random";

const { exp, fround } = Math;

export interface SampleOptions {
  /** Divides the scores: below 1 the likely tokens become likelier, above 1 less so; 0 always takes the likeliest. */
  temperature?: number;
  /** Draws from the k likeliest tokens only. */
  topK?: number;
  /** Draws from the fewest likeliest tokens that have at least this probability together (nucleus sampling). */
  topP?: number;
  /**
   * Where the randomness comes from: PyTorch's global generator, as `torch.multinomial(probs, 1)` (default); another
   * `TorchGenerator`; or a `RandomState` such as `np.random`, as `np.random.choice(V, p=probs)`.
   */
  generator?: TorchGenerator | RandomState;
}

/** Throws on a temperature, top-k or top-p that cannot be; V is the number of tokens, if known. */
export function checkSampling({ temperature = 1, topK, topP }: SampleOptions, where: string, tokens = Infinity): void {
  if (!(temperature >= 0)) {
    throw new RangeError(`${where}: expected a temperature of 0 (the likeliest token) or more, got ${temperature}`);
  }
  if (topK !== undefined && (!Number.isInteger(topK) || topK < 1 || topK > tokens)) {
    throw new RangeError(`${where}: expected topK from 1 to ${Number.isFinite(tokens) ? tokens : "V"}, got ${topK}`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new RangeError(`${where}: expected topP above 0 and up to 1, got ${topP}`);
  }
}

/**
 * softmax(scores / temperature) in single precision, [V]; what top-k and then top-p leave out is 0 and the rest sums to 1
 * again. Temperature 0 gives the likeliest token (the first of equals) probability 1; a score of −∞ rules its token out.
 * Throws on a score that is NaN, and if the highest is not finite.
 */
export function probabilities(scores: ArrayLike<number>, options: SampleOptions = {}): Float32Array {
  const { temperature = 1, topK, topP } = options;
  if (scores.length === 0) throw new RangeError("probabilities: expected at least one score, got none");
  checkSampling(options, "probabilities", scores.length);
  let best = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score > scores[best]!) best = i;
    else if (Number.isNaN(score))
      throw new RangeError(`probabilities: the score of token ${i} is NaN: has training diverged?`);
  }
  if (!Number.isFinite(scores[best])) {
    const got = `${scores[best]} for token ${best}`;
    throw new RangeError(`probabilities: expected a finite highest score, got ${got}: has training diverged?`);
  }
  const p = new Float32Array(scores.length);
  if (temperature === 0) {
    p[best] = 1;
    return p;
  }
  const divisor = Math.min(temperature, Number.MAX_VALUE); // −∞ / ∞ would be NaN
  const highest = fround(scores[best]! / divisor);
  if (Number.isFinite(highest)) {
    for (let i = 0; i < p.length; i++) p[i] = exp(fround(fround(scores[i]! / divisor) - highest));
  } else {
    // The quotient is beyond single precision: the difference comes first, and unequal scores are so far apart that p is 0.
    for (let i = 0; i < p.length; i++) p[i] = exp((scores[i]! - scores[best]!) / divisor);
  }
  normalise(p);
  if (topK !== undefined && topK < p.length) keepBest(p, topK);
  if (topP !== undefined && topP < 1) keepBest(p, nucleusSize(p, topP));
  return p;
}

/**
 * The number of a token drawn from scores [V].
 *
 * Temperature 0 draws nothing from the generator. Otherwise PyTorch's stream moves on by two words for each of the V
 * tokens, NumPy's by two in all, whatever top-k and top-p leave. Throws as `probabilities`.
 */
export function sample(scores: ArrayLike<number>, options: SampleOptions = {}): number {
  const p = probabilities(scores, options);
  if (options.temperature === 0) return p.indexOf(1);
  const { generator = defaultGenerator } = options;
  return generator instanceof RandomState ? generator.choice(p.length, { p }) : generator.multinomial(p);
}

function normalise(p: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]!;
  for (let i = 0; i < p.length; i++) p[i]! /= sum;
}

/** Leaves the `count` largest, of equals the first, and sets the others to 0. */
function keepBest(p: Float32Array, count: number): void {
  const least = p.slice().sort()[p.length - count]!;
  let equals = count;
  for (const x of p) if (x > least) equals--;
  for (let i = 0; i < p.length; i++) if (p[i]! < least || (p[i] === least && equals-- <= 0)) p[i] = 0;
  normalise(p);
}

/** How many of the largest are needed for this sum. */
function nucleusSize(p: Float32Array, mass: number): number {
  const sorted = p.slice().sort();
  let sum = 0;
  for (let count = 1; count <= p.length; count++) if ((sum += sorted[p.length - count]!) >= mass) return count;
  return p.length;
}
