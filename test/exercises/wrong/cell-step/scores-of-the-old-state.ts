// fails: cell-step gives the scores of PyTorch's Linear
// Reads the scores off the state before the step: x comes one step late.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = bh.copy().addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
  const y = by.copy().addProduct(Why, hPrev);
  return { h, y };
}
