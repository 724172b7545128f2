// fails: one-hot has a one at the index
// Counts the places from 1.
export function oneHot(index: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number(i + 1 === index));
}
