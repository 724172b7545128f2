/**
 * Batches of sequences of different lengths, padded to T steps: the mask of valid steps, each row turned around within its
 * length, and the last valid state of each row. Everything is time first, and computed from a tensor of lengths, so that
 * a compiled step may get other lengths every time.
 */
import * as tf from "@tensorflow/tfjs";
import { takeRows } from "../kernels";

/** Numbers of valid steps, [B]. Numbers are checked; a tensor (int32, for a compiled step) is not read. */
export type Lengths = readonly number[] | Int32Array | tf.Tensor;

/** What the lengths of the rows say about a batch of T steps and B rows. */
export class Padding {
  /** 1 at valid steps, else 0: [T, B, 1] */
  private readonly valid: tf.Tensor;
  /** Where in the flattened [T·B] rows each step comes from when its row is turned around. */
  private readonly turned: tf.Tensor;
  /** Where in the flattened [(1 + T)·B] states each row's last one is: the initial states stand first. */
  private readonly ends: tf.Tensor;

  constructor(
    caller: string,
    lengths: Lengths,
    readonly steps: number,
    readonly batch: number,
  ) {
    const int = (value: number) => tf.scalar(value, "int32"); // a plain number would make floats of all
    const row = tf.range(0, batch, 1, "int32");
    const step = tf.tile(tf.range(0, steps, 1, "int32").reshape([steps, 1]), [1, batch]); // [T, B]
    const length = checked(caller, lengths, steps, batch);
    const valid = tf.less(step, length); // [T, B]
    const source = tf.where(valid, tf.sub(tf.sub(length, int(1)), step), step);
    this.valid = tf.expandDims(tf.cast(valid, "float32"), 2);
    this.turned = tf.reshape(tf.add(tf.mul(source, int(batch)), row), [-1]);
    this.ends = tf.add(tf.mul(length, int(batch)), row);
  }

  /** x [T, B, F] with zeros after each row's last valid step. */
  mask(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, this.valid);
  }

  /** x [T, B, F] or ids [T, B] with each row's valid steps in reverse order; its own inverse. */
  reverse(x: tf.Tensor): tf.Tensor {
    const { steps, batch } = this;
    const rows = tf.reshape(x, x.rank === 2 ? [-1] : [steps * batch, -1]);
    return tf.reshape(takeRows(rows, this.turned), x.shape);
  }

  /** The last valid state of each row, [B, H], from those of all steps [T, B, H]; the initial one for a length of 0. */
  last(states: tf.Tensor, initial: tf.Tensor | undefined): tf.Tensor {
    const hidden = states.shape[2]!;
    const before = initial ?? tf.zeros([this.batch, hidden]);
    const all = tf.concat([before, tf.reshape(states, [-1, hidden])]);
    return takeRows(all, this.ends);
  }
}

function checked(caller: string, lengths: Lengths, steps: number, batch: number): tf.Tensor {
  if (lengths instanceof tf.Tensor) {
    if (lengths.dtype !== "int32" || lengths.shape.length !== 1 || lengths.size !== batch) {
      const got = `${lengths.dtype} [${lengths.shape.join(", ")}]`;
      throw new Error(`${caller}: expected lengths of type int32 and shape [${batch}], got ${got}`);
    }
    return lengths;
  }
  if (lengths.length !== batch) {
    throw new Error(`${caller}: expected ${batch} lengths, one for each row, got ${lengths.length}`);
  }
  lengths.forEach((length, row) => {
    if (!(Number.isInteger(length) && length >= 0 && length <= steps)) {
      throw new RangeError(`${caller}: expected lengths from 0 to T = ${steps}, got ${length} in row ${row}`);
    }
  });
  return tf.tensor1d(Int32Array.from(lengths), "int32");
}
