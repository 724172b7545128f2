// fails: one-hot puts a single 1 at the index
// Counts the places from 1.
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
  if (!(Number.isInteger(index) && index >= 0 && index < size)) {
    throw new RangeError(`oneHot: expected a whole number from 0 to ${size - 1}, got ${index}`);
  }
  const x = Matrix.zeros(size, 1);
  x.data[index - 1] = 1;
  return x;
}
