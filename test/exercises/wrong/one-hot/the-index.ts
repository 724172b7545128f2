// fails: one-hot has a one at the index
// Writes the index itself instead of 1.
export function oneHot(index: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => (i === index ? index : 0));
}
