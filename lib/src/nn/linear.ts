/**
 * The fully connected layer.
 */
import * as tf from "@tensorflow/tfjs";
import { backendOps } from "../kernels/ops";
import { fusedOp } from "../kernels/tape";
import { defaultGenerator } from "../random";
import { chunks } from "./chunks";
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
    const { inFeatures } = this;
    if (x.shape.at(-1) !== inFeatures) {
      throw new Error(`Linear.forward: expected input [..., ${inFeatures}], got [${x.shape.join(", ")}]`);
    }
    return affine(x, this.weight, this.bias);
  }

  protected override extraRepr(): string {
    const { inFeatures, outFeatures } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${this.bias ? "True" : "False"}`;
  }
}

/**
 * x Wᵀ + b as one operation on the tape: x [..., I], W [O, I], b [O]. The rows are cut where the recurrent layers cut the
 * batch, so that in a compiled step the head runs on all cores too.
 */
function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  const o = backendOps();
  const [outputs, inputs] = weight.shape as [number, number];
  const rowsOf = (t: tf.Tensor, size: number) => (t.rank === 2 ? t : o.reshape(t, [-1, size]));
  const [y] = fusedOp("Linear", { x, weight, bias: bias ?? undefined }, (keep) => {
    const rows = rowsOf(x, inputs); // [N, I]
    const [batch, perBatch] = x.rank === 1 ? [1, 1] : [x.shape[0]!, rows.shape[0]! / x.shape[0]!];
    const sizes = chunks(batch, rows.size).map((size) => size * perBatch);
    const parts = o.split(rows, sizes, 0).map((part) => keep(tf.clone(part)));
    const w = keep(tf.clone(weight));
    const products = parts.map((part) => {
      const product = o.matMul(part, w, false, true); // [N, O]
      return bias ? o.add(product, bias) : product;
    });
    const sum = o.concat(products, 0);
    return {
      outputs: [x.rank === 2 ? sum : o.reshape(sum, [...x.shape.slice(0, -1), outputs])],
      backward: ([dy]) => {
        const dys = o.split(rowsOf(dy!, outputs), sizes, 0); // [N, O] each
        return {
          x: () => {
            const dx = o.concat(
              dys.map((d) => o.matMul(d, w)),
              0,
            );
            return x.rank === 2 ? dx : o.reshape(dx, x.shape);
          },
          weight: () => o.addN(dys.map((d, i) => o.matMul(d, parts[i]!, true))),
          bias: () => o.addN(dys.map((d) => o.sumRows(d))),
        };
      },
    };
  });
  return y!;
}
