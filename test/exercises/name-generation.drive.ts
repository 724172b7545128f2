/** Runs beside the learner's code: the models that PyTorch's values belong to, scripted steps, and a training. */
import * as tf from "@tensorflow/tfjs";
import { manualSeed, TorchGenerator } from "../../lib/src/random";
import { padSequences, toTensor, Vocabulary } from "../../lib/src/data";
import { stepOf, type Step } from "../../lib/src/generate";
import * as nn from "../../lib/src/nn";
import * as optim from "../../lib/src/optim";
import type * as exercise from "../../lib/src/exercises/name-generation";

type Learner = typeof exercise;
type Weights = Record<string, { shape: number[]; values: number[] }>;

const vocabularyOf = (names: readonly string[]) => Vocabulary.fromText(`^$${names.join("")}`);

export function pair(learner: Learner, name: string, names: string[]) {
  return learner.namePair(name, vocabularyOf(names));
}

/** What forward returns, with the given weights; x row by row, and the state before if any. */
export function forward(
  learner: Learner,
  { weights, sizes, x, state }: { weights: Weights; sizes: number[]; x: number[][]; state?: number[][][] },
) {
  const model = new learner.NameModel(sizes[0]!, sizes[1]!, sizes[2]!);
  const dict = Object.entries(weights).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]);
  model.loadStateDict(Object.fromEntries(dict));
  const [scores, last] = model.forward(tf.tensor2d(x, undefined, "int32"), state && tf.tensor3d(state));
  return { scores: scores.arraySync(), state: last.arraySync() };
}

export function loss(learner: Learner, scores: number[][][], y: number[][]) {
  return nn.item(learner.nameLoss(tf.tensor3d(scores), tf.tensor2d(y, undefined, "int32")));
}

/** The name that comes of a step whose scores follow a script, and what the step was given each time. */
export function writeScripted(learner: Learner, script: string, names: string[], maxLength?: number) {
  const vocabulary = vocabularyOf(names);
  const read: string[] = [];
  const states: (number | undefined)[] = [];
  const step: Step<number> = (ids, state) => {
    read.push(vocabulary.decode(ids));
    states.push(state);
    const scores = new Float32Array(vocabulary.size);
    scores[vocabulary.index(script[(states.length - 1) % script.length]!)] = 1000;
    return { scores, state: (state ?? 0) + 1 };
  };
  const name = learner.writeName(step, vocabulary, maxLength === undefined ? {} : { maxLength });
  return { name, read, states };
}

/** Names drawn from a table of scores [V, V]: the scores of the next letter depend on the present one alone. */
export function writeDrawn(
  learner: Learner,
  {
    table,
    letters,
    temperature,
    seed,
    count,
  }: { table: number[][]; letters: string; temperature: number; seed: number; count: number },
) {
  const vocabulary = Vocabulary.fromText(letters);
  const generator = new TorchGenerator(seed);
  const step: Step<undefined> = (ids) => ({ scores: Float32Array.from(table[ids[0]!]!), state: undefined });
  return Array.from({ length: count }, () =>
    learner.writeName(step, vocabulary, { temperature, generator, maxLength: 12 }),
  );
}

/** Trains on the names, and lets the model write. */
export function train(learner: Learner, { names, seed, steps }: { names: string[]; seed: number; steps: number }) {
  manualSeed(seed);
  const vocabulary = vocabularyOf(names);
  const pairs = names.map((name) => learner.namePair(name, vocabulary));
  const x = toTensor(padSequences(pairs.map((pair) => pair.x)).ids);
  const y = toTensor(padSequences(pairs.map((pair) => pair.y), { padValue: -1 }).ids); // prettier-ignore
  const model = new learner.NameModel(vocabulary.size, 16, 48);
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const step = nn.compile((x: tf.Tensor, y: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () => learner.nameLoss(model.forward(x)[0], y));
    nn.clipGradNorm(grads, 5);
    optimizer.step(grads);
    return loss;
  });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(tf.tidy(() => nn.item(step(x, y))));
  const written = Array.from({ length: 30 }, () =>
    tf.tidy(() => learner.writeName(stepOf(model), vocabulary, { temperature: 0.5, maxLength: 12 })),
  );
  return { losses, written, reason: step.reason };
}
