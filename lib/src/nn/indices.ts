/**
 * Class numbers and token ids: one-hot rows, and checks that cost nothing while all is well: native TensorFlow checks them itself, and only
 * when it has complained are they read back to say which one was wrong.
 */
import * as tf from "@tensorflow/tfjs";
import { backend, isNative } from "../backend";

/** Throws a RangeError that names the caller, the position and the first index outside 0..size−1. */
function check(caller: string, what: string, indices: tf.Tensor, size: number): void {
  const values = indices.dataSync();
  const at = values.findIndex((value) => !(value >= 0 && value < size));
  if (at < 0) return;
  const strides = tf.util.computeStrides(indices.shape);
  const position = indices.rank === 0 ? [] : tf.util.indexToLoc(at, indices.rank, strides);
  throw new RangeError(
    `${caller}: expected ${what} from 0 to ${size - 1}, got ${values[at]!} at [${position.join(", ")}]`,
  );
}

/** Runs `compute`, which looks things up by `indices`; a wrong index becomes an error that names it. */
export function withIndices<T>(caller: string, what: string, indices: tf.Tensor, size: number, compute: () => T): T {
  if (!isNative()) {
    check(caller, what, indices, size); // the values are at hand, and these backends do not check
    return compute();
  }
  try {
    return compute();
  } catch (error) {
    if (!backend.gpu) check(caller, what, indices, size); // on a GPU TensorFlow does not check: the error is about other things
    throw error;
  }
}

/** One row for each index with a 1 at its place: [N] → float32 [N, size]. */
export function oneHot(indices: tf.Tensor, size: number): tf.Tensor {
  // By way of int32: asked for float32, the WebAssembly backend of TensorFlow.js 4.22 writes the bits of integers.
  return tf.cast(tf.oneHot(indices as tf.Tensor1D, size), "float32");
}
