/**
 * Logistic regression for several classes on sparse counts, the classical baseline of text classification: softmax of a
 * linear function, with an L2 penalty, fitted exactly. The same optimum as scikit-learn's LogisticRegression.
 */
import { checkLabels } from "./classifier";
import { lbfgs } from "./lbfgs";

export interface LogisticRegressionOptions {
  /** How much the examples weigh against the penalty: small for strong regularisation, Infinity for none. */
  C?: number;
  /** Stops when no entry of the gradient of the mean loss is larger. */
  tolerance?: number;
  maxIterations?: number;
}

/** An example: the numbers of its features, each as often as it is counted. */
export type FeatureCounts = ArrayLike<number>;

/**
 * Minimises mean(−log softmax(W x + b)_y) + ‖W‖² / (2 C n); b is not penalised.
 * https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.LogisticRegression.html
 */
export class LogisticRegression {
  /** W by feature, then class: [V, C] in one row. Class c of feature v is at v · C + c. */
  readonly weights: Float64Array;
  /** b [C] */
  readonly bias: Float64Array;
  /** How many steps the fit took, and whether it reached its tolerance. */
  readonly iterations: number;
  readonly converged: boolean;
  private readonly features: number;

  /** Fits to examples of V features and their classes. Throws if there are none, and on numbers out of range. */
  constructor(
    examples: readonly FeatureCounts[],
    labels: ArrayLike<number>,
    { features, classes }: { features: number; classes: number },
    { C = 1, tolerance = 1e-4, maxIterations = 1000 }: LogisticRegressionOptions = {},
  ) {
    if (examples.length === 0 || examples.length !== labels.length) {
      throw new RangeError(
        `LogisticRegression: expected one label for each of one or more examples, got ${labels.length} for ${examples.length}`,
      );
    }
    for (const [name, value] of Object.entries({ features, classes })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`LogisticRegression: expected ${name} of 1 or more, got ${value}`);
      }
    }
    if (!(C > 0)) throw new RangeError(`LogisticRegression: expected C above 0, got ${C}`);
    checkLabels("LogisticRegression", labels, classes);
    examples.forEach((example, i) => checkFeatures(example, features, ` in example ${i}`));
    this.features = features;
    const all = features * classes;
    const parameters = new Float64Array(all + classes);
    const penalty = 1 / (C * examples.length);
    const result = lbfgs(meanLoss(examples, labels, all, classes, penalty), parameters, { tolerance, maxIterations });
    this.weights = parameters.subarray(0, all);
    this.bias = parameters.subarray(all);
    this.iterations = result.iterations;
    this.converged = result.converged;
  }

  /** The probability of each class: [C]. Throws on a feature out of range. */
  predictProba(example: FeatureCounts): Float64Array {
    checkFeatures(example, this.features);
    const scores = this.bias.slice();
    addRows(this.weights, example, 0, example.length, scores);
    softmax(scores);
    return scores;
  }
}

/** A feature out of range would make every sum NaN, or be lost in an array of whole numbers. */
function checkFeatures(example: FeatureCounts, features: number, where = ""): void {
  for (let k = 0; k < example.length; k++) {
    const feature = example[k]!;
    if (Number.isInteger(feature) && feature >= 0 && feature < features) continue;
    throw new RangeError(`LogisticRegression: expected features from 0 to ${features - 1}, got ${feature}${where}`);
  }
}

/** The penalised mean loss and its gradient. */
function meanLoss(
  examples: readonly FeatureCounts[],
  labels: ArrayLike<number>,
  all: number,
  classes: number,
  penalty: number,
) {
  // One flat array of all features: following a pointer for each example costs a third of the time.
  const ends = new Int32Array(examples.length);
  let total = 0;
  examples.forEach((example, i) => (ends[i] = total += example.length));
  const flat = new Int32Array(total);
  examples.forEach((example, i) => flat.set(example, ends[i]! - example.length));
  const scores = new Float64Array(classes);

  return (parameters: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    let squares = 0;
    for (let i = 0; i < all; i++) {
      const w = parameters[i]!;
      squares += w * w;
      gradient[i] = penalty * w;
    }
    gradient.fill(0, all);
    for (let i = 0, begin = 0; i < ends.length; i++) {
      const end = ends[i]!;
      for (let c = 0; c < classes; c++) scores[c] = parameters[all + c]!;
      addRows(parameters, flat, begin, end, scores);
      loss -= scores[labels[i]!]!;
      loss += softmax(scores);
      scores[labels[i]!]! -= 1; // p − one-hot
      for (let c = 0; c < classes; c++) gradient[all + c]! += scores[c]! /= ends.length;
      for (let k = begin; k < end; k++) {
        const row = flat[k]! * classes;
        for (let c = 0; c < classes; c++) gradient[row + c]! += scores[c]!;
      }
      begin = end;
    }
    return loss / ends.length + (penalty / 2) * squares;
  };
}

/** Adds the weights of some features to the scores of the classes. */
function addRows(weights: Float64Array, features: FeatureCounts, begin: number, end: number, scores: Float64Array) {
  const classes = scores.length;
  for (let k = begin; k < end; k++) {
    const row = features[k]! * classes;
    for (let c = 0; c < classes; c++) scores[c]! += weights[row + c]!;
  }
}

/** Makes probabilities of scores, in place; returns log Σ exp(score). */
function softmax(scores: Float64Array): number {
  let most = -Infinity;
  for (const score of scores) most = Math.max(most, score);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) sum += scores[c] = Math.exp(scores[c]! - most);
  for (let c = 0; c < scores.length; c++) scores[c]! /= sum;
  return most + Math.log(sum);
}
