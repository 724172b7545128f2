/**
 * The recurrent layers with PyTorch's names, shapes and numbers, fast: `nn.RNN`, `nn.LSTM`, `nn.GRU`.
 * Each runs a whole sequence; one step at a time, readably, is in `cells.ts`.
 */
import type * as tf from "@tensorflow/tfjs";
import { gruCell, lstmCell, reluCell, tanhCell, type CellKernel } from "../kernels";
import { Recurrent, type RecurrentForwardOptions, type RecurrentOptions } from "./recurrent";

/** Options of `nn.RNN`. */
export interface RNNOptions extends RecurrentOptions {
  nonlinearity?: "tanh" | "relu";
}

/**
 * The Elman network: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), or relu instead of tanh.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
 */
export class RNN extends Recurrent {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    const { nonlinearity = "tanh" } = options;
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new RangeError(`RNN: expected nonlinearity "tanh" or "relu", got ${JSON.stringify(nonlinearity)}`);
    }
    this.nonlinearity = nonlinearity;
  }

  get cell(): CellKernel {
    return this.nonlinearity === "tanh" ? tanhCell : reluCell;
  }

  /**
   * x [T, B, I] (batchFirst: [B, T, I]; one sequence: [T, I]), h0 [L·D, B, H] or zeros →
   * output [T, B, D·H] (the top layer's states, in the layout of x) and hN [L·D, B, H] (every layer's last state).
   */
  forward(x: tf.Tensor, h0?: tf.Tensor, options: RecurrentForwardOptions = {}): [output: tf.Tensor, hN: tf.Tensor] {
    const [output, hN] = this.run(x, [h0], options);
    return [output!, hN!];
  }
}

/**
 * The gated recurrent unit, with PyTorch's reset after the product:
 *
 * r, z = σ(W_ir x + b_ir + W_hr h + b_hr), σ(W_iz x + b_iz + W_hz h + b_hz);
 * n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)); h' = (1 − z) ⊙ n + z ⊙ h. Rows of the weights: r, z, n.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
 */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  get cell(): CellKernel {
    return gruCell;
  }

  /** x [T, B, I], h0 [L·D, B, H] or zeros → output [T, B, D·H] and hN [L·D, B, H]; layouts as for `RNN`. */
  forward(x: tf.Tensor, h0?: tf.Tensor, options: RecurrentForwardOptions = {}): [output: tf.Tensor, hN: tf.Tensor] {
    const [output, hN] = this.run(x, [h0], options);
    return [output!, hN!];
  }
}

/** The two states of an LSTM: hidden and cell. */
export type LSTMState = readonly [h: tf.Tensor, c: tf.Tensor];

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 *
 * i, f, g, o = σ, σ, tanh, σ of the four blocks of W_ih x + b_ih + W_hh h + b_hh; c' = f ⊙ c + i ⊙ g; h' = o ⊙ tanh c'.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  get cell(): CellKernel {
    return lstmCell;
  }

  /**
   * x [T, B, I], [h0, c0] [L·D, B, H] each or zeros → output [T, B, D·H] and the last states [hN, cN] [L·D, B, H] each;
   * layouts as for `RNN`.
   */
  forward(
    x: tf.Tensor,
    state?: LSTMState,
    options: RecurrentForwardOptions = {},
  ): [output: tf.Tensor, state: [hN: tf.Tensor, cN: tf.Tensor]] {
    if (state && !(Array.isArray(state) && state.length === 2)) {
      throw new TypeError("LSTM.forward: expected the state as [h0, c0], got one tensor");
    }
    const [output, hN, cN] = this.run(x, state ? [...state] : [undefined, undefined], options);
    return [output!, [hN!, cN!]];
  }
}
