/**
 * Exercise "clip": take a step downhill, and never too long a one.
 *
 * Back through many steps a gradient can become enormous. One such step throws the weights far away and undoes all
 * that was learned. The cure: if the gradient, seen as *one* long arrow with all entries of all five matrices, is longer than
 * maxNorm, make it exactly that long. Its direction stays.
 *
 *     ‖g‖ = √(Σ g²)  over every entry of dWxh, dWhh, dWhy, dbh and dby
 *     g ← g · maxNorm / ‖g‖   if ‖g‖ > maxNorm
 *     W ← W − learningRate · dW
 *
 * PyTorch calls this clip_grad_norm_, TensorFlow clip_by_global_norm. All three functions leave what they are given as it was: `copy()`
 * first, since `scale(k)`, `map(f)` and `add(B, k)` (this += k B) change the matrix they are called on.
 */
import type { VanillaRNNGradients, VanillaRNNParameters } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/**
 * The norm of the whole gradient: one number for all five matrices together. `Matrix` has `norm()`, the root of the sum of
 * the squares of one matrix.
 *
 *     dWxh = [[3]], dWhh = [[0]], dWhy = [[4]], dbh = [0], dby = [0]  →  √(9 + 16) = 5
 *
 * If one entry is NaN, so is the norm: it is what one watches while training.
 */
export function globalNorm(grads: VanillaRNNGradients): number {
  throw new NotImplementedError("clip: globalNorm");
}

/**
 * The gradient with a norm of at most maxNorm: all entries times the same factor if it is too long, and the same numbers as `grads` if not.
 *
 *     the gradient above with maxNorm = 1   →  dWxh = [[0.6]], dWhy = [[0.8]], the others 0
 *     the gradient above with maxNorm = 10  →  the same numbers
 */
export function clipByGlobalNorm(grads: VanillaRNNGradients, maxNorm: number): VanillaRNNGradients {
  throw new NotImplementedError("clip: clipByGlobalNorm");
}

/**
 * One step of gradient descent: `{ Wxh, Whh, Why, bh, by }`, each parameter minus learningRate times its gradient.
 *
 *     Wxh = [[1]], dWxh = [[3]], learningRate = 0.1  →  Wxh = [[0.7]]
 */
export function updateParameters(
  parameters: VanillaRNNParameters,
  grads: VanillaRNNGradients,
  learningRate: number,
): VanillaRNNParameters {
  throw new NotImplementedError("clip: updateParameters");
}
