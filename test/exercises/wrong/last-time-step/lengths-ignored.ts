// fails: last-time-step takes the last real step of padded sequences, as PyTorch's packed ones end
// fails: last-time-step does not look at the padding
// fails: last-time-step sends the gradient to the last real steps alone
// fails: last-time-step refuses lengths that cannot be
// fails: last-time-step keeps the batch axis of a batch of one
// Takes the last column whatever the lengths are: for short sequences that is padding.
import { tf } from "../index";

export function lastTimeStep(out: tf.Tensor3D, lengths?: readonly number[]): tf.Tensor2D {
  const [B, T, H] = out.shape;
  return tf.reshape(tf.slice(out, [0, T - 1, 0], [B, 1, H]), [B, H]);
}
