/**
 * Adam and AdamW.
 */
import * as tf from "@tensorflow/tfjs";
import { checkNumber, Optimizer, type UpdateInput, type UpdateResult } from "./optimizer";

/** Settings of Adam and AdamW. */
export interface AdamOptions {
  lr?: number;
  betas?: [number, number];
  eps?: number;
  weightDecay?: number;
}

type AdamState = "exp_avg" | "exp_avg_sq";

/**
 * Adam (Kingma and Ba 2015), as in PyTorch:
 *
 * m ← m + (1 − β₁)(g − m), v ← β₂ v + (1 − β₂) g², p ← p − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + eps);
 * with weight decay, g ← g + weightDecay·p first.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends Optimizer<AdamState> {
  betas: [number, number];
  readonly eps: number;
  readonly weightDecay: number;

  constructor(
    parameters: Iterable<tf.Variable>,
    { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 }: AdamOptions = {},
  ) {
    super(parameters, lr, { exp_avg: 0, exp_avg_sq: 0 });
    const { name } = this.constructor;
    betas.forEach((beta, i) => checkNumber(name, `betas[${i}]`, beta, 0, 1));
    checkNumber(name, "eps", eps);
    checkNumber(name, "weightDecay", weightDecay);
    this.betas = [...betas];
    this.eps = eps;
    this.weightDecay = weightDecay;
  }

  protected numbers(t: number): number[] {
    const [beta1, beta2] = this.betas;
    return [1 - beta1, -this.lr / (1 - beta1 ** t), Math.sqrt(1 - beta2 ** t)];
  }

  protected update({ g, p, state, n }: UpdateInput<AdamState>): UpdateResult<AdamState> {
    return this.adamUpdate(this.weightDecay === 0 ? g : tf.add(g, tf.mul(p(), this.weightDecay)), state, n);
  }

  protected adamUpdate(
    g: tf.Tensor,
    state: Record<AdamState, tf.Tensor>,
    [rest, minusStepSize, correction]: tf.Scalar[],
  ): UpdateResult<AdamState> {
    const beta2 = this.betas[1];
    const m = tf.add(state.exp_avg, tf.mul(tf.sub(g, state.exp_avg), rest!));
    const v = tf.add(tf.mul(state.exp_avg_sq, beta2), tf.mul(tf.square(g), 1 - beta2));
    const denominator = tf.add(tf.div(tf.sqrt(v), correction!), this.eps);
    return { delta: tf.div(tf.mul(m, minusStepSize!), denominator), state: { exp_avg: m, exp_avg_sq: v } };
  }
}

/**
 * Adam with weight decay kept apart from the gradient (Loshchilov and Hutter 2019): p ← p·(1 − lr·weightDecay), then Adam.
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends Adam {
  constructor(parameters: Iterable<tf.Variable>, { weightDecay = 0.01, ...options }: AdamOptions = {}) {
    super(parameters, { ...options, weightDecay });
  }

  protected override numbers(t: number): number[] {
    return [...super.numbers(t), 1 - this.lr * this.weightDecay];
  }

  protected override update({ g, state, n }: UpdateInput<AdamState>): UpdateResult<AdamState> {
    return { ...this.adamUpdate(g, state, n), decay: n[3] };
  }
}
