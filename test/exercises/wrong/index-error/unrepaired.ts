// fails: index-error makes the two pairs of the notebook
// fails: index-error makes windows of any length, as NumPy does
// fails: index-error makes no window where nothing follows
// fails: index-error has a label from the sequence for every window
// Takes the notebook's loop as it is: the last label is read beyond the end.
export function makeWindows(sequence: readonly number[], length: number): { data: number[][]; labels: number[] } {
  const data: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < sequence.length - 1; i++) {
    data.push(sequence.slice(i, i + 2));
    labels.push(sequence[i + 2]!);
  }
  return { data, labels };
}
