/**
 * What every classifier of short texts can do, however it works inside: give each text a probability for each class. Here is
 * how such a classifier is asked and judged; the classifiers are in the files beside this one.
 */
import type { NameExample } from "../data";
import { accuracy, argmax, confusionMatrix, macroF1, perClass, topK, type ClassMetrics } from "../metrics";

/** A trained classifier of texts. */
export interface TextClassifier {
  /** The classes, in the order of their numbers. */
  readonly classes: readonly string[];
  /** The probability of each class for each text: N rows of C. */
  predictProba(texts: readonly string[]): Float64Array[];
}

/** One answer of a classifier. */
export interface Guess {
  label: string;
  probability: number;
}

/** The k likeliest classes of a text, likeliest first. */
export function topClasses(model: TextClassifier, text: string, k = 3): Guess[] {
  const scores = model.predictProba([text]);
  const best = topK(scores, Math.min(k, model.classes.length))[0]!;
  return best.map((i) => ({ label: model.classes[i]!, probability: scores[0]![i]! }));
}

/** Throws a RangeError that names the first label which is not the number of one of so many classes. */
export function checkLabels(caller: string, labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new RangeError(`${caller}: expected labels from 0 to ${classes - 1}, got ${label} for example ${i}`);
  }
}

/** How good a classifier is on some examples. */
export interface Evaluation {
  /** The mean of −log p of the true class, in nats. */
  loss: number;
  /** The share of examples whose true class is the likeliest … */
  top1: number;
  /** … or among the two likeliest. */
  top2: number;
  /** The mean F1 of the classes, small ones counting as much as large ones. */
  macroF1: number;
  /** Counts by true class (row) and predicted class (column): [C, C]. */
  confusion: number[][];
  /** Precision, recall and F1 of each class: [C]. */
  perClass: ClassMetrics[];
  /** The likeliest class of each example: [N]. */
  predicted: Int32Array;
  /** The probabilities: N rows of C. */
  probabilities: Float64Array[];
}

/** Judges a classifier by examples. Throws if there are none. */
export function evaluate(model: TextClassifier, examples: readonly NameExample[]): Evaluation {
  if (examples.length === 0) throw new RangeError("evaluate: expected at least one example, got none");
  const probabilities = model.predictProba(examples.map(({ name }) => name));
  const labels = examples.map(({ label }) => label);
  const predicted = argmax(probabilities);
  const confusion = confusionMatrix(predicted, labels, model.classes.length);
  const losses = labels.map((label, i) => -Math.log(Math.max(probabilities[i]![label]!, Number.MIN_VALUE)));
  return {
    loss: losses.reduce((a, b) => a + b) / losses.length,
    top1: accuracy(predicted, labels),
    top2: accuracy(probabilities, labels, { k: Math.min(2, model.classes.length) }),
    macroF1: macroF1(confusion),
    confusion,
    perClass: perClass(confusion),
    predicted,
    probabilities,
  };
}
