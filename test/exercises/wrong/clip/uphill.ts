// fails: clip takes PyTorch's SGD step
// Adds the gradient instead of taking it away: every step makes the loss larger.
import type { Matrix, VanillaRNNGradients, VanillaRNNParameters } from "../scratch";

export function globalNorm(grads: VanillaRNNGradients): number {
  return Math.hypot(...Object.values(grads).map((grad: Matrix) => grad.norm()));
}

export function clipByGlobalNorm(grads: VanillaRNNGradients, maxNorm: number): VanillaRNNGradients {
  const norm = globalNorm(grads);
  const factor = norm > maxNorm ? maxNorm / norm : 1;
  const { dWxh, dWhh, dWhy, dbh, dby } = grads;
  return {
    dWxh: dWxh.copy().scale(factor),
    dWhh: dWhh.copy().scale(factor),
    dWhy: dWhy.copy().scale(factor),
    dbh: dbh.copy().scale(factor),
    dby: dby.copy().scale(factor),
  };
}

export function updateParameters(
  { Wxh, Whh, Why, bh, by }: VanillaRNNParameters,
  { dWxh, dWhh, dWhy, dbh, dby }: VanillaRNNGradients,
  learningRate: number,
): VanillaRNNParameters {
  return {
    Wxh: Wxh.copy().add(dWxh, learningRate),
    Whh: Whh.copy().add(dWhh, learningRate),
    Why: Why.copy().add(dWhy, learningRate),
    bh: bh.copy().add(dbh, learningRate),
    by: by.copy().add(dby, learningRate),
  };
}
