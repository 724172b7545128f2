/**
 * Stochastic gradient descent, with momentum.
 */
import * as tf from "@tensorflow/tfjs";
import { checkNumber, Optimizer, type UpdateInput, type UpdateResult } from "./optimizer";

/** Settings of SGD. */
export interface SGDOptions {
  lr?: number;
  momentum?: number;
  dampening?: number;
  weightDecay?: number;
  nesterov?: boolean;
}

type SGDState = "momentum_buffer";

/**
 * p ← p − lr·d, with d = g (+ weightDecay·p); with momentum b ← momentum·b + (1 − dampening)·d (first step: b = d) and d = b,
 * or d + momentum·b with `nesterov`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class SGD extends Optimizer<SGDState> {
  momentum: number;
  readonly dampening: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  private readonly hasBuffer: boolean;

  constructor(
    parameters: Iterable<tf.Variable>,
    { lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false }: SGDOptions = {},
  ) {
    super(parameters, lr, (momentum === 0 ? {} : { momentum_buffer: 0 }) as Record<SGDState, number>);
    checkNumber("SGD", "momentum", momentum);
    checkNumber("SGD", "weightDecay", weightDecay);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new Error("SGD: nesterov needs a momentum and no dampening");
    }
    this.momentum = momentum;
    this.dampening = dampening;
    this.weightDecay = weightDecay;
    this.nesterov = nesterov;
    this.hasBuffer = momentum !== 0;
  }

  protected numbers(t: number): number[] {
    return this.hasBuffer ? [-this.lr, this.momentum, t === 1 ? 1 : 1 - this.dampening] : [-this.lr];
  }

  protected update({ g, p, state, n }: UpdateInput<SGDState>): UpdateResult<SGDState> {
    const [minusLr, momentum, share] = n;
    const d = this.weightDecay === 0 ? g : tf.add(g, tf.mul(p(), this.weightDecay));
    if (!this.hasBuffer) return { delta: tf.mul(d, minusLr!), state: {} as Record<SGDState, tf.Tensor> };
    const taken = this.dampening === 0 ? d : tf.mul(d, share!);
    const buffer = tf.add(tf.mul(state.momentum_buffer, momentum!), taken);
    const direction = this.nesterov ? tf.add(d, tf.mul(buffer, momentum!)) : buffer;
    return { delta: tf.mul(direction, minusLr!), state: { momentum_buffer: buffer } };
  }
}
