// fails: initialisations trains as NumPy does, from the matrix that is given
// fails: initialisations measures two tasks with different winners, as NumPy does
// Leaves the network's own W_hh in place: whatever is given, the same network is trained.
import { RandomState } from "../random";
import { Matrix, qr, VanillaRNN } from "../scratch";

export type Kind = "zeros" | "normal" | "xavier" | "orthogonal" | "identity";

export interface Example {
  inputs: readonly Matrix[];
  targets: readonly number[];
}

export interface Comparison {
  kind: Kind;
  finalLosses: number[];
  mean: number;
}

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

export function trainFrom(
  Whh: Matrix,
  examples: readonly Example[],
  { outputSize, seed, learningRate = 0.1 }: { outputSize: number; seed: number; learningRate?: number },
): number[] {
  const inputSize = examples[0]!.inputs[0]!.rows;
  const rnn = new VanillaRNN(inputSize, Whh.rows, outputSize, { random: new RandomState(seed) });
  return examples.map(({ inputs, targets }) => {
    const { outputs } = rnn.forward(inputs);
    const loss = rnn.computeLoss(outputs, targets);
    rnn.updateParameters(rnn.backward(targets), learningRate);
    return loss;
  });
}

export function compareInitialisations(
  kinds: readonly Kind[],
  hiddenSize: number,
  seeds: readonly number[],
  train: (Whh: Matrix, seed: number) => readonly number[],
  { last = 50 }: { last?: number } = {},
): Comparison[] {
  const rows = kinds.map((kind) => {
    const finalLosses = seeds.map((seed) => {
      const Whh = recurrentMatrix(kind, hiddenSize, new RandomState(seed));
      return mean(train(Whh, seed).slice(-last));
    });
    return { kind, finalLosses, mean: mean(finalLosses) };
  });
  const rank = ({ mean }: Comparison) => (Number.isFinite(mean) ? mean : Infinity);
  return rows.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
