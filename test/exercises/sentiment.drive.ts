/** Runs beside the learner's code: the models that PyTorch's values belong to, and a training. */
import * as tf from "@tensorflow/tfjs";
import { manualSeed } from "../../lib/src/random";
import { trainTestSplit, Vocabulary, type Opinion } from "../../lib/src/data";
import * as nn from "../../lib/src/nn";
import * as optim from "../../lib/src/optim";
import type * as exercise from "../../lib/src/exercises/sentiment";

type Learner = typeof exercise;
type Weights = Record<string, { shape: number[]; values: number[] }>;

const int = (values: number[] | number[][]) => tf.tensor(values, undefined, "int32");

/** What toBatch makes of sentences, and these afterwards. */
export function batch(learner: Learner, sentences: string[][], tokens: string[]) {
  const batch = learner.toBatch(sentences, new Vocabulary(tokens, { order: "appearance", unknown: "<unknown>" }));
  return { batch, sentences };
}

/** The names and shapes of the model's parameters, in order. */
export function parameters(learner: Learner, sizes: number[]) {
  const model = new learner.SentimentModel(sizes[0]!, sizes[1]!, sizes[2]!);
  return model.namedParameters().map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
}

/** The scores of a batch of sentences, with the given weights. */
export function forward(
  learner: Learner,
  { weights, sizes, ids, lengths }: { weights: Weights; sizes: number[]; ids: number[][]; lengths: number[] },
) {
  const model = new learner.SentimentModel(sizes[0]!, sizes[1]!, sizes[2]!);
  const dict = Object.entries(weights).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]);
  model.loadStateDict(Object.fromEntries(dict));
  return model.forward(int(ids), int(lengths)).arraySync();
}

/** Trains on three quarters of the opinions, as one batch, and tells how many of the others are judged rightly. */
export function train(
  learner: Learner,
  { opinions, seed, steps }: { opinions: Opinion[]; seed: number; steps: number },
) {
  manualSeed(seed);
  const words = opinions.map(({ sentence }) => learner.tokenise(sentence));
  const labels = opinions.map(({ label }) => label);
  const { train, test } = trainTestSplit(opinions.length, { testSize: 0.25, randomState: seed });
  const vocabulary = new Vocabulary(["<pad>", ...[...train].flatMap((i) => words[i]!)], { order: "appearance", unknown: "<unknown>" }); // prettier-ignore
  const tensors = (chosen: Iterable<number>) => {
    const list = [...chosen];
    const { ids, lengths } = learner.toBatch(list.map((i) => words[i]!), vocabulary); // prettier-ignore
    return { ids: int(ids), lengths: int(lengths), y: int(list.map((i) => labels[i]!)) };
  };
  const model = new learner.SentimentModel(vocabulary.size, 24, 32);
  const criterion = new nn.CrossEntropyLoss();
  // So much weight decay keeps it from learning 180 sentences by heart: without it a third of the others is judged wrongly.
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.02, weightDecay: 3 });
  const step = nn.compile((ids: tf.Tensor, lengths: tf.Tensor, y: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(model.forward(ids, lengths), y));
    nn.clipGradNorm(grads, 5);
    optimizer.step(grads);
    return loss;
  });
  const { ids, lengths, y } = tensors(train);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(tf.tidy(() => nn.item(step(ids, lengths, y))));
  const held = tensors(test);
  const right = tf.equal(tf.argMax(model.forward(held.ids, held.lengths), 1), held.y);
  return { losses, accuracy: nn.item(tf.mean(tf.cast(right, "float32"))) };
}
