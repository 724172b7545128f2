// fails: last-time-step takes the last real step of padded sequences, as PyTorch's packed ones end
// fails: last-time-step does not look at the padding
// fails: last-time-step takes full lengths like none
// fails: last-time-step sends the gradient to the last real steps alone
// fails: last-time-step keeps the batch axis of a batch of one
// Uses the length itself as the index, though steps count from 0: reads the first step after the end.
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
    return Math.min(b * T + length, B * T - 1);
  });
  return tf.gather(tf.reshape(out, [B * T, H]), tf.tensor1d(places, "int32")) as tf.Tensor2D;
}
