// fails: index-error leaves the sequence as it was
// fails: index-error makes the two pairs of the notebook
// fails: index-error makes windows of any length, as NumPy does
// fails: index-error has a label from the sequence for every window
// Takes `splice` for `slice`: it cuts the window out of the caller's sequence.
export function makeWindows(sequence: number[], length: number): { data: number[][]; labels: number[] } {
  const data: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i + length < sequence.length; i++) {
    data.push(sequence.splice(i, length));
    labels.push(sequence[i]!);
  }
  return { data, labels };
}
