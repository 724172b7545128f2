// fails: loss survives scores of 1000 in softmax
// Takes exp of the scores as they are: exp(1000) is Infinity, and Infinity / Infinity is NaN.
import type { Matrix } from "../scratch";

export function softmax(y: Matrix): Matrix {
  const p = y.copy().map((yi) => Math.exp(yi));
  return p.scale(1 / p.sum());
}

export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  let total = 0;
  outputs.forEach((y, t) => {
    const largest = y.max();
    const sum = y.data.reduce((s, yi) => s + Math.exp(yi - largest), 0);
    total += largest + Math.log(sum) - y.at(targets[t]!, 0);
  });
  return total / outputs.length;
}
