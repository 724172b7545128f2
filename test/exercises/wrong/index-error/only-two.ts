// fails: index-error makes windows of any length, as NumPy does
// fails: index-error makes no window where nothing follows
// fails: index-error has a label from the sequence for every window
// Ends the loop where a window of two has to end, whatever the length is.
export function makeWindows(sequence: readonly number[], length: number): { data: number[][]; labels: number[] } {
  const data: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < sequence.length - 2; i++) {
    data.push(sequence.slice(i, i + length));
    labels.push(sequence[i + length]!);
  }
  return { data, labels };
}
