/**
 * Small layers without parameters: non-linearities, dropout and flattening.
 */
import * as tf from "@tensorflow/tfjs";
import { hostTensor } from "../compile/host";
import { defaultGenerator } from "../random";
import { Module } from "./module";

/** y = tanh x */
export class Tanh extends Module {
  forward(x: tf.Tensor): tf.Tensor {
    return tf.tanh(x);
  }
}

/** y = max(0, x) */
export class ReLU extends Module {
  forward(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }
}

/** y = 1 / (1 + e^−x) */
export class Sigmoid extends Module {
  forward(x: tf.Tensor): tf.Tensor {
    return tf.sigmoid(x);
  }
}

/** Applies `f`, which works on the last axis, to axis `dim`. */
function alongAxis(name: string, x: tf.Tensor, dim: number, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const axis = dim < 0 ? dim + x.rank : dim;
  if (!(axis >= 0 && axis < x.rank)) {
    throw new RangeError(`${name}.forward: expected an input with an axis ${dim}, got [${x.shape.join(", ")}]`);
  }
  if (axis === x.rank - 1) return f(x);
  const order = x.shape.map((_, i) => i);
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  return tf.transpose(f(tf.transpose(x, order)), order);
}

/** y = e^x / Σ e^x along axis `dim`. */
export class Softmax extends Module {
  constructor(readonly dim = -1) {
    super();
  }

  forward(x: tf.Tensor): tf.Tensor {
    return alongAxis("Softmax", x, this.dim, (x) => tf.softmax(x));
  }

  protected override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** y = x − log Σ e^x along axis `dim`. */
export class LogSoftmax extends Module {
  constructor(readonly dim = -1) {
    super();
  }

  forward(x: tf.Tensor): tf.Tensor {
    return alongAxis("LogSoftmax", x, this.dim, (x) => tf.logSoftmax(x));
  }

  protected override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * In training sets each number to zero with probability p and divides the others by 1 − p; otherwise does nothing.
 * The masks are PyTorch's for the same seed. https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends Module {
  constructor(readonly p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new RangeError(`Dropout: expected a probability p from 0 to 1, got ${p}`);
  }

  forward(x: tf.Tensor): tf.Tensor {
    return this.training ? dropout(x, this.p) : x;
  }

  protected override extraRepr(): string {
    return `p=${this.p}, inplace=False`;
  }
}

/** x with dropout applied, as in training. */
export function dropout(x: tf.Tensor, p: number): tf.Tensor {
  if (p === 0) return x;
  return tf.mul(
    x,
    hostTensor(() => defaultGenerator.dropoutMask(x.size, p), x.shape),
  );
}

/** Joins the axes `startDim` to `endDim` into one. https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html */
export class Flatten extends Module {
  constructor(
    readonly startDim = 1,
    readonly endDim = -1,
  ) {
    super();
  }

  forward(x: tf.Tensor): tf.Tensor {
    const [start, end] = [this.startDim, this.endDim].map((dim) => (dim < 0 ? dim + x.rank : dim)) as [number, number];
    if (!(start >= 0 && start <= end && end < x.rank)) {
      throw new RangeError(
        `Flatten.forward: expected an input with axes ${this.startDim} to ${this.endDim}, got [${x.shape.join(", ")}]`,
      );
    }
    return tf.reshape(x, [...x.shape.slice(0, start), -1, ...x.shape.slice(end + 1)]);
  }

  protected override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
