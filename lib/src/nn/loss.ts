/**
 * The losses: cross entropy, negative log likelihood and mean squared error, with PyTorch's options and means.
 */
import * as tf from "@tensorflow/tfjs";
import { pickFromRows, rowCrossEntropy, summedCrossEntropy } from "./cross-entropy";
import { oneHot, withIndices } from "./indices";
import { Module } from "./module";

/** How the losses of the rows become one: their (weighted) mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** Options of `NLLLoss`. */
export interface NLLLossOptions {
  /** A factor for each class, [C]. */
  weight?: tf.Tensor | readonly number[];
  /** Rows whose target is this number count for nothing (no default: PyTorch's is −100). */
  ignoreIndex?: number;
  reduction?: Reduction;
}

/** Options of `CrossEntropyLoss`. */
export interface CrossEntropyLossOptions extends NLLLossOptions {
  /** Which share of the target is spread evenly over all classes (0 to 1). */
  labelSmoothing?: number;
}

/** Brings [C], [N, C] or [N, C, d…] and its targets [], [N] or [N, d…] to rows: [R, C] and [R]. */
function toRows(caller: string, x: tf.Tensor, targets: tf.Tensor): { rows: tf.Tensor; flat: tf.Tensor } {
  const shapes = `got input [${x.shape.join(", ")}] and targets [${targets.shape.join(", ")}]`;
  if (targets.dtype !== "int32") {
    throw new TypeError(`${caller}: expected targets of type int32 (class numbers), got ${targets.dtype}`);
  }
  if (x.rank === 0) throw new Error(`${caller}: expected input [C], [N, C] or [N, C, ...], ${shapes}`);
  const classAxis = x.rank === 1 ? 0 : 1;
  const expected = x.shape.filter((_, axis) => axis !== classAxis);
  if (!tf.util.arraysEqual(expected, targets.shape)) {
    throw new Error(`${caller}: expected targets [${expected.join(", ")}] for input [N, C, ...], ${shapes}`);
  }
  if (targets.size === 0) throw new Error(`${caller}: expected at least one target, ${shapes}`);
  const classes = x.shape[classAxis]!;
  const last = x.rank > 2 ? tf.transpose(x, [0, ...expected.slice(1).map((_, i) => i + 2), 1]) : x;
  return {
    rows: x.rank === 2 ? x : tf.reshape(last, [-1, classes]),
    flat: targets.rank === 1 ? targets : tf.reshape(targets, [-1]),
  };
}

/** What each row counts in the reduction, and its target with the ignored ones replaced by class 0. */
function rowWeights(flat: tf.Tensor, classes: number, { weight, ignoreIndex }: NLLLossOptions, caller: string) {
  let valid: tf.Tensor | undefined;
  let targets = flat;
  if (ignoreIndex !== undefined) {
    valid = tf.cast(tf.notEqual(flat, tf.scalar(ignoreIndex, "int32")), "float32");
    targets = tf.mul(flat, tf.cast(valid, "int32"));
  }
  let factors = valid;
  if (weight !== undefined) {
    const table = weight instanceof tf.Tensor ? weight : tf.tensor1d([...weight]);
    if (table.rank !== 1 || table.shape[0] !== classes) {
      throw new Error(`${caller}: expected weight [${classes}], got [${table.shape.join(", ")}]`);
    }
    const picked = tf.reshape(tf.matMul(oneHot(targets, classes), tf.reshape(table, [classes, 1])), [-1]);
    factors = valid ? tf.mul(picked, valid) : picked;
  }
  return { targets, valid, factors };
}

function reduce(losses: tf.Tensor, factors: tf.Tensor | undefined, reduction: Reduction, shape: number[]): tf.Tensor {
  const weighted = factors ? tf.mul(losses, factors) : losses;
  if (reduction === "none") return tf.reshape(weighted, shape);
  if (reduction === "sum") return tf.sum(weighted);
  return factors ? tf.div(tf.sum(weighted), tf.sum(factors)) : tf.mean(weighted);
}

/**
 * −log softmax(x)_y of every row, reduced: input [N, C] (or [C], or [N, C, d…]) and class numbers int32 [N].
 * Throws on shapes that do not fit and on a class outside 0..C−1.
 */
