// fails: cell-step leaves its arguments as they were, so that a second call gives the same
// Forgets that addProduct changes the matrix it is called on: the bias becomes the state.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = bh.addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
  const y = by.copy().addProduct(Why, h);
  return { h, y };
}
