/** Runs beside the learner's code: the models that PyTorch's values belong to, scripted steps, and a training. */
import * as tf from "@tensorflow/tfjs";
import { manualSeed, TorchGenerator } from "../../lib/src/random";
import { NextTokenDataset, toTensors, Vocabulary } from "../../lib/src/data";
import { stepOf, type Step } from "../../lib/src/generate";
import type { Note } from "../../lib/src/music";
import * as nn from "../../lib/src/nn";
import * as optim from "../../lib/src/optim";
import type * as exercise from "../../lib/src/exercises/music-generation";

type Learner = typeof exercise;
type Weights = Record<string, { shape: number[]; values: number[] }>;

/** The names and shapes of the model's parameters, in order. */
export function parameters(learner: Learner, sizes: number[]) {
  const model = new learner.MelodyModel(sizes[0]!, sizes[1]!, sizes[2]!);
  return model.namedParameters().map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
}

/** What forward returns, with the given weights, and the state before if any. */
export function forward(
  learner: Learner,
  { weights, sizes, x, state }: { weights: Weights; sizes: number[]; x: number[][]; state?: number[][][][] },
) {
  const model = new learner.MelodyModel(sizes[0]!, sizes[1]!, sizes[2]!);
  const dict = Object.entries(weights).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]);
  model.loadStateDict(Object.fromEntries(dict));
  const before = state && ([tf.tensor3d(state[0]!), tf.tensor3d(state[1]!)] as const);
  const [scores, [h, c]] = model.forward(tf.tensor2d(x, undefined, "int32"), before);
  return { scores: scores.arraySync(), state: [h.arraySync(), c.arraySync()] };
}

/** What continueMelody writes, reads and hands on, when the scores follow a script of tokens. */
export function continueScripted(
  learner: Learner,
  { seed, script, end, length }: { seed: number[]; script: number[]; end: number; length?: number },
) {
  const read: number[] = [];
  const states: (string | undefined)[] = [];
  const step: Step<string> = (ids, state) => {
    read.push(...ids);
    states.push(state);
    const scores = new Float32Array(20);
    const at = read.length - seed.length; // after the last note of the seed the script begins
    scores[at < 0 ? 19 : script[at % script.length]!] = 1000;
    return { scores, state: `after ${read.length}` };
  };
  const written = learner.continueMelody(step, seed, end, length === undefined ? {} : { length });
  return { written: [...written], read, states, seed };
}

/** What is drawn from a table of scores [V, V]: those of the next token depend on the present one alone. */
export function continueDrawn(
  learner: Learner,
  { table, seed, end, temperature, length, generator }: { table: number[][]; seed: number[]; end: number; temperature: number; length: number; generator: number }, // prettier-ignore
) {
  const step: Step<undefined> = (ids) => ({ scores: Float32Array.from(table[ids[0]!]!), state: undefined });
  return [
    ...learner.continueMelody(step, seed, end, { temperature, length, generator: new TorchGenerator(generator) }),
  ];
}

/** Trains on tunes, and lets the model go on from the first notes of each, always with the likeliest token. */
export function train(
  learner: Learner,
  { tunes, seed, steps, given }: { tunes: Note[][]; seed: number; steps: number; given: number },
) {
  manualSeed(seed);
  const tokens = tunes.map((notes) => learner.toTokens(notes));
  const vocabulary = new Vocabulary(tokens.flat());
  const sequences = tokens.map((list) => vocabulary.encode(list));
  const { x, y } = toTensors(new NextTokenDataset(sequences, new Int32Array(tunes.length)));
  const model = new learner.MelodyModel(vocabulary.size, 24, 64);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const criterion = new nn.CrossEntropyLoss({ ignoreIndex: -1 });
  const step = nn.compile((x: tf.Tensor, y: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () => {
      const [scores] = model.forward(x);
      return criterion.forward(tf.reshape(scores, [-1, vocabulary.size]), tf.reshape(y, [-1]));
    });
    nn.clipGradNorm(grads, 5);
    optimizer.step(grads);
    return loss;
  });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(tf.tidy(() => nn.item(step(x!, y!))));
  const end = vocabulary.index(learner.END);
  const written = sequences.map((ids) => {
    const tokens = tf.tidy(() => {
      const seed = Array.from(ids.slice(0, given));
      const more = learner.continueMelody(stepOf(model), seed, end, { temperature: 0, length: 60 });
      return [...seed, ...more].map((id) => vocabulary.token(id));
    });
    return learner.toNotes(tokens);
  });
  return { tokens, losses, written };
}
