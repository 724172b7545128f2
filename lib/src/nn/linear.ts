/**
 * The fully connected layer.
 */
import * as tf from "@tensorflow/tfjs";
import { defaultGenerator } from "../random";
import { parameter } from "./init";
import { Module } from "./module";

/**
 * y = x Wᵀ + b, on the last axis of an input of any rank.
 *
 * Initial weights U(−1/√in, 1/√in), as in PyTorch: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  /** W [outFeatures, inFeatures] */
  readonly weight: tf.Variable;
  /** b [outFeatures], null without bias */
  readonly bias: tf.Variable | null;

  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    { bias = true }: { bias?: boolean } = {},
  ) {
    super();
    // PyTorch draws the weight as kaiming_uniform_(a=√5) and the bias from ±1/√in: the same bound, rounded differently.
    const weightBound = Math.sqrt(3) * (Math.sqrt(2 / (1 + Math.sqrt(5) ** 2)) / Math.sqrt(inFeatures));
    const biasBound = 1 / Math.sqrt(inFeatures);
    const draw = (n: number, bound: number) => defaultGenerator.uniform(n, -bound, bound);
    this.weight = parameter(draw(outFeatures * inFeatures, weightBound), [outFeatures, inFeatures]);
    this.bias = bias ? parameter(draw(outFeatures, biasBound), [outFeatures]) : null;
  }

  /** [..., inFeatures] → [..., outFeatures]. Throws if the last axis does not fit. */
  forward(x: tf.Tensor): tf.Tensor {
    const { inFeatures, outFeatures } = this;
    if (x.shape.at(-1) !== inFeatures) {
      throw new Error(`Linear.forward: expected input [..., ${inFeatures}], got [${x.shape.join(", ")}]`);
    }
    const rows = tf.reshape(x, [-1, inFeatures]); // [N, in]
    const product = tf.matMul(rows, this.weight as unknown as tf.Tensor2D, false, true); // [N, out]
    const y = this.bias ? tf.add(product, this.bias) : product;
    return tf.reshape(y, [...x.shape.slice(0, -1), outFeatures]);
  }

  protected override extraRepr(): string {
    const { inFeatures, outFeatures } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${this.bias ? "True" : "False"}`;
  }
}
