/** Runs beside the learner's code: makes networks of given weights for it, and the bookkeeping around a training. */
import { Matrix, VanillaRNN, type VanillaRNNGradients } from "../../lib/src/scratch";

type Learner = typeof import("../../lib/src/exercises/truncated-bptt");
type Rows = number[][];

/** Weights as rows of numbers: Wxh [H, D], Whh [H, H], Why [V, H], bh [H, 1], by [V, 1]. */
export interface Weights {
  Wxh: Rows;
  Whh: Rows;
  Why: Rows;
  bh: Rows;
  by: Rows;
}

/** A network and what it reads: inputs [T, D, 1], targets [T], the first state [H, 1]. */
export interface Case {
  weights: Weights;
  inputs: Rows[];
  targets: number[];
  h0: Rows;
}

const names = ["Wxh", "Whh", "Why", "bh", "by"] as const;

function network({ weights }: Case): VanillaRNN {
  const rnn = new VanillaRNN(weights.Wxh[0].length, weights.Whh.length, weights.Why.length);
  for (const name of names) rnn[name] = Matrix.from(weights[name]);
  return rnn;
}

const columns = (inputs: readonly Rows[]) => inputs.map((rows) => Matrix.from(rows));

/** One pass: loss, gradients and the last state. */
export function pass({ truncatedBackward }: Learner, data: Case, k: number): unknown {
  return truncatedBackward(network(data), columns(data.inputs), data.targets, k, Matrix.from(data.h0));
}

/** One pass without a first state. */
export function passFromZero({ truncatedBackward }: Learner, data: Case, k: number): unknown {
  return truncatedBackward(network(data), columns(data.inputs), data.targets, k);
}

/** Two passes with the same objects, and these objects after it. */
export function twice({ truncatedBackward }: Learner, data: Case, k: number): unknown {
  const [rnn, inputs, h0] = [network(data), columns(data.inputs), Matrix.from(data.h0)];
  const targets = [...data.targets];
  const first = truncatedBackward(rnn, inputs, targets, k, h0);
  const kept = structuredClone({ loss: first.loss, grads: numbers(first.grads), h: first.h?.data });
  const second = truncatedBackward(rnn, inputs, targets, k, h0);
  return {
    first: kept,
    second: { loss: second.loss, grads: numbers(second.grads), h: second.h?.data },
    weights: weightsOf(rnn),
    inputs,
    targets,
    h0,
  };
}

/** Training on a stream: what the learner's function returns, and the weights and the stream afterwards. */
export function stream({ trainOnStream }: Learner, data: Case & { k: number; learningRate: number }): unknown {
  const rnn = network(data);
  const { k, learningRate } = data;
  const [inputs, h0] = [columns(data.inputs), Matrix.from(data.h0)];
  const result = trainOnStream(rnn, inputs, data.targets, k, learningRate, h0);
  return { result, trained: weightsOf(rnn), inputs, targets: data.targets, h0 };
}

/** Trains a network of zeros (but for small weights) on numbers that come round; the losses. */
export function cycle({ trainOnStream }: Learner, period: number, T: number, k: number): unknown {
  const wave = (rows: number, cols: number) => new Matrix(rows, cols).map((_, i) => Math.sin(1 + 3 * i) / 2);
  const H = 8;
  const rnn = new VanillaRNN(period, H, period);
  Object.assign(rnn, { Wxh: wave(H, period), Whh: wave(H, H), Why: wave(period, H) });
  const symbols = Array.from({ length: T + 1 }, (_, t) => t % period);
  const inputs = symbols.slice(0, T).map((symbol) => Matrix.oneHot(symbol, period));
  return trainOnStream(rnn, inputs, symbols.slice(1), k, 0.3).losses;
}

function numbers(grads: VanillaRNNGradients | undefined): unknown {
  return grads && Object.fromEntries(Object.entries(grads).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

function weightsOf(rnn: VanillaRNN): Record<string, Matrix> {
  return Object.fromEntries(names.map((name) => [name, rnn[name]]));
}
