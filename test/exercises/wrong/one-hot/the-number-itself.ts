// fails: one-hot puts a single 1 at the index
// Writes the number into its place instead of a 1: character 9 would shout, character 0 be silent.
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
  x.data[index] = index;
  return x;
}
