// fails: index-error makes the two pairs of the notebook
// fails: index-error makes windows of any length, as NumPy does
// fails: index-error has a label from the sequence for every window
// Plays safe and loses the last pair, whose label is the last number of the sequence.
export function makeWindows(sequence: readonly number[], length: number): { data: number[][]; labels: number[] } {
  const data: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < sequence.length - length - 1; i++) {
    data.push(sequence.slice(i, i + length));
    labels.push(sequence[i + length]!);
  }
  return { data, labels };
}
