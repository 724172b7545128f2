/**
 * What the three recurrent kernels have in common: the interface between one chain of time steps (`rnn.ts`, `lstm.ts`,
 * `gru.ts`: the maths of the cell) and the sequence around it (`sequence.ts`: projections, chains, weight gradients).
 *
 * The rows of the weights are cut into *pieces*: blocks of gates whose pre-activations are computed together. The RNN and the
 * LSTM have one piece; the GRU has two (r and z; n), because its candidate needs the two products separately.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Ops } from "./ops";
import type { Keep } from "./tape";

/** A step's pre-activations from the input, by piece: [NB, gates·H] each. */
export type Pieces = tf.Tensor[];

/** One run of a cell over T steps of NB rows, ready to be run backwards. */
export interface Chain {
  /** Hidden states by step, [NB, H] each. */
  h: tf.Tensor[];
  /** Cell states by step, [NB, H] each (LSTM only). */
  c?: tf.Tensor[];
  /**
   * Backpropagation through time from the gradients of the states: `dh[t]` and `dc[t]` of each step's, `dhN` and `dcN` of the
   * last ones (null where the loss does not reach).
   */
  backward(
    dh: tf.Tensor[] | null,
    dhN: tf.Tensor | null,
    dc: tf.Tensor[] | null,
    dcN: tf.Tensor | null,
  ): ChainGradients;
}

export interface ChainGradients {
  /** Gradients of the input's pre-activations by piece and step. */
  dx: tf.Tensor[][];
  /** Gradients of the recurrent products h·W_hhᵀ (+ b_hh) by piece and step; the same tensors as `dx` where nothing lies between. */
  dz: tf.Tensor[][];
  /** Gradients of the initial states, null if there were none. */
  dh0: tf.Tensor | null;
  dc0: tf.Tensor | null;
}

/** The weights as the cell wants them, made once per call. */
export interface Recurrent {
  /** W_hh by piece, [gates·H, H]. */
  weights: tf.Tensor[];
  /** W_hhᵀ by forward piece, [H, gates·H]. */
  transposed: tf.Tensor[];
  /** The part of b_hh that the cell adds itself (GRU: b_hn, [H]). */
  bias?: tf.Tensor | undefined;
  /** For a cell that takes the input itself: W_ihᵀ [I, gates·H], and b_ih + b_hh [gates·H] unless there are none. */
  input?: { transposed: tf.Tensor; bias: tf.Tensor | undefined } | undefined;
}

/** The recurrent cells. */
export type CellName = "tanh" | "relu" | "lstm" | "gru";

/** The maths of a recurrent cell. */
export interface CellKernel {
  name: CellName;
  /** Gates per piece, so that piece p has `pieces[p]·H` rows. */
  pieces: number[];
  /** The same for the forward pass where it cuts otherwise; the gradients come by `pieces` all the same. */
  forwardPieces?: number[];
  /** The piece whose b_hh the cell adds itself; everywhere else it is folded into the input's pre-activations. */
  ownBias?: number;
  /** Order of the gates inside, if it is not PyTorch's; must be its own inverse. */
  gateOrder?: number[];
  /**
   * Whether the cell wants the input x_t [NB, I] of each step itself and not its pre-activations; `folded` if those could come
   * from a folded table.
   */
  takesInput?(sizes: { inputSize: number; hiddenSize: number; rows: number; folded: boolean }): boolean;
  /** Runs all steps; `xs[p][t]` by forward piece in the order of processing (p = 0 if it takes the input); null states are zeros. */
  run(o: Ops, xs: tf.Tensor[][], w: Recurrent, h0: tf.Tensor | null, c0: tf.Tensor | null, keep: Keep): Chain;
}

/** Puts the gates (blocks of rows) of a weight or a gradient into the cell's own order, or back. */
export function reorderGates(o: Ops, { gateOrder }: CellKernel, weight: tf.Tensor): tf.Tensor {
  return gateOrder ? o.blocks(weight, gateOrder) : weight;
}
