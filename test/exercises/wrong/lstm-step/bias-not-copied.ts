// fails: lstm-step leaves its arguments as they were, so that a second call gives the same
// Forgets that add changes the matrix it is called on: the bias grows from step to step.
import { Matrix } from "../scratch";

export interface LSTMParameters {
  weight_ih: Matrix;
  weight_hh: Matrix;
  bias_ih: Matrix;
  bias_hh: Matrix;
}

export function sigmoid(z: Matrix): Matrix {
  return z.copy().map((zi) => 1 / (1 + Math.exp(-zi)));
}

export function lstmGates(
  x: Matrix,
  hPrev: Matrix,
  { weight_ih, weight_hh, bias_ih, bias_hh }: LSTMParameters,
): { i: Matrix; f: Matrix; g: Matrix; o: Matrix } {
  const z = bias_ih.add(bias_hh).addProduct(weight_ih, x).addProduct(weight_hh, hPrev);
  const H = hPrev.rows;
  const block = (k: number) => Matrix.column(z.data.subarray(k * H, (k + 1) * H));
  return { i: sigmoid(block(0)), f: sigmoid(block(1)), g: block(2).tanh(), o: sigmoid(block(3)) };
}

export function lstmStep(
  x: Matrix,
  hPrev: Matrix,
  cPrev: Matrix,
  parameters: LSTMParameters,
): { h: Matrix; c: Matrix } {
  const { i, f, g, o } = lstmGates(x, hPrev, parameters);
  const c = cPrev.copy().map((ck, k) => f.data[k]! * ck + i.data[k]! * g.data[k]!);
  const h = c.copy().map((ck, k) => o.data[k]! * Math.tanh(ck));
  return { h, c };
}
