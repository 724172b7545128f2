// fails: cell-step adds both biases
// Forgets b_h: the state of a silent input could only be 0.
import { Matrix, type VanillaRNNParameters } from "../scratch";

export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  const { Wxh, Whh, Why, bh, by } = parameters;
  const h = Matrix.zeros(bh.rows, 1).addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
  const y = by.copy().addProduct(Why, h);
  return { h, y };
}
