// fails: clip keeps the direction of a long gradient and makes it exactly maxNorm long
// Clips each matrix by its own norm: five short arrows that no longer fit together.
import type { Matrix, VanillaRNNGradients, VanillaRNNParameters } from "../scratch";

export function globalNorm(grads: VanillaRNNGradients): number {
  return Math.hypot(...Object.values(grads).map((grad: Matrix) => grad.norm()));
}

export function clipByGlobalNorm(grads: VanillaRNNGradients, maxNorm: number): VanillaRNNGradients {
  const clipped = (grad: Matrix) => grad.copy().scale(Math.min(1, maxNorm / (grad.norm() || 1)));
  const { dWxh, dWhh, dWhy, dbh, dby } = grads;
  return {
    dWxh: clipped(dWxh),
    dWhh: clipped(dWhh),
    dWhy: clipped(dWhy),
    dbh: clipped(dbh),
    dby: clipped(dby),
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
