/**
 * Softmax cross entropy of each row as one fused operation: forward and gradient (softmax − one-hot) without the
 * log-probabilities in between; and the number at the target's place, for log-probabilities. The options of the losses
 * (weights, means, …) are in `loss.ts`. On the native CPU backend a class out of range makes TensorFlow throw.
 */
import * as tf from "@tensorflow/tfjs";
import { attrs, isNative, op, ops } from "../backend";
import { backendOps } from "../kernels/ops";
import { write } from "../kernels/portable";
import { fusedOp } from "../kernels/tape";
import { chunks } from "./chunks";
import { oneHot } from "./indices";

/** Up to this many logits TensorFlow's own kernel wins by its fewer calls; above, it takes 16 ns for each logit, ours 4 ns. */
const SMALL = 2048;

const native = {
  unary: attrs({ T: "float32" }),
  crossEntropy: attrs({ T: "float32", Tlabels: "int32" }),
  pack: attrs({ N: 2, T: "int32", axis: 1 }),
  gatherNd: attrs({ Tparams: "float32", Tindices: "int32" }),
  scatter: attrs({ T: "float32", Tindices: "int32" }),
  reduce: attrs({ T: "float32", Tidx: "int32", keep_dims: false }),
};

/** Constants of a batch size, kept: 0 … N−1 and N ones. */
const rowConstants = new Map<number, { rows: tf.Tensor; ones: tf.Tensor }>();
function constantsFor(n: number) {
  let found = rowConstants.get(n);
  if (!found) {
    found = { rows: tf.keep(tf.range(0, n, 1, "int32")), ones: tf.keep(tf.ones([n])) };
    rowConstants.set(n, found);
  }
  return found;
}

let lastAxis: tf.Tensor | undefined;

interface Rows {
  /** The loss of each row [N]. */
  losses: tf.Tensor;
  /** What the gradient needs; `gradient` takes the same tensors back. */
  saved: tf.Tensor[];
  /** softmax − one-hot [N, C] */
  gradient(saved: tf.Tensor[]): tf.Tensor;
}

/** −log softmax(x)_y of each row: logits [N, C], targets [N]; targets must be in range. */
function forward(logits: tf.Tensor, targets: tf.Tensor): Rows {
  const [n, classes] = logits.shape as [number, number];
  if (!isNative()) return portableForward(logits, targets);
  if (n * classes <= SMALL) {
    const outputs = ops("SparseSoftmaxCrossEntropyWithLogits", native.crossEntropy, [logits, targets], 2);
    return { losses: outputs[0]!, saved: [outputs[1]!], gradient: ([difference]) => difference! };
  }
  const { rows, ones } = constantsFor(n);
  const axis = (lastAxis ??= tf.keep(tf.scalar(1, "int32")));
  const at = op("Pack", native.pack, [rows, targets]); // [N, 2]
  const p = op("Softmax", native.unary, [logits]); // [N, C]
  const target = op("GatherNd", native.gatherNd, [logits, at]); // [N]
  // −log p_y = max x − x_y − log(max p): the largest probability cannot underflow, as p_y can.
  const gap = op("Sub", native.unary, [op("Max", native.reduce, [logits, axis]), target]);
  const logMax = op("Log", native.unary, [op("Max", native.reduce, [p, axis])]);
  return {
    losses: op("Sub", native.unary, [gap, logMax]),
    saved: [p, at],
    gradient: ([p, at]) => op("TensorScatterSub", native.scatter, [p!, at!, ones]),
  };
}

/**
 * The same where the values are in JavaScript's reach: after the softmax it is one look at each row, and half the time of
 * `tf.logSoftmax` and one-hot rows on WebAssembly (Alice step: 9 ms less).
 */
function portableForward(logits: tf.Tensor, targets: tf.Tensor): Rows {
  const [n, classes] = logits.shape as [number, number];
  const target = targets.dataSync();
  const p = tf.softmax(logits);
  const losses = write([n], [logits, p], (to, x, probabilities) => {
    for (let i = 0, at = 0; i < n; i++, at += classes) {
      let best = at;
      for (let j = at + 1; j < at + classes; j++) if (probabilities[j]! > probabilities[best]!) best = j;
      // −log p_y = x_best − x_y − log p_best: the largest probability cannot underflow, as p_y can.
      to[i] = x[best]! - x[at + target[i]!]! - Math.log(probabilities[best]!);
    }
  });
  return {
    losses,
    saved: [p],
    gradient: ([p]) =>
      write([n, classes], [p!], (to, from) => {
        to.set(from);
        for (let i = 0; i < n; i++) to[i * classes + target[i]!]! -= 1;
      }),
  };
}

