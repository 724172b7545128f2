// fails: clip leaves what it is given as it was
// Forgets copy(): the step changes the parameters it was given.
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
    Wxh: Wxh.add(dWxh, -learningRate),
    Whh: Whh.add(dWhh, -learningRate),
    Why: Why.add(dWhy, -learningRate),
    bh: bh.add(dbh, -learningRate),
    by: by.add(dby, -learningRate),
  };
}
