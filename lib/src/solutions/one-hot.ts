/** Our answer to the exercise "one-hot". */

/** A vector [V] that is 0 everywhere but 1 at `index`: `oneHot(1, 3)` is `[0, 1, 0]`. */
export function oneHot(index: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number(i === index));
}
