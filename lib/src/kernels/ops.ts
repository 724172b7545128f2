/**
 * The operations the fused sequence kernels are written in, in two versions with the same results: TensorFlow's own kernels
 * (native backend) and ordinary tf ops (WebAssembly and CPU backends, in `portable.ts`).
 * Not a general op library: no gradients, no shape checks, float32 only.
 */
import * as tf from "@tensorflow/tfjs";
import { attrs, isNative, op, ops } from "../backend";
import { portableOps } from "./portable";

/** The operations of the fused kernels; matrices are [rows, columns]. */
export interface Ops {
  /** a·b, with either factor read transposed. */
  matMul(a: tf.Tensor, b: tf.Tensor, transposeA?: boolean, transposeB?: boolean): tf.Tensor;
  add(a: tf.Tensor, b: tf.Tensor): tf.Tensor;
  sub(a: tf.Tensor, b: tf.Tensor): tf.Tensor;
  mul(a: tf.Tensor, b: tf.Tensor): tf.Tensor;
  /** Sum of tensors of one shape. */
  addN(list: tf.Tensor[]): tf.Tensor;
  tanh(x: tf.Tensor): tf.Tensor;
  sigmoid(x: tf.Tensor): tf.Tensor;
  relu(x: tf.Tensor): tf.Tensor;
  /** dy·(1 − y²) for y = tanh x. */
  tanhGrad(y: tf.Tensor, dy: tf.Tensor): tf.Tensor;
  /** dy·y·(1 − y) for y = σ(x). */
  sigmoidGrad(y: tf.Tensor, dy: tf.Tensor): tf.Tensor;
  /** dy where y > 0, else 0, for y = relu x. */
  reluGrad(y: tf.Tensor, dy: tf.Tensor): tf.Tensor;
  /** An LSTM step in one operation, if the backend has one; weights [I, 4H] and [H, 4H], gates in the order i, g, f, o. */
  lstmForward?(
    wIhT: tf.Tensor,
    wHhT: tf.Tensor,
    bias: tf.Tensor | undefined,
  ): (x: tf.Tensor, h: tf.Tensor, c: tf.Tensor) => LstmStep;
  /**
   * The elementwise part of LSTM steps backwards, for W_hh [4H, H] and a batch size: a function from the gradients of h and c
   * after the step to those of its pre-activations (gates in the order i, g, f, o) and of c before it.
   */
  lstmBackward(
    w: tf.Tensor,
    batch: number,
  ): (step: LstmStep, dh: tf.Tensor, dc: tf.Tensor) => [dz: tf.Tensor, dcBefore: tf.Tensor];
  /** Matrix transpose. */
  transpose(x: tf.Tensor): tf.Tensor;
  reshape(x: tf.Tensor, shape: number[]): tf.Tensor;
  zeros(shape: number[]): tf.Tensor;
  /** Rows of a table: [V, G] (or integers [V]) and ids of any shape give [...ids, G]; ids must be in range. */
  rows(table: tf.Tensor, ids: tf.Tensor): tf.Tensor;
  /** Sums rows of `x` [N, G] by their id [N] into a table [V, G]: the gradient of `rows`. */
  sumRowsById(x: tf.Tensor, ids: tf.Tensor, size: number): tf.Tensor;
  /** Sum over the rows of a matrix: [N, G] gives [G]. */
  sumRows(x: tf.Tensor): tf.Tensor;
  /** Equal blocks of rows in another order. */
  blocks(x: tf.Tensor, order: number[]): tf.Tensor;
  /** The slices along an axis, without that axis. */
  unstack(x: tf.Tensor, axis: number): tf.Tensor[];
  /** The inverse of `unstack`. */
  stack(list: tf.Tensor[], axis: number): tf.Tensor;
  /** Pieces of the given sizes along an axis. */
  split(x: tf.Tensor, sizes: number[], axis: number): tf.Tensor[];
  concat(list: tf.Tensor[], axis: number): tf.Tensor;
}

/** What one LSTM step leaves for its gradient, [NB, H] each. */
export interface LstmStep {
  /** gates after their activation */
  i: tf.Tensor;
  g: tf.Tensor;
  f: tf.Tensor;
  o: tf.Tensor;
  /** new cell state and its tanh */
  c: tf.Tensor;
  tanhC: tf.Tensor;
  h: tf.Tensor;
  /** cell state before */
  before: tf.Tensor;
}

/** Small constants live as long as the process: making one costs a native call. */
const constants = new Map<string, tf.Tensor>();
function constant(values: number | number[], dtype: "int32" | "float32" = "int32"): tf.Tensor {
  const key = `${dtype} ${JSON.stringify(values)}`;
  let tensor = constants.get(key);
  if (!tensor) {
    tensor = tf.keep(tf.tensor(values, undefined, dtype));
    constants.set(key, tensor);
  }
  return tensor;
}

/** A shape or list of sizes: too many different ones to keep, so the caller's scope frees it. */
const sizesOf = (list: number[]) => tf.tensor1d(list, "int32");

