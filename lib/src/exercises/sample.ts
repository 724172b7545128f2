/**
 * Exercise "sample": let the network write.
 *
 * The scores become probabilities, a character is drawn with these probabilities, and the network reads it as its next
 * input: it dreams on what it has just written. The temperature τ says how daring it is. Below 1 likely characters become
 * likelier still, above 1 rare ones get their chance.
 *
 *     p = softmax(y / τ)        an index drawn with the probabilities p        x = one-hot(index)        and again
 *
 * Letters: V characters, H hidden units. From here on you may use `Matrix.oneHot(index, V)`.
 */
import { Matrix } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** What `generate` needs of a network. */
export interface Model {
  /** How many characters it knows. */
  V: number;
  /** The state before the first character [H, 1]. */
  h0: Matrix;
  /** From xₜ [V, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and the scores yₜ [V, 1] of the next character. */
  step(x: Matrix, hPrev: Matrix): { h: Matrix; y: Matrix };
}

/**
 * softmax(y / temperature) [V, 1], without changing y. Throws a RangeError unless temperature > 0.
 *
 *     y = [0, ln 3], temperature 1    →  [0.25, 0.75]
 *     y = [0, ln 3], temperature 0.5  →  [0.1, 0.9]        3² to 1
 *     y = [0, ln 3], temperature 1e9  →  [0.5, 0.5]        nearly
 *
 * As in "loss", take the largest score away from all of them before exp: y / 0.001 is soon too much for it.
 */
export function probabilities(y: Matrix, temperature: number): Matrix {
  throw new NotImplementedError("sample: probabilities");
}

/**
 * An index drawn with the probabilities p [V, 1], given a random number u, uniform in [0, 1). Lay the probabilities end to end
 * on a line from 0 to 1: the piece that u falls into is the index. That is the first index i with p₀ + … + pᵢ > u.
 *
 *     p = [0.2, 0.5, 0.3]:   u = 0.1 → 0      u = 0.2 → 1      u = 0.69 → 1      u = 0.7 → 2
 *
 * In floating point ten times 0.1 is 0.9999999999999999. Divide by the sum, so that every u finds its piece.
 */
export function draw(p: Matrix, u: number): number {
  throw new NotImplementedError("sample: draw");
}

/**
 * Lets the model read the numbers `seed` (at least one), then write `length` more, and returns all of them, the seed first.
 * Each new one is `draw`n, at the temperature, from the scores after everything before it; `random()` gives a new u for each, and is
 * called for nothing else. The hidden state is carried along, so that the model reads each number once.
 *
 *     generate(model, [1, 0], { length: 3, random })  →  [1, 0, ?, ?, ?]
 */
export function generate(
  model: Model,
  seed: readonly number[],
  { length, temperature = 1, random }: { length: number; temperature?: number; random: () => number },
): number[] {
  throw new NotImplementedError("sample: generate");
}
