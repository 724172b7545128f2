// fails: last-time-step sends the gradient to the last real steps alone
// Reads the values and makes a new tensor of them: what is trained before it gets no gradient.
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
  const rows = tf.reshape(out, [B * T, H]).arraySync() as number[][];
  return tf.tensor2d(places.map((place) => rows[place]!));
}
