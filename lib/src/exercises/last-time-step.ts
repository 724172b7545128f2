/**
 * Exercise "last-time-step": which state should be classified? (TODO 2 of notebook 05's ToyRNN)
 *
 * A recurrent layer gives its state after every step. Only the last one has read the whole sequence. In a batch of
 * sequences of different lengths the short ones are filled up, and their last step is not the last column:
 *
 *     lengths  steps (· is padding)
 *        4     ■ ■ ■ [■]
 *        2     ■ [■] · ·
 *        3     ■ ■ [■] ·
 *
 * Letters: B batch, T time, H hidden. `out` is [B, T, H] (`batchFirst`).
 *
 * Of use: `tf.slice(x, begin, size)`, `tf.reshape(x, shape)`, `tf.squeeze(x, [axis])`, `tf.tensor1d(numbers, "int32")` and
 * `tf.gather(x, rows)`, which takes some rows of a matrix, [N, H] → [rows, H].
 */
import { tf } from "../index";
import { NotImplementedError } from "./not-implemented";

/**
 * The output of each row's last step: [B, H]. PyTorch writes `out[:, -1, :]` for it where no lengths are given; with
 * lengths it is out[b, lengths[b] − 1] for row b.
 *
 * Throws a RangeError unless there is one length for each row, a whole number from 1 to T. The gradient has to flow back to
 * these steps of `out`: use operations of tf, and do not read its values.
 *
 *     out [[[1], [2], [3]], [[4], [5], [6]]]  (B = 2, T = 3, H = 1)
 *     lastTimeStep(out)          →  [[3], [6]]
 *     lastTimeStep(out, [2, 1])  →  [[2], [4]]
 */
export function lastTimeStep(out: tf.Tensor3D, lengths?: readonly number[]): tf.Tensor2D {
  throw new NotImplementedError("last-time-step: lastTimeStep");
}
