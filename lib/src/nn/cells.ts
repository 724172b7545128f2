/**
 * One recurrent step at a time, as plain tf operations that read like the equations: `RNNCell`, `LSTMCell`, `GRUCell`, and
 * `unroll`, the loop that runs any of them over a sequence. For learning, for new ideas, and as the judge of the fast
 * versions in `rnn.ts`; those are 5 to 20 times as fast.
 */
import * as tf from "@tensorflow/tfjs";
import { defaultGenerator } from "../random";
import { parameter } from "./init";
import { Module } from "./module";
import type { LSTMState } from "./rnn";

/** A step of a recurrent network: from the input x_t and the state before to the state after. */
export interface Cell<State> {
  forward(x: tf.Tensor, state?: State): State;
}

/** Options of the cells. */
export interface CellOptions {
  /** Whether there are b_ih and b_hh. */
  bias?: boolean;
}

/** Parameters and projections that the three cells share. */
abstract class CellBase extends Module {
  /** [gates·H, I] */
  readonly weight_ih: tf.Variable;
  /** [gates·H, H] */
  readonly weight_hh: tf.Variable;
  /** [gates·H], null without bias */
  readonly bias_ih: tf.Variable | null;
  readonly bias_hh: tf.Variable | null;

  protected constructor(
    readonly inputSize: number,
    readonly hiddenSize: number,
    gates: number,
    { bias = true }: CellOptions,
  ) {
    super();
    const bound = 1 / Math.sqrt(hiddenSize);
    const uniform = (...shape: number[]) =>
      parameter(defaultGenerator.uniform(tf.util.sizeFromShape(shape), -bound, bound), shape);
    this.weight_ih = uniform(gates * hiddenSize, inputSize);
    this.weight_hh = uniform(gates * hiddenSize, hiddenSize);
    this.bias_ih = bias ? uniform(gates * hiddenSize) : null;
    this.bias_hh = bias ? uniform(gates * hiddenSize) : null;
  }

  /** W_ih x + b_ih for rows of x: [B, I] → [B, gates·H] */
  protected fromInput(x: tf.Tensor): tf.Tensor {
    if (x.rank !== 2 || x.shape[1] !== this.inputSize) {
      const name = this.constructor.name;
      throw new Error(`${name}.forward: expected input [B, ${this.inputSize}], got [${x.shape.join(", ")}]`);
    }
    return affine(x, this.weight_ih, this.bias_ih);
  }

  /** W_hh h + b_hh for rows of h: [B, H] → [B, gates·H] */
  protected fromHidden(h: tf.Tensor): tf.Tensor {
    return affine(h, this.weight_hh, this.bias_hh);
  }

  /** A state that fits x, or zeros: [B, H] */
  protected stateFor(x: tf.Tensor, state: tf.Tensor | undefined): tf.Tensor {
    const expected = [x.shape[0]!, this.hiddenSize];
    if (state && !tf.util.arraysEqual(state.shape, expected)) {
      const name = this.constructor.name;
      throw new Error(`${name}.forward: expected a state [${expected.join(", ")}], got [${state.shape.join(", ")}]`);
    }
    return state ?? tf.zeros(expected);
  }

  protected override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih ? "" : ", bias=False"}`;
  }
}

function affine(x: tf.Tensor, weight: tf.Variable, bias: tf.Variable | null): tf.Tensor {
  const product = tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D, false, true); // x Wᵀ
  return bias ? tf.add(product, bias) : product;
}

/**
 * h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu instead of tanh.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 */
export class RNNCell extends CellBase implements Cell<tf.Tensor> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = "tanh", ...options }: CellOptions & { nonlinearity?: "tanh" | "relu" } = {},
  ) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = nonlinearity;
  }

  /** x [B, I], h [B, H] or zeros → h' [B, H] */
  forward(x: tf.Tensor, h?: tf.Tensor): tf.Tensor {
    const z = tf.add(this.fromInput(x), this.fromHidden(this.stateFor(x, h)));
    return this.nonlinearity === "tanh" ? tf.tanh(z) : tf.relu(z);
  }

  protected override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`);
  }
}

/**
 * i, f, g, o = σ, σ, tanh, σ of the four blocks of W_ih x + b_ih + W_hh h + b_hh; c' = f ⊙ c + i ⊙ g; h' = o ⊙ tanh c'.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 */
export class LSTMCell extends CellBase implements Cell<LSTMState> {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(inputSize, hiddenSize, 4, options);
  }

  /** x [B, I], [h, c] [B, H] each or zeros → [h', c'] [B, H] each */
  forward(x: tf.Tensor, state?: LSTMState): [h: tf.Tensor, c: tf.Tensor] {
    const h = this.stateFor(x, state?.[0]);
    const c = this.stateFor(x, state?.[1]);
    const z = tf.add(this.fromInput(x), this.fromHidden(h)); // [B, 4H]
    const [zi, zf, zg, zo] = tf.split(z, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const cNew = tf.add(tf.mul(tf.sigmoid(zf), c), tf.mul(tf.sigmoid(zi), tf.tanh(zg)));
    return [tf.mul(tf.sigmoid(zo), tf.tanh(cNew)), cNew];
  }
}

/**
 * r, z = σ of the first two blocks of W_ih x + b_ih + W_hh h + b_hh; n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn));
 * h' = (1 − z) ⊙ n + z ⊙ h.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 */
export class GRUCell extends CellBase implements Cell<tf.Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(inputSize, hiddenSize, 3, options);
  }

  /** x [B, I], h [B, H] or zeros → h' [B, H] */
  forward(x: tf.Tensor, state?: tf.Tensor): tf.Tensor {
    const h = this.stateFor(x, state);
    const [xr, xz, xn] = tf.split(this.fromInput(x), 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [hr, hz, hn] = tf.split(this.fromHidden(h), 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const r = tf.sigmoid(tf.add(xr, hr));
    const z = tf.sigmoid(tf.add(xz, hz));
    const n = tf.tanh(tf.add(xn, tf.mul(r, hn)));
    return tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
  }
}

/**
 * Runs a cell over a sequence x [T, B, I], from `state` or zeros: the hidden states of all steps [T, B, H] and the last state.
 *
 * ```ts
 * const [output, h] = unroll(new nn.GRUCell(8, 16), x);
 * ```
 */
export function unroll<State extends tf.Tensor | LSTMState>(
  cell: Cell<State>,
  x: tf.Tensor,
  state?: State,
): [output: tf.Tensor, state: State] {
  if (x.rank !== 3 || x.size === 0) {
    throw new Error(`unroll: expected a sequence [T, B, I] of at least one step, got [${x.shape.join(", ")}]`);
  }
  const outputs: tf.Tensor[] = [];
  for (let t = 0; t < x.shape[0]!; t++) {
    const xt = tf.squeeze(tf.slice(x, [t], [1]), [0]); // [B, I]
    state = cell.forward(xt, state);
    outputs.push(Array.isArray(state) ? (state as unknown as LSTMState)[0] : (state as tf.Tensor));
  }
  return [tf.stack(outputs), state!];
}
