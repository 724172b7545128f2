/** Runs beside the learner's code: makes networks for it, and is the training whose gradients it watches. */
import { Matrix, VanillaRNN } from "../../lib/src/scratch";

type Learner = typeof import("../../lib/src/exercises/gradient-norms");
type Rows = number[][];

/** A network (weights as rows), what it reads [T, D, 1], and the class it should say at the end. */
export interface Case {
  weights: Record<"Wxh" | "Whh" | "Why" | "bh" | "by", Rows>;
  inputs: Rows[];
  target: number;
}

const names = ["Wxh", "Whh", "Why", "bh", "by"] as const;

function network({ weights }: Case): VanillaRNN {
  const rnn = new VanillaRNN(weights.Wxh[0].length, weights.Whh.length, weights.Why.length);
  for (const name of names) rnn[name] = Matrix.from(weights[name]);
  return rnn;
}

const columns = (inputs: readonly Rows[]) => inputs.map((rows) => Matrix.from(rows));

/** The gradients at all states. */
export function gradients({ stateGradients }: Learner, data: Case): unknown {
  return stateGradients(network(data), columns(data.inputs), data.target);
}

/** Their norms. */
export function norms({ gradientNorms }: Learner, data: Case): unknown {
  return gradientNorms(network(data), columns(data.inputs), data.target);
}

/** The norms twice with the same objects, and these objects after it. */
export function twice({ gradientNorms }: Learner, data: Case): unknown {
  const rnn = network(data);
  const inputs = columns(data.inputs);
  const first = [...gradientNorms(rnn, inputs, data.target)];
  const second = gradientNorms(rnn, inputs, data.target);
  return { first, second, weights: Object.fromEntries(names.map((name) => [name, rnn[name]])), inputs };
}

/** The norms during a training on the loss of the last step, and how often a training step was asked for. */
export function track({ trackGradientNorms }: Learner, data: Case & { learningRate: number }, steps: number): unknown {
  const rnn = network(data);
  const inputs = columns(data.inputs);
  let calls = 0;
  const trainStep = () => {
    calls++;
    descend(rnn, inputs, data.target, data.learningRate);
  };
  const history = trackGradientNorms(rnn, inputs, data.target, trainStep, steps);
  return { history, calls };
}

/** One step of gradient descent on −ln softmax(y_T)[target]. */
function descend(rnn: VanillaRNN, inputs: readonly Matrix[], target: number, learningRate: number): void {
  const { hiddenDim: H, inputDim: D } = rnn;
  const { outputs, hiddenStates } = rnn.forward(inputs);
  const dby = rnn.softmax(outputs[outputs.length - 1]).add(Matrix.oneHot(target, rnn.outputDim), -1);
  const dWhy = Matrix.zeros(rnn.outputDim, H).addOuter(dby, hiddenStates[inputs.length - 1]);
  const [dWxh, dWhh, dbh] = [Matrix.zeros(H, D), Matrix.zeros(H, H), Matrix.zeros(H, 1)];
  let dh = Matrix.zeros(H, 1).addTransposedProduct(rnn.Why, dby);
  for (let t = inputs.length - 1; t >= 0; t--) {
    const h = hiddenStates[t].data;
    const dz = dh.map((d, i) => d * (1 - h[i] ** 2));
    dWxh.addOuter(dz, inputs[t]);
    dWhh.addOuter(dz, t > 0 ? hiddenStates[t - 1] : Matrix.zeros(H, 1));
    dbh.add(dz);
    dh = Matrix.zeros(H, 1).addTransposedProduct(rnn.Whh, dz);
  }
  rnn.updateParameters({ dWxh, dWhh, dWhy, dbh, dby }, learningRate);
}
