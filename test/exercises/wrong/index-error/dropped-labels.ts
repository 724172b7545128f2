// fails: index-error makes the two pairs of the notebook
// fails: index-error makes windows of any length, as NumPy does
// fails: index-error makes no window where nothing follows
// fails: index-error has a label from the sequence for every window
// Removes the label that does not exist, but keeps its window: the two lists no longer belong together.
export function makeWindows(sequence: readonly number[], length: number): { data: number[][]; labels: number[] } {
  const data: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i <= sequence.length - length; i++) {
    data.push(sequence.slice(i, i + length));
    const label = sequence[i + length];
    if (label !== undefined) labels.push(label);
  }
  return { data, labels };
}
