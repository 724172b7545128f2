// fails: cell-step gives the hidden state of PyTorch's RNN
// Takes tanh of the input's share only, then adds the memory's.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = bh.copy().addProduct(Wxh, x).tanh().addProduct(Whh, hPrev);
  const y = by.copy().addProduct(Why, h);
  return { h, y };
}
