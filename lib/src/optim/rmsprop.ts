/**
 * RMSprop.
 */
import * as tf from "@tensorflow/tfjs";
import { checkNumber, Optimizer, type UpdateInput, type UpdateResult } from "./optimizer";

/** Settings of RMSprop. */
export interface RMSpropOptions {
  lr?: number;
  alpha?: number;
  eps?: number;
  weightDecay?: number;
  momentum?: number;
  centered?: boolean;
}

type RMSpropState = "square_avg" | "grad_avg" | "momentum_buffer";

/**
 * v ← α v + (1 − α) g², p ← p − lr·g / (√v + eps); `centered` takes the variance v − ḡ² for v; with momentum
 * b ← momentum·b + g / (√v + eps), p ← p − lr·b (Hinton's lecture, 2012).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 */
export class RMSprop extends Optimizer<RMSpropState> {
  momentum: number;
  readonly alpha: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly centered: boolean;
  private readonly hasBuffer: boolean;

  constructor(
    parameters: Iterable<tf.Variable>,
    { lr = 1e-2, alpha = 0.99, eps = 1e-8, weightDecay = 0, momentum = 0, centered = false }: RMSpropOptions = {},
  ) {
    super(parameters, lr, {
      square_avg: 0,
      ...(centered && { grad_avg: 0 }),
      ...(momentum !== 0 && { momentum_buffer: 0 }),
    } as Record<RMSpropState, number>);
    checkNumber("RMSprop", "alpha", alpha);
    checkNumber("RMSprop", "eps", eps);
    checkNumber("RMSprop", "weightDecay", weightDecay);
    checkNumber("RMSprop", "momentum", momentum);
    this.momentum = momentum;
    this.alpha = alpha;
    this.eps = eps;
    this.weightDecay = weightDecay;
    this.centered = centered;
    this.hasBuffer = momentum !== 0;
  }

  protected numbers(): number[] {
    return this.hasBuffer ? [-this.lr, this.momentum] : [-this.lr];
  }

  protected update({ g, p, state, n }: UpdateInput<RMSpropState>): UpdateResult<RMSpropState> {
    const { alpha } = this;
    const [minusLr, momentum] = n;
    const d = this.weightDecay === 0 ? g : tf.add(g, tf.mul(p(), this.weightDecay));
    const v = tf.add(tf.mul(state.square_avg, alpha), tf.mul(tf.square(d), 1 - alpha));
    const next = { square_avg: v } as Record<RMSpropState, tf.Tensor>;
    let variance = v;
    if (this.centered) {
      next.grad_avg = tf.add(state.grad_avg, tf.mul(tf.sub(d, state.grad_avg), 1 - alpha));
      variance = tf.sub(v, tf.square(next.grad_avg));
    }
    const denominator = tf.add(tf.sqrt(variance), this.eps);
    if (!this.hasBuffer) return { delta: tf.div(tf.mul(d, minusLr!), denominator), state: next };
    next.momentum_buffer = tf.add(tf.mul(state.momentum_buffer, momentum!), tf.div(d, denominator));
    return { delta: tf.mul(next.momentum_buffer, minusLr!), state: next };
  }
}
