// fails: last-time-step equals PyTorch's out[:, -1, :]
// fails: last-time-step keeps the batch axis of a batch of one
// fails (error): last-time-step takes the last real step of padded sequences, as PyTorch's packed ones end
// fails (error): last-time-step does not look at the padding
// fails: last-time-step takes full lengths like none
// fails: last-time-step sends the gradient to the last real steps alone
// fails: last-time-step makes the ToyRNN print the notebook's losses
// fails (error): last-time-step refuses lengths that cannot be
// Takes `out` for [T, B, H]: it is batchFirst here.
import { tf } from "../index";

export function lastTimeStep(out: tf.Tensor3D, lengths?: readonly number[]): tf.Tensor2D {
  const [T, B, H] = out.shape;
  if (!lengths) return tf.reshape(tf.slice(out, [T - 1, 0, 0], [1, B, H]), [B, H]);

  if (lengths.length !== B) {
    throw new RangeError(`lastTimeStep: expected ${B} lengths, one for each row, got ${lengths.length}`);
  }
  const places = lengths.map((length, b) => {
    if (!(Number.isInteger(length) && length >= 1 && length <= T)) {
      throw new RangeError(`lastTimeStep: expected lengths from 1 to T = ${T}, got ${length} in row ${b}`);
    }
    return b * T + length - 1;
  });
  return tf.gather(tf.reshape(out, [B * T, H]), tf.tensor1d(places, "int32")) as tf.Tensor2D;
}
