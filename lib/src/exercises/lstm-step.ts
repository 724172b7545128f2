/**
 * Exercise "lstm-step": one step of an LSTM, equal to PyTorch's.
 *
 * A plain RNN rewrites its whole memory at every step. An LSTM keeps a second state, the cell state c, that is only ever
 * scaled and added to. Three *gates* i, f, o say how much of a candidate g gets in, how much of the old c stays, and how much
 * of the new c shows:
 *
 *     i = σ(W_ii x + b_ii + W_hi h + b_hi)       input gate
 *     f = σ(W_if x + b_if + W_hf h + b_hf)       forget gate
 *     g = tanh(W_ig x + b_ig + W_hg h + b_hg)    the candidate: what would be new
 *     o = σ(W_io x + b_io + W_ho h + b_ho)       output gate
 *
 *     c' = f ⊙ c + i ⊙ g
 *     h' = o ⊙ tanh(c')                          ⊙ multiplies entry by entry
 *
 * PyTorch keeps the four matrices of a kind in one, stacked in the order **i, f, g, o**: rows 0 … H − 1 of weight_ih are
 * W_ii, rows H … 2H − 1 are W_if, and so on; so are weight_hh and the two biases.
 *
 * Letters: D inputs, H hidden units. https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
import { Matrix } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** The parameters of an LSTM, named, stacked and ordered as PyTorch's. */
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

/**
 * σ(z) = 1 / (1 + exp(−z)) of every entry, in a new matrix: between 0 (shut) and 1 (open).
 *
 *     sigmoid([0, ln 3])  →  [0.5, 0.75]
 */
export function sigmoid(z: Matrix): Matrix {
  throw new NotImplementedError("lstm-step: sigmoid");
}

/**
 * The three gates and the candidate of one step, each [H, 1], from x [D, 1] and hPrev [H, 1]. Changes none of its arguments.
 *
 * With D = H = 1, all weights 0, both biases [0, ln 3, 1, 0], which add up to [0, 2 ln 3, 2, 0]:
 *
 *     i = σ(0) = 0.5    f = σ(2 ln 3) = 0.9    g = tanh(2) = 0.964    o = σ(0) = 0.5
 *
 * One product gives all four blocks at once, z [4H, 1]; then cut: `z.data.subarray(from, to)` and `Matrix.column(values)`.
 */
export function lstmGates(
  x: Matrix,
  hPrev: Matrix,
  parameters: LSTMParameters,
): { i: Matrix; f: Matrix; g: Matrix; o: Matrix } {
  throw new NotImplementedError("lstm-step: lstmGates");
}

/**
 * From x [D, 1] and the state before it, hPrev and cPrev [H, 1], to the new h and c [H, 1]. Changes none of its arguments.
 *
 * With the gates above and cPrev = 1:
 *
 *     c = 0.9 · 1 + 0.5 · 0.964 = 1.382        h = 0.5 · tanh(1.382) = 0.441
 */
export function lstmStep(
  x: Matrix,
  hPrev: Matrix,
  cPrev: Matrix,
  parameters: LSTMParameters,
): { h: Matrix; c: Matrix } {
  throw new NotImplementedError("lstm-step: lstmStep");
}
