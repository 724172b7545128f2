/** Runs beside the learner's code: makes tensors for it, takes gradients through it, and the notebook's ToyRNN around it. */
import { manualSeed, nn, NotImplementedError, optim, tf } from "../../lib/src/index";

type Learner = typeof import("../../lib/src/exercises/last-time-step");
type Rows = number[][][];

/** The last outputs as a tensor. */
export function last({ lastTimeStep }: Learner, out: Rows, lengths?: number[]): unknown {
  return lastTimeStep(tf.tensor3d(out), lengths);
}

/** The gradient of the sum of squares of what comes out, with respect to `out`; or why there is none. */
export function gradient({ lastTimeStep }: Learner, out: Rows, lengths?: number[]): unknown {
  const loss = (x: tf.Tensor) => lastTimeStep(x as tf.Tensor3D, lengths).square().sum(); // prettier-ignore
  try {
    return { gradient: tf.grad(loss)(tf.tensor3d(out)) };
  } catch (error) {
    // TensorFlow's own words for an operation without a gradient, and for a result that does not depend on `out` by operations it has seen.
    if (!String(error).includes("Cannot compute gradient")) throw error;
    return { error: String(error) };
  }
}

/** The error that is thrown for lengths, or the shape of what comes out. */
export function refuse({ lastTimeStep }: Learner, shape: [number, number, number], lengths: number[]): unknown {
  try {
    return { shape: lastTimeStep(tf.ones(shape), lengths)?.shape };
  } catch (error) {
    if (error instanceof NotImplementedError) throw error;
    return { error: error instanceof RangeError ? "RangeError" : "another error", message: String(error) };
  }
}

/** The losses of the notebook's ToyRNN over 50 epochs, which classifies what lastTimeStep takes out. */
export function toy({ lastTimeStep }: Learner): unknown {
  manualSeed(3679770961);
  new nn.Linear(12, 8); // the notebook's SimpleRNN draws its weights first
  new nn.Linear(12, 4);
  class ToyRNN extends nn.Module {
    embedding = new nn.Embedding(4, 4);
    rnn = new nn.RNN(4, 8, { batchFirst: true });
    fc = new nn.Linear(8, 4);
    forward(x: tf.Tensor) {
      const [out] = this.rnn.forward(this.embedding.forward(x));
      return this.fc.forward(lastTimeStep(out as tf.Tensor3D));
    }
  }
  const model = new ToyRNN();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const [x, y] = [tf.tensor2d([0, 1, 1, 2], [2, 2], "int32"), tf.tensor1d([2, 3], "int32")];
  return Array.from({ length: 50 }, () =>
    tf.tidy(() => {
      const { loss, grads } = nn.valueAndGrads(model, () => nn.crossEntropy(model.forward(x), y));
      optimizer.step(grads);
      return loss.dataSync()[0];
    }),
  );
}
