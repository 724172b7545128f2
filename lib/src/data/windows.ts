/**
 * Windows over one long sequence of token numbers: the training examples of a character model. The sequence is kept
 * once; a batch of windows is copied straight out of it when it is asked for. (The 136,040 windows of Alice as separate
 * arrays would hold the same text forty times over, twice.)
 */
import type * as tf from "@tensorflow/tfjs";
import { checkIndex, type Columns, type Dataset } from "./dataset";
import { toTensor } from "./tensors";

export interface WindowOptions {
  /** How many tokens one window has: T. */
  length: number;
  /** "shifted": y is the window one token later, [B, T] (default). "next": y is only the token after the window, [B]. */
  target?: "shifted" | "next";
  /** How far the next window starts after the one before (1 = every window). */
  stride?: number;
}

/**
 * All windows of T tokens with what follows them: x[i] = ids[i·stride … i·stride + T − 1].
 * Throws if the text is empty or has fewer than T + 1 tokens.
 */
export class WindowDataset implements Dataset<"x" | "y"> {
  /** The number of windows: ⌊(tokens − T − 1) / stride⌋ + 1. */
  readonly length: number;
  private readonly options: Required<WindowOptions>;

  constructor(
    private readonly ids: Int32Array,
    { length, target = "shifted", stride = 1 }: WindowOptions,
  ) {
    checkWindow("WindowDataset", ids.length, length, length + 1);
    if (!Number.isInteger(stride) || stride < 1) {
      throw new RangeError(`WindowDataset: expected a stride of 1 or more, got ${stride}`);
    }
    this.options = { length, target, stride };
    this.length = Math.floor((ids.length - length - 1) / stride) + 1;
  }

  gather(indices: ArrayLike<number>): Columns<"x" | "y"> {
    const { length, target, stride } = this.options;
    const shifted = target === "shifted";
    const batch = indices.length;
    const x = new Int32Array(batch * length);
    const y = new Int32Array(shifted ? batch * length : batch);
    for (let i = 0; i < batch; i++) {
      checkIndex(indices[i]!, this.length, "WindowDataset.gather");
      const start = indices[i]! * stride;
      x.set(this.ids.subarray(start, start + length), i * length);
      if (shifted) y.set(this.ids.subarray(start + 1, start + length + 1), i * length);
      else y[i] = this.ids[start + length]!;
    }
    return {
      x: { data: x, shape: [batch, length] },
      y: { data: y, shape: shifted ? [batch, length] : [batch] },
    };
  }
}

/**
 * Back-to-back windows and their shifted targets as two tensors [N, T]: starts 0, T, 2T, … below `ids.length − T − 1`, the loop
 * bound of the char-RNN notebook, which leaves out a last window that would just fit.
 * Throws if the text is empty or has fewer than T + 2 tokens.
 */
export function prepareSequences(ids: Int32Array, length: number): [inputs: tf.Tensor, targets: tf.Tensor] {
  checkWindow("prepareSequences", ids.length, length, length + 2);
  const windows = new WindowDataset(ids, { length, stride: length });
  const count = Math.ceil((ids.length - length - 1) / length);
  const { x, y } = windows.gather(Int32Array.from({ length: count }, (_, i) => i));
  return [toTensor(x), toTensor(y)];
}

function checkWindow(where: string, tokens: number, length: number, needed: number): void {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`${where}: expected a window length of 1 or more, got ${length}`);
  }
  if (tokens === 0) throw new RangeError(`${where}: expected a text, got an empty one`);
  if (tokens < needed) {
    throw new RangeError(
      `${where}: expected at least ${needed} tokens for windows of ${length}, got ${tokens}; use a longer text or a shorter window`,
    );
  }
}
