/** Ways to initialise the recurrent weights, compared by training. Our answer to the exercise. */
import { RandomState } from "../random";
import { Matrix, qr, VanillaRNN } from "../scratch";

/** A way to initialise W_hh. */
export type Kind = "zeros" | "normal" | "xavier" | "orthogonal" | "identity";

/** A sequence of T inputs [D, 1] and the T classes to be said. */
export interface Example {
  inputs: readonly Matrix[];
  targets: readonly number[];
}

/** How one way to initialise did. */
export interface Comparison {
  kind: Kind;
  /** For each seed the mean of the last losses. */
  finalLosses: number[];
  /** The mean of these. */
  mean: number;
}

/** W_hh [H, H]: zeros, N(0, 0.01²), N(0, 1/H), Q of the QR factors of N(0, 1), or the identity. */
export function recurrentMatrix(kind: Kind, hiddenSize: number, random: RandomState): Matrix {
  const normals = () => new Matrix(hiddenSize, hiddenSize, random.randn(hiddenSize, hiddenSize));
  switch (kind) {
    case "zeros":
      return Matrix.zeros(hiddenSize, hiddenSize);
    case "normal":
      return normals().scale(0.01);
    case "xavier":
      return normals().scale(Math.sqrt(2 / (hiddenSize + hiddenSize)));
    case "orthogonal":
      return qr(normals())[0];
    case "identity":
      return Matrix.eye(hiddenSize);
  }
}

/** Trains a network whose recurrent weights start as Whh: one step of gradient descent an example; returns the losses. */
export function trainFrom(
  Whh: Matrix,
  examples: readonly Example[],
  { outputSize, seed, learningRate = 0.1 }: { outputSize: number; seed: number; learningRate?: number },
): number[] {
  const inputSize = examples[0]!.inputs[0]!.rows;
  const rnn = new VanillaRNN(inputSize, Whh.rows, outputSize, { random: new RandomState(seed) });
  rnn.Whh = Whh.copy(); // training changes it in place, and the caller may want to train from it again
  return examples.map(({ inputs, targets }) => {
    const { outputs } = rnn.forward(inputs);
    const loss = rnn.computeLoss(outputs, targets);
    rnn.updateParameters(rnn.backward(targets), learningRate);
    return loss;
  });
}

/** Trains every kind from every seed and sorts the kinds by what came out, the smallest mean loss first. */
export function compareInitialisations(
  kinds: readonly Kind[],
  hiddenSize: number,
  seeds: readonly number[],
  train: (Whh: Matrix, seed: number) => readonly number[],
  { last = 50 }: { last?: number } = {},
): Comparison[] {
  const rows = kinds.map((kind) => {
    const finalLosses = seeds.map((seed) => {
      const Whh = recurrentMatrix(kind, hiddenSize, new RandomState(seed)); // the same seeds for every kind
      return mean(train(Whh, seed).slice(-last));
    });
    return { kind, finalLosses, mean: mean(finalLosses) };
  });
  const rank = ({ mean }: Comparison) => (Number.isFinite(mean) ? mean : Infinity); // NaN: training went astray
  return rows.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
