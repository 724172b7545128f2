// fails: last-time-step takes the last real step of padded sequences, as PyTorch's packed ones end
// fails: last-time-step does not look at the padding
// fails: last-time-step sends the gradient to the last real steps alone
// fails: last-time-step takes full lengths like none
// Masks the padding and adds up what is left, instead of taking one step.
import { tf } from "../index";

export function lastTimeStep(out: tf.Tensor3D, lengths?: readonly number[]): tf.Tensor2D {
  const [B, T, H] = out.shape;
  if (!lengths) return tf.reshape(tf.slice(out, [0, T - 1, 0], [B, 1, H]), [B, H]);

  if (lengths.length !== B) {
    throw new RangeError(`lastTimeStep: expected ${B} lengths, one for each row, got ${lengths.length}`);
  }
  const places = lengths.map((length, b) => {
    if (!(Number.isInteger(length) && length >= 1 && length <= T)) {
      throw new RangeError(`lastTimeStep: expected lengths from 1 to T = ${T}, got ${length} in row ${b}`);
    }
    return b * T + length - 1;
  });
  const valid = places.flatMap((place, b) => Array.from({ length: T }, (_, t) => (b * T + t <= place ? 1 : 0)));
  return tf.sum(tf.mul(out, tf.tensor3d(valid, [B, T, 1])), 1) as tf.Tensor2D;
}
