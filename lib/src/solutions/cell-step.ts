/** Our answer to "cell-step": the two equations of a plain RNN, each one line. */
import type { Matrix, VanillaRNNParameters } from "../scratch";

/** From xₜ [D, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and yₜ [V, 1]. */
export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  // Start from a copy of the bias: addProduct and tanh change the matrix they are called on, and the bias must stay.
  const h = bh.copy().addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
  const y = by.copy().addProduct(Why, h); // from the new state, and without tanh: scores may have any size
  return { h, y };
}
