/**
 * The operations the fused sequence kernels are written in, in two versions with the same results: TensorFlow's own kernels
 * (native backend) and ordinary tf ops (WebAssembly and CPU backends, in `portable.ts`).
 * Not a general op library: no gradients, no shape checks, float32 only.
 */
import * as tf from "@tensorflow/tfjs";
import { portableOps } from "./portable.js";

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
  /** Matrix transpose. */
  transpose(x: tf.Tensor): tf.Tensor;
  reshape(x: tf.Tensor, shape: number[]): tf.Tensor;
  zerosLike(x: tf.Tensor): tf.Tensor;
  /** Rows of a table: [V, G] and ids of any shape give [...ids, G]; ids must be in range. */
  rows(table: tf.Tensor, ids: tf.Tensor): tf.Tensor;
  /** Sums rows of `x` [N, G] by their id [N] into a table [V, G]: the gradient of `rows`. */
  sumRowsById(x: tf.Tensor, ids: tf.Tensor, size: number): tf.Tensor;
  /** Sum over the rows of a matrix: [N, G] gives [G]. */
  sumRows(x: tf.Tensor): tf.Tensor;
  /** The slices along an axis, without that axis. */
  unstack(x: tf.Tensor, axis: number): tf.Tensor[];
  /** The inverse of `unstack`. */
  stack(list: tf.Tensor[], axis: number): tf.Tensor;
  /** Pieces of the given sizes along an axis. */
  split(x: tf.Tensor, sizes: number[], axis: number): tf.Tensor[];
  concat(list: tf.Tensor[], axis: number): tf.Tensor;
}

