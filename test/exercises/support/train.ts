/**
 * Trains a character RNN on one short text with the learner's functions of all steps of the ladder. Runs in the child; only
 * the loop, the random weights and their sizes are ours.
 */
import { RandomState } from "../../../lib/src/random";
import { Matrix, type VanillaRNNParameters } from "../../../lib/src/scratch";
import { bptt } from "../../../lib/src/exercises/bptt";
import { cellStep } from "../../../lib/src/exercises/cell-step";
import { crossEntropy, softmax } from "../../../lib/src/exercises/loss";
import { encode, oneHot, vocabulary } from "../../../lib/src/exercises/one-hot";
import { unroll } from "../../../lib/src/exercises/sequence";
import type * as clip from "../../../lib/src/exercises/clip";

const names = ["Wxh", "Whh", "Why", "bh", "by"] as const;

/** What a training consists of. */
export interface Task {
  text: string;
  hiddenSize: number;
  steps: number;
  learningRate: number;
  maxNorm: number;
  seed: number;
}

/** Weights 0.1 · N(0, 1) in the order Wxh, Whh, Why, as NumPy draws them; biases 0. */
function initialParameters(V: number, H: number, seed: number): VanillaRNNParameters {
  const random = new RandomState(seed);
  const normal = (rows: number, cols: number) => new Matrix(rows, cols, random.randn(rows, cols)).scale(0.1);
  return {
    Wxh: normal(H, V),
    Whh: normal(H, H),
    Why: normal(V, H),
    bh: Matrix.zeros(H, 1),
    by: Matrix.zeros(V, 1),
  };
}

/** The loss before each step, and the trained model. Every step reads the whole text: each character predicts the next. */
export function train(learner: Pick<typeof clip, "clipByGlobalNorm" | "updateParameters">, task: Task) {
  const { text, hiddenSize, steps, learningRate, maxNorm, seed } = task;
  const chars = vocabulary(text);
  const numbers = encode(text, chars);
  const inputs = numbers.slice(0, -1).map((number) => oneHot(number, chars.length));
  const targets = numbers.slice(1);
  const h0 = Matrix.zeros(hiddenSize, 1);
  let parameters = initialParameters(chars.length, hiddenSize, seed);
  const losses: number[] = [];
  for (let k = 0; k < steps; k++) {
    const { outputs, hiddenStates } = unroll(inputs, h0, (x, hPrev) => cellStep(x, hPrev, parameters));
    losses.push(crossEntropy(outputs, targets));
    const probs = outputs.map((y) => softmax(y));
    const grads = bptt({ inputs, h0, hiddenStates, probs, targets }, parameters);
    const next = learner.updateParameters(parameters, learner.clipByGlobalNorm(grads, maxNorm), learningRate);
    if (!names.every((name) => next?.[name] instanceof Matrix))
      throw new TypeError(`updateParameters has to return { ${names.join(", ")} }, each a Matrix`);
    parameters = next;
  }
  return { losses, chars, h0, parameters };
}
