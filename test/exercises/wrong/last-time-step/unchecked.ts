// fails: last-time-step refuses lengths that cannot be
// Does not look at the lengths: for a length of 0 the step before is that of another row.
import { tf } from "../index";

export function lastTimeStep(out: tf.Tensor3D, lengths?: readonly number[]): tf.Tensor2D {
  const [B, T, H] = out.shape;
  if (!lengths) return tf.reshape(tf.slice(out, [0, T - 1, 0], [B, 1, H]), [B, H]);

  if (lengths.length !== B) {
    throw new RangeError(`lastTimeStep: expected ${B} lengths, one for each row, got ${lengths.length}`);
  }
  const places = lengths.map((length, b) => {
    return b * T + length - 1;
  });
  return tf.gather(tf.reshape(out, [B * T, H]), tf.tensor1d(places, "int32")) as tf.Tensor2D;
}
