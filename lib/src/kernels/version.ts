/** Telling whether a tensor's values have changed, for what is computed from them once and kept. */
import * as tf from "@tensorflow/tfjs";
import { isNative } from "../backend";

type Version = (tensor: tf.Tensor) => unknown;

/** Another value whenever the tensor's values are others: after `assign`, and after a compiled step, which swaps them in place. */
export function versionOf(tensor: tf.Tensor): unknown {
  return version()(tensor);
}

/** A function that tells whether the values of any of the tensors have changed since it was last asked (true at first). */
export function watch(tensors: readonly tf.Tensor[]): () => boolean {
  const versions: unknown[] = tensors.map(() => undefined);
  return () => {
    const versionNow = version();
    let changed = false;
    for (let i = 0; i < tensors.length; i++) {
      const now = versionNow(tensors[i]!);
      changed ||= now !== versions[i];
      versions[i] = now;
    }
    return changed;
  };
}

function version(): Version {
  if (!isNative()) return ({ dataId }) => dataId;
  const { tensorMap } = tf.backend() as unknown as { tensorMap: { get(dataId: object): { id: number } } };
  return ({ dataId }) => {
    const { id } = tensorMap.get(dataId);
    return id === -1 ? dataId : id; // -1: not yet in TensorFlow, the values wait in JavaScript
  };
}
