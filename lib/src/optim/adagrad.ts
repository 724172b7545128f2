/**
 * Adagrad.
 */
import * as tf from "@tensorflow/tfjs";
import { checkNumber, Optimizer, type UpdateInput, type UpdateResult } from "./optimizer";

/** Settings of Adagrad. */
export interface AdagradOptions {
  lr?: number;
  lrDecay?: number;
  weightDecay?: number;
  initialAccumulatorValue?: number;
  eps?: number;
}

type AdagradState = "sum";

/**
 * s ← s + g², p ← p − lr/(1 + (t − 1)·lrDecay) · g / (√s + eps) (Duchi et al. 2011).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
 */
export class Adagrad extends Optimizer<AdagradState> {
  readonly lrDecay: number;
  readonly weightDecay: number;
  readonly eps: number;

  constructor(
    parameters: Iterable<tf.Variable>,
    { lr = 1e-2, lrDecay = 0, weightDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 }: AdagradOptions = {},
  ) {
    super(parameters, lr, { sum: initialAccumulatorValue });
    checkNumber("Adagrad", "lrDecay", lrDecay);
    checkNumber("Adagrad", "weightDecay", weightDecay);
    checkNumber("Adagrad", "initialAccumulatorValue", initialAccumulatorValue);
    checkNumber("Adagrad", "eps", eps);
    this.lrDecay = lrDecay;
    this.weightDecay = weightDecay;
    this.eps = eps;
  }

  protected numbers(t: number): number[] {
    return [-this.lr / (1 + (t - 1) * this.lrDecay)];
  }

  protected update({ g, p, state, n }: UpdateInput<AdagradState>): UpdateResult<AdagradState> {
    const d = this.weightDecay === 0 ? g : tf.add(g, tf.mul(p(), this.weightDecay));
    const sum = tf.add(state.sum, tf.square(d));
    return { delta: tf.div(tf.mul(d, n[0]!), tf.add(tf.sqrt(sum), this.eps)), state: { sum } };
  }
}
