/** Telling whether a tensor's values have changed, for what is computed from them once and kept. */
import * as tf from "@tensorflow/tfjs";
import { isNative } from "../backend";

/** Another value whenever the tensor's values are others: after `assign`, and after a compiled step, which swaps them in place. */
export function versionOf(tensor: tf.Tensor): unknown {
  if (!isNative()) return tensor.dataId;
  const { tensorMap } = tf.backend() as unknown as { tensorMap: { get(dataId: object): { id: number } } };
  const { id } = tensorMap.get(tensor.dataId);
  return id >= 0 ? id : tensor.dataId; // not yet in TensorFlow: the values wait in JavaScript
}
