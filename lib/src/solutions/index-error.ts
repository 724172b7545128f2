/** Repairing an index error: windows of a sequence, each with the number that follows it. Our answer to the exercise. */

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
 * data[i] = sequence[i … i + length − 1],  labels[i] = sequence[i + length]
 */
export function makeWindows(sequence: readonly number[], length: number): Windows {
  const data: number[][] = [];
  const labels: number[] = [];
  // The largest index that is read is that of the label: it decides where the loop ends, not the window.
  for (let i = 0; i + length < sequence.length; i++) {
    data.push(sequence.slice(i, i + length));
    labels.push(sequence[i + length]!);
  }
  return { data, labels };
}
