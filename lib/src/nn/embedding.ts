/**
 * Embedding: a table of learned vectors, one for each symbol.
 */
import * as tf from "@tensorflow/tfjs";
import { backendOps } from "../kernels/ops";
import { fusedOp } from "../kernels/tape";
import { versionOf } from "../kernels/version";
import { defaultGenerator } from "../random";
import { withIndices } from "./indices";
import { parameter } from "./init";
import { Module } from "./module";

/** Where an embedded tensor came from. */
export interface EmbeddingSource {
  /** The table [V, E]. */
  readonly weight: tf.Variable;
  /** Which row stands at each place: [...]. */
  readonly ids: tf.Tensor;
  /** The version of the table's values then. */
  readonly version: unknown;
}

const sources = new WeakMap<tf.Tensor, EmbeddingSource>();

/**
 * The table and ids behind a tensor that `Embedding.forward` returned, or undefined for any other tensor. A recurrent layer
 * uses it to multiply the table, not every step, by its input weights: V rows instead of B·T.
 */
export function embeddingOf(x: tf.Tensor): EmbeddingSource | undefined {
  return sources.get(x);
}

/**
 * Looks up the vector of each id: y[..., :] = W[id, :].
 *
 * Initial weights N(0, 1), the row of `paddingIdx` zero (it also gets no gradient).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 */
export class Embedding extends Module {
  /** W [V, E] */
  readonly weight: tf.Variable;
  readonly paddingIdx: number | undefined;

  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    { paddingIdx }: { paddingIdx?: number } = {},
  ) {
    super();
    const values = defaultGenerator.normal(numEmbeddings * embeddingDim);
    if (paddingIdx !== undefined) {
      if (!(Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings)) {
        throw new RangeError(`Embedding: expected paddingIdx within ${numEmbeddings} rows, got ${paddingIdx}`);
      }
      this.paddingIdx = paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
      values.fill(0, this.paddingIdx * embeddingDim, (this.paddingIdx + 1) * embeddingDim);
    }
    this.weight = parameter(values, [numEmbeddings, embeddingDim]);
  }

  /** ids (int32) [...] → [..., E]. Throws on an id outside 0..V−1. */
  forward(ids: tf.Tensor): tf.Tensor {
    if (ids.dtype !== "int32") {
      throw new TypeError(`Embedding.forward: expected ids of type int32, got ${ids.dtype}`);
    }
    const { weight, numEmbeddings, paddingIdx } = this;
    const y = withIndices("Embedding.forward", "ids", ids, numEmbeddings, () => lookUp(weight, ids, paddingIdx));
    if (paddingIdx === undefined) sources.set(y, { weight, ids, version: versionOf(weight) }); // else the gradient needs a row left out
    return y;
  }

  protected override extraRepr(): string {
    const padding = this.paddingIdx === undefined ? "" : `, padding_idx=${this.paddingIdx}`;
    return `${this.numEmbeddings}, ${this.embeddingDim}${padding}`;
  }
}

/** The rows of W as one operation on the tape, whose gradient adds up in W's rows. */
function lookUp(weight: tf.Tensor, ids: tf.Tensor, paddingIdx: number | undefined): tf.Tensor {
  const o = backendOps();
  const [size, width] = weight.shape as [number, number];
  const [y] = fusedOp("Embedding", { weight }, (keep) => {
    const places = keep(ids.rank === 1 ? tf.clone(ids) : tf.reshape(ids, [-1]));
    return {
      outputs: [o.rows(weight, ids)],
      backward: ([dy]) => ({
        weight: () => {
          const sum = o.sumRowsById(tf.reshape(dy!, [-1, width]), places, size);
          if (paddingIdx === undefined) return sum;
          return o.mul(sum, tf.tensor2d(Array.from({ length: size }, (_, row) => [Number(row !== paddingIdx)])));
        },
      }),
    };
  });
  return y!;
}
