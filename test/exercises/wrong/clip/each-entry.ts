// fails: clip keeps the direction of a long gradient and makes it exactly maxNorm long
// Cuts off every entry at ±maxNorm: the arrow turns, and is still too long.
import type { Matrix, VanillaRNNGradients, VanillaRNNParameters } from "../scratch";

export function globalNorm(grads: VanillaRNNGradients): number {
  return Math.hypot(...Object.values(grads).map((grad: Matrix) => grad.norm()));
}

export function clipByGlobalNorm(grads: VanillaRNNGradients, maxNorm: number): VanillaRNNGradients {
  const { dWxh, dWhh, dWhy, dbh, dby } = grads;
  return {
    dWxh: dWxh.copy().clip(-maxNorm, maxNorm),
    dWhh: dWhh.copy().clip(-maxNorm, maxNorm),
    dWhy: dWhy.copy().clip(-maxNorm, maxNorm),
    dbh: dbh.copy().clip(-maxNorm, maxNorm),
    dby: dby.copy().clip(-maxNorm, maxNorm),
  };
}

export function updateParameters(
  { Wxh, Whh, Why, bh, by }: VanillaRNNParameters,
  { dWxh, dWhh, dWhy, dbh, dby }: VanillaRNNGradients,
  learningRate: number,
): VanillaRNNParameters {
  return {
    Wxh: Wxh.copy().add(dWxh, -learningRate),
    Whh: Whh.copy().add(dWhh, -learningRate),
    Why: Why.copy().add(dWhy, -learningRate),
    bh: bh.copy().add(dbh, -learningRate),
    by: by.copy().add(dby, -learningRate),
  };
}
