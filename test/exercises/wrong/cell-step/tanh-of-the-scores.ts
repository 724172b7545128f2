// fails: cell-step keeps the state between −1 and 1, and the scores free
// Puts tanh around the scores, too: then no answer can be more than e² times as likely as another.
import type { Matrix, VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = bh.copy().addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
  const y = by.copy().addProduct(Why, h).tanh();
  return { h, y };
}