/**
 * Cross entropy of each row with its class, times a factor, summed: Σ_i s·(−log softmax(x_i)_{y_i}), a scalar.
 *
 * logits [N, C], targets int32 [N] in 0..C−1, `scale` one number for all rows.
 */
export function summedCrossEntropy(logits: tf.Tensor, targets: tf.Tensor, scale: number): tf.Scalar {
  const o = backendOps();
  return fused(logits, targets, (parts) => ({
    value: tf.mul(o.addN(parts.map(({ losses }) => tf.sum(losses))), scale),
    gradients(dy) {
      const factor = tf.mul(dy, scale);
      return parts.map(({ saved, gradient }) => o.mul(gradient(saved), factor));
    },
  })) as tf.Scalar;
}

/** Cross entropy of each row with its class [N]; otherwise as `summedCrossEntropy`. */
export function rowCrossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor1D {
  const o = backendOps();
  return fused(logits, targets, (parts, sizes) => ({
    value: o.concat(
      parts.map(({ losses }) => losses),
      0,
    ),
    gradients(dy) {
      const dys = o.split(dy, sizes, 0);
      return parts.map(({ saved, gradient }, i) => o.mul(gradient(saved), o.reshape(dys[i]!, [-1, 1])));
    },
  })) as tf.Tensor1D;
}

/** One operation on the tape: the rows cut into pieces, `combine` of the pieces, and the gradient put together again. */
function fused(
  logits: tf.Tensor,
  targets: tf.Tensor,
  combine: (parts: Rows[], sizes: number[]) => { value: tf.Tensor; gradients: (dy: tf.Tensor) => tf.Tensor[] },
): tf.Tensor {
  const o = backendOps();
  const sizes = chunks(logits.shape[0]!, logits.size);
  const [value] = fusedOp("CrossEntropy", { logits }, (keep) => {
    const classes = sizes.length === 1 ? [targets] : tf.split(targets, sizes);
    const parts = o.split(logits, sizes, 0).map((part, i) => forward(part, classes[i]!));
    parts.forEach(({ saved }) => saved.forEach(keep));
    const { value, gradients } = combine(parts, sizes);
    return { outputs: [value], backward: ([dy]) => ({ logits: () => o.concat(gradients(dy!), 0) }) };
  });
  return value!;
}

const pack = (targets: tf.Tensor) => op("Pack", native.pack, [constantsFor(targets.size).rows, targets]); // [N, 2]

/**
 * x_i,y_i of each row: x [N, C], targets int32 [N] → [N]. Its gradient puts numbers in those places, and the gradient of that
 * picks them again, so that derivatives of any order are right.
 */
export function pickFromRows(x: tf.Tensor, targets: tf.Tensor): tf.Tensor1D {
  const classes = x.shape[1]!;
  if (!isNative()) return tf.sum(tf.mul(x, oneHot(targets, classes)), 1);
  const pick = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([targets]);
    return {
      value: op("GatherNd", native.gatherNd, [x as tf.Tensor, pack(targets)]),
      gradFunc: (dy: tf.Tensor, [targets]: tf.Tensor[]) => placeInRows(dy, targets!, classes),
    };
  });
  return pick(x) as tf.Tensor1D;
}

/** A matrix [N, C] with the numbers [N] in the places of the targets, else 0. */
function placeInRows(numbers: tf.Tensor, targets: tf.Tensor, classes: number): tf.Tensor {
  const place = tf.customGrad((numbers, save) => {
    (save as tf.GradSaveFunc)([targets]);
    const shape = tf.tensor1d([targets.size, classes], "int32");
    return {
      value: op("ScatterNd", native.scatter, [pack(targets), numbers as tf.Tensor, shape]),
      gradFunc: (dy: tf.Tensor, [targets]: tf.Tensor[]) => pickFromRows(dy, targets!),
    };
  });
  return place(numbers);
}
