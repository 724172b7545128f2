/**
 * Exercise "one-hot": how text gets into a network.
 *
 * A network multiplies and adds; it cannot read an "h". So each distinct character gets a number, and each number becomes a
 * column of V zeros with a single 1 in its place. Why not feed the number itself? Then "c" (2) would lie between "a" (0)
 * and "e" (4), and a model would have to treat it as their average. One-hot columns are all equally far apart.
 *
 * Letters: V is the size of the vocabulary. A vector is a column, a Matrix [V, 1] whose numbers lie in `data`.
 */
import { Matrix } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/**
 * The distinct characters of `text`, sorted with `sort()`. The place of a character in this list is its number.
 *
 *     vocabulary("hello")  →  ["e", "h", "l", "o"]        so V = 4
 *     vocabulary("Oh\no")  →  ["\n", "O", "h", "o"]       "O" and "o" are two characters, and "\n" is one
 *
 * A character can be an emoji, which JavaScript stores as two units: `[..."a🎵"]` has two items, `"a🎵".split("")` three.
 */
export function vocabulary(text: string): string[] {
  throw new NotImplementedError("one-hot: vocabulary");
}

/**
 * The number of each character of `text`: its place in `chars`. Throws a RangeError if a character is not in `chars`.
 *
 *     encode("hello", ["e", "h", "l", "o"])  →  [1, 0, 2, 2, 3]
 */
export function encode(text: string, chars: readonly string[]): number[] {
  throw new NotImplementedError("one-hot: encode");
}

/**
 * The column [size, 1] with 1 at `index` and 0 everywhere else. Throws a RangeError unless `index` is a whole number with
 * 0 ≤ index < size.
 *
 *     oneHot(2, 4)  →  [0, 0, 1, 0] as a column [4, 1]
 *
 * `Matrix.zeros(rows, cols)` makes the zeros. (The library has `Matrix.oneHot`; write it yourself this once.)
 */
export function oneHot(index: number, size: number): Matrix {
  throw new NotImplementedError("one-hot: oneHot");
}
