/**
 * Exercise "index-error": a loop that goes one step too far (from notebook 05).
 *
 * Python stops here with `IndexError: list index out of range`. TypeScript does not stop: it hands out `undefined`, which
 * an Int32Array turns into 0 and a Float32Array into NaN, both without a word. With 0 the network learns from a label that
 * was never in the data.
 */
import { NotImplementedError } from "./not-implemented";

/** Windows and what comes after them, row for row. */
export interface Windows {
  /** [N, length] */
  data: number[][];
  /** [N] */
  labels: number[];
}

/**
 * All windows of `length` numbers of a sequence of T, each with the number after it: N = max(0, T − length) pairs.
 *
 *     data[i] = sequence[i … i + length − 1]     labels[i] = sequence[i + length]
 *
 * Example: makeWindows([0, 1, 2, 3], 2) → { data: [[0, 1], [1, 2]], labels: [2, 3] }. The window [2, 3] is not among
 * them: nothing follows it. A sequence that is too short gives no window: { data: [], labels: [] }.
 *
 * The loop below is the notebook's. Delete the `throw` and the `//` in front of each line, see what it answers, then repair it; mind that it should work for
 * windows of any length.
 */
export function makeWindows(sequence: readonly number[], length: number): Windows {
  throw new NotImplementedError("index-error: makeWindows");
  // const data: number[][] = [];
  // const labels: number[] = [];
  // for (let i = 0; i < sequence.length - 1; i++) {
  //   data.push(sequence.slice(i, i + 2));
  //   labels.push(sequence[i + 2]!);
  // }
  // return { data, labels };
}
