/** Exercise "one-hot": a symbol's number as a vector. A provisional one. */
import { NotImplementedError } from "./not-implemented";

/** A vector [V] that is 0 everywhere but 1 at `index`: `oneHot(1, 3)` is `[0, 1, 0]`. */
export function oneHot(index: number, size: number): number[] {
  throw new NotImplementedError("one-hot: return the vector");
}
