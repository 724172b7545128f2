// fails: one-hot has a one at the index
// fails: one-hot sums to one
// Forgets to set the one.
import { Matrix } from "../scratch";

export function oneHot(_index: number, size: number): number[] {
  return Array.from(Matrix.zeros(size, 1).data);
}
