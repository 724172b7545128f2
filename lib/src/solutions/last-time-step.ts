/** The output of the last time step, or of the last real one where a batch is padded. Our answer to the exercise. */
import { tf } from "../index";

/** out [B, T, H] → [B, H]: out[b, lengths[b] − 1], or out[b, T − 1] without lengths. Throws unless each is from 1 to T. */
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
    return b * T + length - 1; // where step length − 1 of row b lies when all steps of all rows are one list
  });
  return tf.gather(tf.reshape(out, [B * T, H]), tf.tensor1d(places, "int32")) as tf.Tensor2D;
}
