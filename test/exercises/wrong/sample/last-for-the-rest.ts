// fails: sample finds a piece for every u, and never draws what has no chance
// Gives what rounding has left over to the last index, even if that has no chance.
import { Matrix } from "../scratch";

/** What `generate` needs of a network. */
export interface Model {
  /** How many characters it knows. */
  V: number;
  /** The state before the first character [H, 1]. */
  h0: Matrix;
  /** From xₜ [V, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and the scores yₜ [V, 1] of the next character. */
  step(x: Matrix, hPrev: Matrix): { h: Matrix; y: Matrix };
}

/** softmax(y / temperature) [V, 1]. Throws unless temperature > 0. */
export function probabilities(y: Matrix, temperature: number): Matrix {
  if (!(temperature > 0)) throw new RangeError(`probabilities: expected a temperature > 0, got ${temperature}`);
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp((yi - largest) / temperature));
  return p.scale(1 / p.sum());
}

/** The first index i with p₀ + … + pᵢ > u · Σp: index i comes with probability pᵢ if u is uniform in [0, 1). */
export function draw(p: Matrix, u: number): number {
  let sum = 0;
  for (let i = 0; i < p.rows; i++) {
    sum += p.at(i, 0);
    if (u < sum) return i;
  }
  return p.rows - 1; // rounding
}

/** Reads the numbers `seed`, then writes `length` more: all of them, the seed first. */
export function generate(
  model: Model,
  seed: readonly number[],
  { length, temperature = 1, random }: { length: number; temperature?: number; random: () => number },
): number[] {
  const text = [...seed];
  let h = model.h0;
  for (let t = 0; text.length < seed.length + length; t++) {
    const next = model.step(Matrix.oneHot(text[t]!, model.V), h); // every character is read once, drawn ones too
    h = next.h;
    const atTheEnd = t === text.length - 1; // within the seed the next character is known: only the state matters
    if (atTheEnd) text.push(draw(probabilities(next.y, temperature), random()));
  }
  return text;
}
