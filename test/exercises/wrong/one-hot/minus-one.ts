// fails: one-hot refuses a character it does not know
// Believes that indexOf always finds something: an unknown character gets the number −1.
import { Matrix } from "../scratch";

export function vocabulary(text: string): string[] {
  return [...new Set(text)].sort();
}

export function encode(text: string, chars: readonly string[]): number[] {
  return Array.from(text, (char) => {
    const index = chars.indexOf(char);
    return index;
  });
}

export function oneHot(index: number, size: number): Matrix {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) {
    throw new RangeError(`oneHot: expected a whole number from 0 to ${size - 1}, got ${index}`);
  }
  const x = Matrix.zeros(size, 1);
  x.data[index] = 1;
  return x;
}
