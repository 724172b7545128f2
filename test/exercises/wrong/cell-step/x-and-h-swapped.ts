// fails (error): cell-step gives the hidden state of PyTorch's RNN
// fails (error): cell-step gives the scores of PyTorch's Linear
// fails (error): cell-step adds both biases
// fails (error): cell-step depends on what it reads and on what it remembers
// fails (error): cell-step leaves its arguments as they were, so that a second call gives the same
// Multiplies W_xh by the state and W_hh by the input, which even runs where D = H.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = bh.copy().addProduct(Wxh, hPrev).addProduct(Whh, x).tanh();
  const y = by.copy().addProduct(Why, h);
  return { h, y };
}
