// fails: loss gives PyTorch's mean cross-entropy
// Looks at the likeliest character instead of the right one: being sure would be enough.
import type { Matrix } from "../scratch";

export function softmax(y: Matrix): Matrix {
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp(yi - largest));
  return p.scale(1 / p.sum());
}

export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  let total = 0;
  outputs.forEach((y) => {
    const largest = y.max();
    const sum = y.data.reduce((s, yi) => s + Math.exp(yi - largest), 0);
    total += largest + Math.log(sum) - largest;
  });
  return total / outputs.length;
}
