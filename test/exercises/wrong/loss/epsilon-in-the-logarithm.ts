// fails: loss is exact even where the network is sure and wrong
// Adds 1e-10 to the probability, so that ln 0 is not met: then no mistake costs more than 23, and none has the right slope.
import type { Matrix } from "../scratch";

export function softmax(y: Matrix): Matrix {
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp(yi - largest));
  return p.scale(1 / p.sum());
}

export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  let total = 0;
  outputs.forEach((y, t) => {
    total -= Math.log(softmax(y).at(targets[t]!, 0) + 1e-10);
  });
  return total / outputs.length;
}