/** What the native backend offers beside TensorFlow.js's own kernels. */
interface NativeBackend {
  binding: Record<
    "TF_ATTR_TYPE" | "TF_ATTR_INT" | "TF_ATTR_BOOL" | "TF_FLOAT" | "TF_INT32",
    number
  >;
  executeSingleOutput(name: string, attrs: Attr[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(name: string, attrs: Attr[], inputs: tf.Tensor[], count: number): tf.Tensor[];
}

interface Attr {
  name: string;
  type: number;
  value: number | boolean;
}

// The backend is asked for at each call: `nn.compile` puts another binding in its place while it records.
const backend = () => tf.backend() as unknown as NativeBackend;
const run = (name: string, attrs: Attr[], inputs: tf.Tensor[]) => backend().executeSingleOutput(name, attrs, inputs);

/** Attribute constructors with the binding's numbers, which never change. */
let attributes: ReturnType<typeof makeAttributes> | undefined;
function makeAttributes() {
  const b = backend().binding;
  const type = (name: string, value: number): Attr => ({ name, type: b.TF_ATTR_TYPE, value });
  const int = (name: string, value: number): Attr => ({ name, type: b.TF_ATTR_INT, value });
  const flag = (name: string, value: boolean): Attr => ({ name, type: b.TF_ATTR_BOOL, value });
  const float = type("T", b.TF_FLOAT);
  const matMul = (ta: boolean, tb: boolean) => [float, flag("transpose_a", ta), flag("transpose_b", tb)];
  return {
    int,
    float,
    only: [float],
    matMul: [matMul(false, false), matMul(false, true), matMul(true, false), matMul(true, true)] as const,
    gather: [
      int("batch_dims", 0),
      type("Tparams", b.TF_FLOAT),
      type("Tindices", b.TF_INT32),
      type("Taxis", b.TF_INT32),
    ],
    oneHot: [int("axis", 0), float, type("TI", b.TF_INT32)],
    segmentSum: [float, type("Tindices", b.TF_INT32), type("Tnumsegments", b.TF_INT32)],
    transpose: [float, type("Tperm", b.TF_INT32)],
    reshape: [float, type("Tshape", b.TF_INT32)],
    sum: [flag("keep_dims", false), float, type("Tidx", b.TF_INT32)],
    axis: type("Tidx", b.TF_INT32),
    lengths: type("Tlen", b.TF_INT32),
  };
}
const attrs = () => (attributes ??= makeAttributes());

/** Small constants live as long as the process: making one costs a native call. */
const constants = new Map<string, tf.Tensor>();
function constant(values: number | number[], dtype: "int32" | "float32" = "int32"): tf.Tensor {
  const key = `${dtype}${JSON.stringify(values)}`;
  let tensor = constants.get(key);
  if (!tensor) {
    tensor = tf.keep(tf.tensor(values, undefined, dtype));
    constants.set(key, tensor);
  }
  return tensor;
}

/** A shape or list of sizes: too many different ones to keep, so the caller's scope frees it. */
const sizesOf = (list: number[]) => tf.tensor1d(list, "int32");

const binary = (name: string) => (a: tf.Tensor, b: tf.Tensor) => run(name, attrs().only, [a, b]);
const unary = (name: string) => (x: tf.Tensor) => run(name, attrs().only, [x]);

/** Below this table size a one-hot product is faster than UnsortedSegmentSum (10 240 × 128 values: 0.5 against 0.75 ms). */
const ONE_HOT_LIMIT = 128;

const nativeOps: Ops = {
  matMul: (a, b, transposeA = false, transposeB = false) =>
    run("MatMul", attrs().matMul[((transposeA ? 2 : 0) + (transposeB ? 1 : 0)) as 0 | 1 | 2 | 3], [a, b]),
  add: binary("AddV2"),
  sub: binary("Sub"),
  mul: binary("Mul"),
  addN: (list) => (list.length === 1 ? list[0]! : run("AddN", [attrs().float, attrs().int("N", list.length)], list)),
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  relu: unary("Relu"),
  tanhGrad: binary("TanhGrad"),
  sigmoidGrad: binary("SigmoidGrad"),
  reluGrad: (y, dy) => run("ReluGrad", attrs().only, [dy, y]),
  transpose: (x) => run("Transpose", attrs().transpose, [x, constant([1, 0])]),
  reshape: (x, shape) => run("Reshape", attrs().reshape, [x, sizesOf(shape)]),
  zerosLike: unary("ZerosLike"),
  rows: (table, ids) => run("GatherV2", attrs().gather, [table, ids, constant(0)]),
  sumRowsById(x, ids, size) {
    if (size > ONE_HOT_LIMIT) return run("UnsortedSegmentSum", attrs().segmentSum, [x, ids, constant(size)]);
    const on = constant(1, "float32");
    const off = constant(0, "float32");
    const oneHot = run("OneHot", attrs().oneHot, [ids, constant(size), on, off]); // [V, N]
    return this.matMul(oneHot, x);
  },
  sumRows: (x) => run("Sum", attrs().sum, [x, constant([0])]),
  unstack(x, axis) {
    const { int, float } = attrs();
    const count = x.shape[axis]!;
    return backend().executeMultipleOutputs("Unpack", [int("num", count), float, int("axis", axis)], [x], count);
  },
  stack: (list, axis) =>
    run("Pack", [attrs().int("N", list.length), attrs().float, attrs().int("axis", axis)], list),
  split(x, sizes, axis) {
    if (sizes.length === 1) return [x];
    const { int, float, lengths } = attrs();
    const inputs = [x, sizesOf(sizes), constant(axis)];
    return backend().executeMultipleOutputs("SplitV", [int("num_split", sizes.length), float, lengths], inputs, sizes.length);
  },
  concat(list, axis) {
    if (list.length === 1) return list[0]!;
    const { int, float, axis: index } = attrs();
    return run("ConcatV2", [int("N", list.length), index, float], [...list, constant(axis)]);
  },
};

/** The operations for the backend that is in use. */
export function ops(): Ops {
  return tf.getBackend() === "tensorflow" ? nativeOps : portableOps;
}
