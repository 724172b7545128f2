/**
 * Many tensors as one vector, and back: what is done to all gradients or parameters alike takes one operation, not one each.
 */
import * as tf from "@tensorflow/tfjs";

/** All numbers one after another; a single tensor stays as it is. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tensors.length === 1 ? tensors[0]! : tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size])));
}

/** The reverse of `flatten`, in the shapes of `like`. */
export function unflatten(flat: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  if (like.length === 1) return [flat];
  const parts = tf.split(
    flat,
    like.map(({ size }) => size),
  );
  return parts.map((part, i) => tf.reshape(part, like[i]!.shape));
}
