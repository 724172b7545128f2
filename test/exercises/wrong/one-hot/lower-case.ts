// fails: one-hot lists each character of a text once, sorted
// Tidies the text first: "H" and "h" become one character, and the text cannot be written back.
import { Matrix } from "../scratch";

/** The distinct characters of `text`, sorted; a character's place is its number. */
export function vocabulary(text: string): string[] {
  return [...new Set(text.toLowerCase())].sort(); // a Set keeps each character once; spreading a string gives whole characters, emoji too
}

/** The number of each character of `text`. Throws if one is not in `chars`. */
export function encode(text: string, chars: readonly string[]): number[] {
  return Array.from(text, (char) => {
    const index = chars.indexOf(char);
    // Without this line an unknown character would quietly become −1, and fail much later.
    if (index < 0) throw new RangeError(`encode: expected one of "${chars.join("")}", got "${char}"`);
    return index;
  });
}

/** The column [size, 1] with 1 at `index` and 0 elsewhere. Throws unless 0 ≤ index < size. */
export function oneHot(index: number, size: number): Matrix {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) {
    throw new RangeError(`oneHot: expected a whole number from 0 to ${size - 1}, got ${index}`);
  }
  const x = Matrix.zeros(size, 1);
  x.data[index] = 1;
  return x;
}