const T = "float32";
const float = attrs({ T });
const product = [false, true].map((transpose_a) =>
  [false, true].map((transpose_b) => attrs({ T, transpose_a, transpose_b })),
);
const gather = attrs({ batch_dims: 0, Tparams: T, Tindices: "int32", Taxis: "int32" });
const gatherIds = attrs({ batch_dims: 0, Tparams: "int32", Tindices: "int32", Taxis: "int32" });
const oneHot = attrs({ axis: 0, T, TI: "int32" });
const segmentSum = attrs({ T, Tindices: "int32", Tnumsegments: "int32" });
const transpose = attrs({ T, Tperm: "int32" });
const reshape = attrs({ T, Tshape: "int32" });
const slice = attrs({ T, Index: "int32" });
const fill = attrs({ T, index_type: "int32" });
const lstmStep = attrs({ T, forget_bias: { float: 0 }, cell_clip: { float: -1 }, use_peephole: false });
const lstmGrad = attrs({ T, use_peephole: false });
const sum = attrs({ T, keep_dims: false, Tidx: "int32" });

const binary = (name: string) => (a: tf.Tensor, b: tf.Tensor) => op(name, float, [a, b]);
const unary = (name: string) => (x: tf.Tensor) => op(name, float, [x]);

/** Up to this table size a one-hot product is faster than UnsortedSegmentSum (10 240 × 128 values, V = 39: 0.5 against 0.75 ms). */
const ONE_HOT_LIMIT = 128;

/** Which row comes where, by order and size of the blocks; kept like the constants. */
const blockIds = new Map<string, tf.Tensor>();

const nativeOps: Ops = {
  matMul: (a, b, transposeA = false, transposeB = false) =>
    op("MatMul", product[Number(transposeA)]![Number(transposeB)]!, [a, b]),
  add: binary("AddV2"),
  sub: binary("Sub"),
  mul: binary("Mul"),
  addN: (list) => (list.length === 1 ? list[0]! : op("AddN", attrs({ T, N: list.length }), list)),
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  relu: unary("Relu"),
  tanhGrad: binary("TanhGrad"),
  sigmoidGrad: binary("SigmoidGrad"),
  reluGrad: (y, dy) => op("ReluGrad", float, [dy, y]),
  lstmForward(wIhT, wHhT, bias) {
    const weights = nativeOps.concat([wIhT, wHhT], 0); // [I + H, 4H]
    const offset = bias ?? nativeOps.zeros([wHhT.shape[1]!]);
    const peephole = constant([0], T); // unused
    return (x, hBefore, before) => {
      const inputs = [x, before, hBefore, weights, peephole, peephole, peephole, offset];
      const [i, c, f, o, g, tanhC, h] = ops("LSTMBlockCell", lstmStep, inputs, 7);
      return { i: i!, g: g!, f: f!, o: o!, c: c!, tanhC: tanhC!, h: h!, before };
    };
  },
  lstmBackward(w, batch) {
    const hidden = w.shape[1]!;
    // The operation computes nothing from x, h, w, b and the peephole weights, but checks their shapes: these are views of w.
    const flat = nativeOps.reshape(w, [-1]);
    const view = (size: number) => op("Slice", slice, [flat, constant([0]), sizesOf([size])]);
    const weights = nativeOps.reshape(w, [hidden, 4 * hidden]);
    const x = nativeOps.reshape(view(0), [batch, 0]);
    const bias = view(4 * hidden);
    const peephole = view(1);
    return ({ i, g, f, o, c, tanhC, before }, dh, dc) => {
      const unused = [weights, peephole, peephole, peephole, bias];
      const inputs = [x, before, before, ...unused, i, c, f, o, g, tanhC, dc, dh];
      const [dcBefore, dz] = ops("LSTMBlockCellGrad", lstmGrad, inputs, 5);
      return [dz!, dcBefore!];
    };
  },
  transpose: (x) => op("Transpose", transpose, [x, constant([1, 0])]),
  reshape: (x, shape) => op("Reshape", reshape, [x, sizesOf(shape)]),
  zeros: (shape) => op("Fill", fill, [sizesOf(shape), constant(0, T)]),
  rows: (table, ids) => op("GatherV2", table.dtype === T ? gather : gatherIds, [table, ids, constant(0)]),
  sumRowsById(x, ids, size) {
    if (size > ONE_HOT_LIMIT) return op("UnsortedSegmentSum", segmentSum, [x, ids, constant(size)]);
    const columns = op("OneHot", oneHot, [ids, constant(size), constant(1, T), constant(0, T)]); // [V, N]
    return nativeOps.matMul(columns, x);
  },
  sumRows: (x) => op("Sum", sum, [x, constant([0])]),
  blocks(x, order) {
    const size = x.shape[0]! / order.length;
    const key = `${order} of ${size}`;
    let ids = blockIds.get(key);
    if (!ids) {
      ids = tf.keep(
        tf.tensor1d(
          order.flatMap((block) => Array.from({ length: size }, (_, i) => block * size + i)),
          "int32",
        ),
      );
      blockIds.set(key, ids);
    }
    return nativeOps.rows(x, ids);
  },
  unstack: (x, axis) => ops("Unpack", attrs({ T, num: x.shape[axis]!, axis }), [x], x.shape[axis]!),
  stack: (list, axis) => op("Pack", attrs({ T, N: list.length, axis }), list),
  split(x, sizes, axis) {
    if (sizes.length === 1) return [x];
    const inputs = [x, sizesOf(sizes), constant(axis)];
    return ops("SplitV", attrs({ T, num_split: sizes.length, Tlen: "int32" }), inputs, sizes.length);
  },
  concat(list, axis) {
    if (list.length === 1) return list[0]!;
    return op("ConcatV2", attrs({ T, N: list.length, Tidx: "int32" }), [...list, constant(axis)]);
  },
};

/** The operations for the backend that is in use. */
export function backendOps(): Ops {
  return isNative() ? nativeOps : portableOps;
}
