/**
 * Training of a NameClassifier: AdamW with a one-cycle learning rate and clipped gradients, on batches of names of about
 * equal length, each step one compiled graph.
 */
import * as tf from "@tensorflow/tfjs";
import { bucketByLength, DataLoader, lengthBounds, SequenceDataset, type NameExample } from "../data";
import { clipGradNorm, compile, CrossEntropyLoss, valueAndGrads } from "../nn";
import { AdamW, OneCycleLR } from "../optim";
import { fit, type FitOptions, type History } from "../train";
import type { NameClassifier } from "./name-classifier";

/** How many buckets of lengths there are at most. Each costs one graph, built in about 0.4 s; 4 pad by a tenth. */
const BUCKETS = 4;

export interface ClassifierTraining extends Omit<FitOptions, "history"> {
  batchSize?: number;
  /** The highest learning rate of the cycle. */
  lr?: number;
  weightDecay?: number;
  /** The largest norm of the gradients. */
  clip?: number;
  /**
   * How much `neighbourLoss` counts beside the loss of the labels, for a model that has it. The copies of its first name that
   * fill up a batch of fewer than `batchSize` names count in it as names do.
   */
  neighbourWeight?: number;
  /** A factor for the loss of each class; "balanced": n / (C · count), as in scikit-learn. */
  classWeights?: readonly number[] | "balanced";
}

/**
 * Trains a classifier on examples for some epochs and returns what `fit` returns. All randomness (order, dropout) comes
 * from the global generator: `manualSeed` makes it repeatable. Throws as `fit`.
 */
export async function trainClassifier(
  model: NameClassifier,
  examples: readonly NameExample[],
  {
    epochs = 14,
    batchSize = 64,
    lr = 5e-3,
    weightDecay = 0.01,
    clip = 1,
    neighbourWeight = 0.5,
    classWeights,
    ...options
  }: ClassifierTraining = {},
): Promise<History> {
  if (examples.length === 0) throw new RangeError("trainClassifier: expected at least one example, got none");
  if (!Number.isInteger(epochs) || epochs < 0) {
    throw new RangeError(`trainClassifier: expected epochs of 0 or more, got ${epochs}`);
  }
  const sequences = examples.map(({ name }) => model.encode(name));
  const labels = examples.map(({ label }) => label);
  const lengths = sequences.map(({ length }) => length);
  const bounds = lengthBounds(lengths, BUCKETS);
  const loader = new DataLoader(new SequenceDataset(sequences, labels, { steps: bounds, rows: batchSize }), {
    batchSampler: bucketByLength(lengths, { batchSize, bounds }),
  });
  const made: { dispose(): void }[] = []; // freed also when what comes next cannot be made
  const own = <T extends { dispose(): void }>(thing: T): T => {
    made.unshift(thing);
    return thing;
  };
  try {
    const weight =
      classWeights === undefined
        ? undefined
        : own(tf.tensor1d(classWeights === "balanced" ? balanced(labels, model.classes.length) : [...classWeights]));
    const criterion = new CrossEntropyLoss({ ignoreIndex: -1, ...(weight ? { weight } : {}) });
    const optimizer = own(new AdamW(model.parameters(), { lr, weightDecay }));
    const schedule = new OneCycleLR(optimizer, { maxLr: lr, totalSteps: Math.max(2, epochs * loader.length) });
    const learn = (x: tf.Tensor, y: tf.Tensor, lengths: tf.Tensor) => {
      const { loss, grads } = valueAndGrads(model, () => {
        const { scores, states } = model.run(x, lengths);
        const loss = criterion.forward(scores, y);
        if (!model.neighbours) return loss;
        return tf.add(loss, tf.mul(model.neighbourLoss(states, x, lengths), neighbourWeight));
      });
      clipGradNorm(grads, clip);
      optimizer.step(grads);
      return loss;
    };
    const step = own(compile(learn));
    model.train();
    return await fit(
      ({ x, y, lengths }) => {
        const loss = step(x, y, lengths);
        schedule.step();
        return loss;
      },
      loader,
      { ...options, epochs },
    );
  } finally {
    model.eval();
    for (const thing of made) thing.dispose();
  }
}

/** Weights that make all classes count the same: n / (C · count); a class without examples gets 0. */
function balanced(labels: readonly number[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classes * count)));
}