export function crossEntropy(x: tf.Tensor, y: tf.Tensor, options: CrossEntropyLossOptions = {}): tf.Tensor {
  const caller = "CrossEntropyLoss.forward";
  const { weight, ignoreIndex, reduction = "mean", labelSmoothing = 0 } = options;
  const { rows, flat } = toRows(caller, x, y);
  const [count, classes] = rows.shape as [number, number];
  const plain = weight === undefined && ignoreIndex === undefined && labelSmoothing === 0 && reduction !== "none";
  if (plain) {
    const scale = reduction === "mean" ? 1 / count : 1;
    return checked(caller, flat, classes, () => summedCrossEntropy(rows, flat, scale));
  }
  const { targets, valid, factors } = rowWeights(flat, classes, options, caller);
  const losses = checked(caller, targets, classes, () => rowCrossEntropy(rows, targets));
  const hard = reduce(losses, factors, reduction, y.shape);
  if (labelSmoothing === 0) return hard;
  // PyTorch's smooth part: −Σ_c w_c log p_c of each row, ignored rows zero, and the same divisor as the hard part.
  const logProbs = tf.logSoftmax(rows);
  const table = weight === undefined ? undefined : weight instanceof tf.Tensor ? weight : tf.tensor1d([...weight]);
  const spread = tf.neg(tf.sum(table ? tf.mul(logProbs, table) : logProbs, 1));
  const kept = valid ? tf.mul(spread, valid) : spread;
  let smooth: tf.Tensor;
  if (reduction === "none") smooth = tf.reshape(kept, y.shape);
  else if (reduction === "sum") smooth = tf.sum(kept);
  else smooth = tf.div(tf.sum(kept), factors ? tf.sum(factors) : count);
  return tf.add(tf.mul(hard, 1 - labelSmoothing), tf.mul(smooth, labelSmoothing / classes));
}

/** −x_y of every row of log-probabilities, reduced; shapes and errors as in `crossEntropy`. */
export function nllLoss(x: tf.Tensor, y: tf.Tensor, options: NLLLossOptions = {}): tf.Tensor {
  const caller = "NLLLoss.forward";
  const { reduction = "mean" } = options;
  const { rows, flat } = toRows(caller, x, y);
  const classes = rows.shape[1]!;
  const { targets, factors } = rowWeights(flat, classes, options, caller);
  const losses = checked(caller, targets, classes, () => tf.neg(pickFromRows(rows, targets)));
  return reduce(losses, factors, reduction, y.shape);
}

const checked = <T>(caller: string, targets: tf.Tensor, classes: number, compute: () => T) =>
  withIndices(caller, "targets", targets, classes, compute);

/** The cross entropy of logits; https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html */
export class CrossEntropyLoss extends Module {
  constructor(readonly options: CrossEntropyLossOptions = {}) {
    super();
  }

  /** logits [N, C] and targets int32 [N] → scalar; see `crossEntropy`. */
  forward(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
    return crossEntropy(logits, targets, this.options);
  }
}

/** The loss of log-probabilities; https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html */
export class NLLLoss extends Module {
  constructor(readonly options: NLLLossOptions = {}) {
    super();
  }

  /** log-probabilities [N, C] and targets int32 [N] → scalar; see `nllLoss`. */
  forward(logProbs: tf.Tensor, targets: tf.Tensor): tf.Tensor {
    return nllLoss(logProbs, targets, this.options);
  }
}

/** (x − y)², reduced; https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html */
export class MSELoss extends Module {
  constructor(readonly options: { reduction?: Reduction } = {}) {
    super();
  }

  /** Two tensors of one shape → scalar. Throws if the shapes differ. */
  forward(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
    if (!tf.util.arraysEqual(x.shape, y.shape)) {
      throw new Error(
        `MSELoss.forward: expected two equal shapes, got [${x.shape.join(", ")}] and [${y.shape.join(", ")}]`,
      );
    }
    return reduce(tf.squaredDifference(x, y), undefined, this.options.reduction ?? "mean", x.shape);
  }
}
