/**
 * Numbers that JavaScript makes anew for every training step (a learning rate, a step count, a dropout mask), marked so that
 * a compiled step asks for them again instead of freezing the first value. Eagerly they are just tensors.
 */
import * as tf from "@tensorflow/tfjs";

/** Who is told of values that a recording cannot see through. */
export interface HostRecorder {
  /** This tensor's values come from `draw`. */
  host(tensor: tf.Tensor, draw: () => Float32Array | Int32Array): void;
  /** The step depends on what `read` returned. */
  guard(read: () => unknown, value: unknown): void;
}

let recorder: HostRecorder | undefined;

/** Sets who is told; for `compile` only. */
export function setHostRecorder(next: HostRecorder | undefined): void {
  recorder = next;
}

/**
 * A JavaScript value that decides what the step does and changes seldom: `if (guard(() => options.clip)) …`. A compiled step
 * asks again before each call and is recorded anew when the answer is another one. (`model.training` does this itself.)
 */
export function guard<T>(read: () => T): T {
  const value = read();
  recorder?.guard(read, value);
  return value;
}

/**
 * A tensor that `values` fills anew in every step, compiled or not: dropout masks, sampled choices. A compiled step calls
 * all its `host` and `hostTensor` functions in the order in which the eager step does, so a generator gives both the same
 * numbers. The array must not be changed afterwards.
 */
export function hostTensor(values: () => Float32Array | Int32Array, shape: number[]): tf.Tensor {
  const array = values();
  const tensor = tf.tensor(array, shape, array instanceof Int32Array ? "int32" : "float32");
  recorder?.host(tensor, values);
  return tensor;
}

/**
 * A scalar that `value` computes anew in every step, compiled or not: `host(() => schedule.lr)`. The function must read the
 * number where it lives; a local constant of the step would be as frozen as before.
 */
export function host(value: () => number): tf.Scalar {
  return hostTensor(() => Float32Array.of(value()), []) as tf.Scalar;
}
