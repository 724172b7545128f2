/** Runs beside the learner's code: makes layers and tensors for it, and the notebook's ToyRNN around it. */
import { manualSeed, nn, NotImplementedError, optim, tf } from "../../lib/src/index";

type Learner = typeof import("../../lib/src/exercises/initial-state");

/** A recurrent layer whose weights come from a seed; batchFirst, three inputs and four hidden units unless told otherwise. */
export interface Settings {
  seed?: number;
  kind?: string;
  numLayers: number;
  bidirectional: boolean;
  inputSize?: number;
  hiddenSize?: number;
}

function layerOf({ seed = 0, kind = "RNN", numLayers, bidirectional, inputSize = 3, hiddenSize = 4 }: Settings) {
  manualSeed(seed);
  const Layer = kind === "GRU" ? nn.GRU : nn.RNN;
  return new Layer(inputSize, hiddenSize, { numLayers, bidirectional, batchFirst: true });
}

/** zeroState of a layer, as a tensor. */
export function zeros({ zeroState }: Learner, settings: Settings, batchSize: number): unknown {
  return zeroState(layerOf(settings), batchSize);
}

/** What a layer makes of x [B, T, I] from a given state: the output and the last state. */
export function given({ givenState }: Learner, settings: Settings, x: number[][][], h0: number[][][]): unknown {
  const layer = layerOf(settings);
  const [output, last] = layer.forward(tf.tensor3d(x), givenState(layer, x.length, tf.tensor3d(h0)));
  return { output, last };
}

/** The output over two halves of x [B, T, I], the second from the state in which the first ended. */
export function halves({ zeroState, givenState }: Learner, settings: Settings, x: number[][][], cut: number): unknown {
  const layer = layerOf(settings);
  const half = (from: number, to?: number) => tf.tensor3d(x.map((row) => row.slice(from, to)));
  const [first, state] = layer.forward(half(0, cut), zeroState(layer, x.length));
  const [second] = layer.forward(half(cut), givenState(layer, x.length, state));
  const [whole] = layer.forward(tf.tensor3d(x));
  return { halves: tf.concat([first, second], 1), whole };
}

/** The error that givenState throws for a state of this shape, or the shape of what it returns. */
export function refuse({ givenState }: Learner, settings: Settings, batchSize: number, shape: number[]): unknown {
  try {
    return { shape: givenState(layerOf(settings), batchSize, tf.zeros(shape))?.shape };
  } catch (error) {
    if (error instanceof NotImplementedError) throw error;
    return { error: error instanceof RangeError ? "RangeError" : "another error", message: String(error) };
  }
}

/** A learned start [L·D, 1, H] for a batch. */
export function repeated(
  { learnedState }: Learner,
  settings: Settings,
  batchSize: number,
  start: number[][][],
): unknown {
  return learnedState(layerOf(settings), batchSize, tf.tensor3d(start));
}

/** A layer's output from a learned start, and the gradient of the sum of its squares with respect to that start; or why there is none. */
export function learned({ learnedState }: Learner, settings: Settings, x: number[][][], start: number[][][]): unknown {
  const layer = layerOf(settings);
  const run = (h: tf.Tensor) => layer.forward(tf.tensor3d(x), learnedState(layer, x.length, h))[0];
  const from = tf.tensor3d(start);
  const output = run(from);
  try {
    return { output, gradient: tf.grad((h) => run(h).square().sum())(from) };
  } catch (error) {
    // TensorFlow's own words for an operation without a gradient, and for a result that does not depend on `start` by operations it has seen.
    if (!String(error).includes("Cannot compute gradient")) throw error;
    return { output, error: String(error) };
  }
}

/** The losses of the notebook's ToyRNN over 50 epochs, its state from zeroState; or what this returned instead of a state. */
export function toy({ zeroState }: Learner): unknown {
  manualSeed(3679770961);
  new nn.Linear(12, 8); // the notebook's SimpleRNN draws its weights first
  new nn.Linear(12, 4);
  class ToyRNN extends nn.Module {
    embedding = new nn.Embedding(4, 4);
    rnn = new nn.RNN(4, 8, { batchFirst: true });
    fc = new nn.Linear(8, 4);
    forward(x: tf.Tensor) {
      const [out] = this.rnn.forward(this.embedding.forward(x), zeroState(this.rnn, x.shape[0]));
      return this.fc.forward(out.slice([0, x.shape[1]! - 1, 0], [-1, 1, -1]).squeeze([1]));
    }
  }
  const model = new ToyRNN();
  const state: unknown = zeroState(model.rnn, 2);
  if (!(state instanceof tf.Tensor)) return { state: Array.isArray(state) ? "arrays" : String(state) };
  if (state.shape.join() !== "1,2,8") return { state: `a tensor [${state.shape.join(", ")}]` };
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const [x, y] = [tf.tensor2d([0, 1, 1, 2], [2, 2], "int32"), tf.tensor1d([2, 3], "int32")];
  const losses = Array.from({ length: 50 }, () =>
    tf.tidy(() => {
      const { loss, grads } = nn.valueAndGrads(model, () => nn.crossEntropy(model.forward(x), y));
      optimizer.step(grads);
      return loss.dataSync()[0];
    }),
  );
  return { losses };
}
