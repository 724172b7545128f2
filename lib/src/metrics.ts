/**
 * How good predictions are: accuracy, confusion matrix, precision, recall and F1 for each class, perplexity. The figures
 * are scikit-learn's for the same numbers. Losses to train with are in nn.
 */
import type * as tf from "@tensorflow/tfjs";

/** Scores of V classes for each of N items: a tensor [N, V], or rows of numbers. */
export type Scores = tf.Tensor | readonly ArrayLike<number>[];

/** One whole number for each of N items: a tensor [N] or an array. */
export type Labels = tf.Tensor | ArrayLike<number>;

/** The k best classes of each item, best first: N arrays of k. Equal scores go by number; NaN comes last. */
export function topK(scores: Scores, k: number): number[][] {
  const { data, rows, classes } = read("topK", scores);
  if (rows === 0) return [];
  checkK("topK", k, classes);
  return Array.from({ length: rows }, (_, i) => {
    const order = Array.from({ length: classes }, (_, j) => j);
    return order.sort((a, b) => (better(data, i * classes, a, b) ? -1 : 1)).slice(0, k);
  });
}

/** The best class of each item, the first of equals: [N]. */
export function argmax(scores: Scores): Int32Array {
  const { data, rows, classes } = read("argmax", scores);
  if (rows === 0) return new Int32Array(0);
  checkK("argmax", 1, classes);
  const best = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < classes; j++) if (better(data, i * classes, j, best[i]!)) best[i] = j;
  }
  return best;
}

/**
 * The share of items whose true class has one of the k best scores. Scores [N, V] or, for k = 1, predicted classes [N];
 * targets [N]. Throws if the numbers of items differ or there is none, and on a target that is no class, such as a filler
 * of −1: leave such items out first.
 */
export function accuracy(predicted: Scores | Labels, targets: Labels, { k = 1 }: { k?: number } = {}): number {
  const actual = labels(targets);
  if (actual.length === 0) throw new RangeError("accuracy: expected at least one item, got none");
  let right = 0;
  if (isScores(predicted)) {
    const { data, rows, classes } = read("accuracy", predicted);
    checkK("accuracy", k, classes);
    checkSameLength("accuracy", rows, actual.length);
    checkTargets("accuracy", actual, classes);
    for (let i = 0; i < rows; i++) {
      let ahead = 0;
      for (let j = 0; j < classes; j++) if (better(data, i * classes, j, actual[i]!)) ahead++;
      if (ahead < k) right++;
    }
  } else {
    if (k !== 1) throw new TypeError("accuracy: with k above 1 scores [N, V] are needed, got predicted classes [N]");
    const called = labels(predicted);
    checkSameLength("accuracy", called.length, actual.length);
    checkTargets("accuracy", actual);
    for (let i = 0; i < called.length; i++) if (called[i] === actual[i]) right++;
  }
  return right / actual.length;
}

/**
 * Counts by true class (row) and predicted class (column): [V, V].
 * Throws if the numbers of items differ, or a class is not a whole number from 0 to V − 1.
 */
export function confusionMatrix(predicted: Labels, targets: Labels, classes: number): number[][] {
  const columns = labels(predicted);
  const rows = labels(targets);
  checkSameLength("confusionMatrix", columns.length, rows.length);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < rows.length; i++) {
    for (const label of [rows[i]!, columns[i]!]) {
      if (!Number.isInteger(label) || label < 0 || label >= classes) {
        throw new RangeError(`confusionMatrix: expected classes from 0 to ${classes - 1}, got ${label} at item ${i}`);
      }
    }
    matrix[rows[i]!]![columns[i]!]!++;
  }
  return matrix;
}

/** How one class is recognised; 0 where there is nothing to divide by, as scikit-learn's zero_division=0. */
export interface ClassMetrics {
  /** Of the items called this class, the share that are. */
  precision: number;
  /** Of the items of this class, the share called so. */
  recall: number;
  /** Harmonic mean of both: 2 · precision · recall / (precision + recall). */
  f1: number;
  /** The number of items of this class. */
  support: number;
}

/** Precision, recall, F1 and support of each class of a confusion matrix: V entries. */
export function perClass(matrix: readonly (readonly number[])[]): ClassMetrics[] {
  return matrix.map((row, i) => {
    const hits = row[i]!;
    const support = row.reduce((sum, count) => sum + count, 0);
    const called = matrix.reduce((sum, other) => sum + other[i]!, 0);
    return {
      precision: called === 0 ? 0 : hits / called,
      recall: support === 0 ? 0 : hits / support,
      f1: called + support === 0 ? 0 : (2 * hits) / (called + support),
      support,
    };
  });
}

/** The mean F1 over all classes of a confusion matrix, small classes counting as much as large ones. */
export function macroF1(matrix: readonly (readonly number[])[]): number {
  return perClass(matrix).reduce((sum, { f1 }) => sum + f1, 0) / matrix.length;
}

/** exp(loss) for a mean cross-entropy in nats: among how many equally likely tokens the model is, as it were, choosing. */
export function perplexity(meanLoss: number): number {
  return Math.exp(meanLoss);
}

function isTensor(value: unknown): value is tf.Tensor {
  return typeof (value as tf.Tensor).dataSync === "function";
}

function isScores(value: Scores | Labels): value is Scores {
  return isTensor(value) ? value.rank === 2 : Array.isArray(value) && typeof value[0] === "object";
}

function labels(value: Labels): ArrayLike<number> {
  return isTensor(value) ? value.dataSync() : value;
}

/** Flat scores, row after row. */
function read(where: string, scores: Scores): { data: ArrayLike<number>; rows: number; classes: number } {
  if (isTensor(scores)) {
    if (scores.rank !== 2) throw new RangeError(`${where}: expected scores [N, V], got [${scores.shape.join(", ")}]`);
    return { data: scores.dataSync(), rows: scores.shape[0]!, classes: scores.shape[1]! };
  }
  const classes = scores[0]?.length ?? 0;
  const odd = scores.findIndex(({ length }) => length !== classes);
  if (odd >= 0)
    throw new RangeError(`${where}: row ${odd} has ${scores[odd]!.length} scores, the first has ${classes}`);
  return { data: scores.flatMap((row) => Array.from(row)), rows: scores.length, classes };
}

/** Whether class a stands before class b: by score, then by number; NaN stands last. */
function better(data: ArrayLike<number>, row: number, a: number, b: number): boolean {
  const x = data[row + a]!;
  const y = data[row + b]!;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(y) && (!Number.isNaN(x) || a < b);
  return x > y || (x === y && a < b);
}

function checkK(where: string, k: number, classes: number): void {
  if (classes === 0) throw new RangeError(`${where}: expected scores of at least one class, got none`);
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new RangeError(`${where}: expected k from 1 to ${classes}, got ${k}`);
  }
}

function checkTargets(where: string, targets: ArrayLike<number>, classes = Infinity): void {
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    if (Number.isInteger(target) && target >= 0 && target < classes) continue;
    const expected = classes === Infinity ? "that are whole numbers >= 0" : `from 0 to ${classes - 1}`;
    throw new RangeError(`${where}: expected targets ${expected}, got ${target} at item ${i}`);
  }
}

function checkSameLength(where: string, predicted: number, targets: number): void {
  if (predicted !== targets) {
    throw new RangeError(`${where}: expected one prediction for each target, got ${predicted} for ${targets}`);
  }
}
