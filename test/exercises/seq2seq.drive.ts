/** Runs beside the learner's code: the models that PyTorch's values belong to, a scripted model, and a training. */
import * as tf from "@tensorflow/tfjs";
import { manualSeed } from "../../lib/src/random";
import { padSequences, toTensor, Vocabulary, type TextPair } from "../../lib/src/data";
import * as nn from "../../lib/src/nn";
import * as optim from "../../lib/src/optim";
import type * as exercise from "../../lib/src/exercises/seq2seq";

type Learner = typeof exercise;
type Weights = Record<string, { shape: number[]; values: number[] }>;

const int = (values: number[] | number[][]) => tf.tensor(values, undefined, "int32");

function makeModel(learner: Learner, sizes: number[], weights: Weights) {
  const model = new learner.Seq2Seq(sizes[0]!, sizes[1]!, sizes[2]!, sizes[3]!);
  const dict = Object.entries(weights).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]);
  model.loadStateDict(Object.fromEntries(dict));
  return model;
}

interface Case {
  weights: Weights;
  sizes: number[];
  source: number[][];
  lengths: number[];
  inputs: number[][];
}

/** The encoder's state, with the given weights. */
export function encode(learner: Learner, { weights, sizes, source, lengths }: Case) {
  return makeModel(learner, sizes, weights).encode(int(source), int(lengths)).arraySync();
}

/** The decoder's scores and state after a state that is given. */
export function decode(learner: Learner, { weights, sizes, inputs }: Case, state: number[][][]) {
  const [scores, after] = makeModel(learner, sizes, weights).decode(int(inputs), tf.tensor3d(state));
  return { scores: scores.arraySync(), state: after.arraySync() };
}

export function forward(learner: Learner, { weights, sizes, source, lengths, inputs }: Case) {
  return makeModel(learner, sizes, weights).forward(int(source), int(lengths), int(inputs)).arraySync();
}

/** What `translate` writes with the given weights. */
export function translate(
  learner: Learner,
  { weights, sizes }: Case,
  source: number[],
  options: { start: number; end: number; maxLength: number },
) {
  return learner.translate(makeModel(learner, sizes, weights), source, options);
}

/** What `translate` writes, and what the model is asked, when its scores follow a script. */
export function translateScripted(
  learner: Learner,
  {
    source,
    script,
    start,
    end,
    maxLength,
  }: { source: number[]; script: number[]; start: number; end: number; maxLength?: number },
) {
  const asked = {
    source: [] as number[][],
    lengths: [] as number[][],
    read: [] as number[],
    states: [] as number[],
    encoded: 0,
  };
  const model = {
    encode(source: tf.Tensor, lengths: tf.Tensor) {
      asked.encoded++;
      asked.source = source.arraySync() as number[][];
      asked.lengths.push(lengths.arraySync() as number[]);
      return tf.tensor3d([[[100]]]);
    },
    decode(inputs: tf.Tensor, state: tf.Tensor): [tf.Tensor, tf.Tensor] {
      const symbol = script[asked.read.length % script.length]!;
      asked.read.push(...(inputs.arraySync() as number[][]).flat());
      asked.states.push(state.dataSync()[0]!);
      const scores = Array.from({ length: 12 }, (_, i) => (i === symbol ? 3 : -i));
      return [tf.tensor3d([[scores]]), tf.add(state, 1)];
    },
  };
  const options = maxLength === undefined ? { start, end } : { start, end, maxLength };
  return { written: [...learner.translate(model, source, options)], ...asked };
}

/** Trains on pairs, and tells for each of the tests what the model makes of it. */
export function train(
  learner: Learner,
  {
    pairs,
    tests,
    seed,
    steps,
    batchSize = 64,
  }: { pairs: TextPair[]; tests: TextPair[]; seed: number; steps: number; batchSize?: number },
) {
  manualSeed(seed);
  const sources = Vocabulary.fromText(pairs.map(({ source }) => source).join(""));
  const targets = Vocabulary.fromText(`^$${pairs.map(({ target }) => target).join("")}`);
  const [start, end] = [targets.index("^"), targets.index("$")];
  const examples = pairs.map(({ source, target }) => ({
    source: sources.encode(source),
    ...learner.teach([...targets.encode(target)], start, end),
  }));
  const batch = (i: number) => {
    const chosen = Array.from({ length: batchSize }, (_, k) => examples[(i * batchSize + k) % examples.length]!);
    const { ids, lengths } = padSequences(chosen.map(({ source }) => source)); // prettier-ignore
    const inputs = padSequences(chosen.map(({ inputs }) => inputs)).ids;
    const outputs = padSequences(chosen.map(({ outputs }) => outputs), { padValue: -1 }).ids; // prettier-ignore
    return [ids, lengths, inputs, outputs].map(toTensor) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  };
  const model = new learner.Seq2Seq(sources.size, targets.size, 16, 64);
  const criterion = new nn.CrossEntropyLoss({ ignoreIndex: -1 });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.015 });
  const step = nn.compile((source: tf.Tensor, lengths: tf.Tensor, inputs: tf.Tensor, outputs: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () => {
      const scores = model.forward(source, lengths, inputs);
      return criterion.forward(tf.reshape(scores, [-1, targets.size]), tf.reshape(outputs, [-1]));
    });
    nn.clipGradNorm(grads, 1);
    optimizer.step(grads);
    return loss;
  });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(tf.tidy(() => nn.item(step(...batch(i)))));
  const written = tests.map(({ source }) =>
    targets.decode(learner.translate(model, [...sources.encode(source)], { start, end, maxLength: 12 })),
  );
  return { losses, written };
}
