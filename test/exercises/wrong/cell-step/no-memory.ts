// fails: cell-step depends on what it reads and on what it remembers
// Leaves out W_hh h: a network that does not recur, and still trains a little.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Why, bh, by } = parameters;
  const h = bh.copy().addProduct(Wxh, x).tanh();
  const y = by.copy().addProduct(Why, h);
  return { h, y };
}
