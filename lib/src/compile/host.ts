/**
 * Numbers that JavaScript makes anew for every training step (a learning rate, a step count, a dropout mask), marked so that
 * a compiled step asks for them again instead of freezing the first value. Eagerly they are just tensors.
 */
import * as tf from "@tensorflow/tfjs";

/** A scalar that `value` computes anew in every step, compiled or not. */
export function host(value: () => number): tf.Scalar {
  return tf.scalar(value());
}

/** A tensor that `values` fills anew in every step, compiled or not; the array must not be changed afterwards. */
export function hostTensor(values: () => Float32Array | Int32Array, shape: number[]): tf.Tensor {
  const array = values();
  return tf.tensor(array, shape, array instanceof Int32Array ? "int32" : "float32");
}
