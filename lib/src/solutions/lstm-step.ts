/** Our answer to "lstm-step": PyTorch's LSTMCell for one sequence, gate by gate. */
import { Matrix } from "../scratch";

/** The parameters of an LSTM, named, stacked and ordered as PyTorch's: four blocks of H rows for i, f, g and o. */
export interface LSTMParameters {
  /** [4H, D] */
  weight_ih: Matrix;
  /** [4H, H] */
  weight_hh: Matrix;
  /** [4H, 1] */
  bias_ih: Matrix;
  /** [4H, 1] */
  bias_hh: Matrix;
}

/** σ(z) = 1 / (1 + exp(−z)) of every entry. */
export function sigmoid(z: Matrix): Matrix {
  return z.copy().map((zi) => 1 / (1 + Math.exp(-zi))); // exp(1000) is Infinity, and 1 / Infinity the right 0
}

/** The gates of one step, each [H, 1]: i, f and o between 0 and 1, the candidate g between −1 and 1. */
export function lstmGates(
  x: Matrix,
  hPrev: Matrix,
  { weight_ih, weight_hh, bias_ih, bias_hh }: LSTMParameters,
): { i: Matrix; f: Matrix; g: Matrix; o: Matrix } {
  const z = bias_ih.copy().add(bias_hh).addProduct(weight_ih, x).addProduct(weight_hh, hPrev); // [4H, 1]
  const H = hPrev.rows;
  const block = (k: number) => Matrix.column(z.data.subarray(k * H, (k + 1) * H));
  return { i: sigmoid(block(0)), f: sigmoid(block(1)), g: block(2).tanh(), o: sigmoid(block(3)) };
}

/** From xₜ [D, 1], hₜ₋₁ and cₜ₋₁ [H, 1] to hₜ and cₜ [H, 1]. */
export function lstmStep(
  x: Matrix,
  hPrev: Matrix,
  cPrev: Matrix,
  parameters: LSTMParameters,
): { h: Matrix; c: Matrix } {
  const { i, f, g, o } = lstmGates(x, hPrev, parameters);
  const c = cPrev.copy().map((ck, k) => f.data[k]! * ck + i.data[k]! * g.data[k]!); // keep some, add some
  const h = c.copy().map((ck, k) => o.data[k]! * Math.tanh(ck)); // show some
  return { h, c };
}
