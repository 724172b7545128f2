/**
 * How a layer that treats each row alone cuts its rows into pieces: one, except while a step is compiled for several cores.
 */
import { chainCount } from "../kernels/chains";

/** Below this many numbers a piece is not worth its own operations. */
const SMALLEST = 16384;

/** The sizes of the pieces of `rows` rows with `size` numbers in all, cut as the recurrent layers cut the batch. */
export function chunks(rows: number, size: number): number[] {
  const count = Math.max(1, Math.min(chainCount(rows), Math.floor(size / SMALLEST)));
  const edge = (i: number) => Math.floor((rows * i) / count);
  return Array.from({ length: count }, (_, i) => edge(i + 1) - edge(i));
}
