// fails: one-hot refuses an index outside the vocabulary
// Writes beyond the end of a typed array, which does nothing and says nothing: a column of zeros.
import { Matrix } from "../scratch";

export function vocabulary(text: string): string[] {
  return [...new Set(text)].sort();
}

export function encode(text: string, chars: readonly string[]): number[] {
  return Array.from(text, (char) => {
    const index = chars.indexOf(char);
    if (index < 0) throw new RangeError(`encode: expected one of "${chars.join("")}", got "${char}"`);
    return index;
  });
}

export function oneHot(index: number, size: number): Matrix {
  const x = Matrix.zeros(size, 1);
  x.data[index] = 1;
  return x;
}
