/**
 * Our answer to "loss". Both functions use the same trick: taking the largest score away from all of them changes no
 * probability, since exp(y − m) = exp(y) / exp(m) above and below the fraction line, and then no exponential overflows.
 */
import type { Matrix } from "../scratch";

/** softmax(y)ᵢ = exp(yᵢ) / Σⱼ exp(yⱼ): scores [V, 1] → probabilities [V, 1]. */
export function softmax(y: Matrix): Matrix {
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp(yi - largest));
  return p.scale(1 / p.sum());
}

/** The mean over time of −ln softmax(yₜ)[targetₜ], in nats. */
export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  let total = 0;
  outputs.forEach((y, t) => {
    const largest = y.max();
    const sum = y.data.reduce((s, yi) => s + Math.exp(yi - largest), 0); // at least 1: the largest gives exp(0)
    // ln(exp(y_target) / Σ exp(y)) = y_target − ln Σ exp(y): a probability that would round to 0 is never made.
    total += largest + Math.log(sum) - y.at(targets[t]!, 0);
  });
  return total / outputs.length;
}
