/**
 * Splitting a data set into a part to learn from and a part to judge by: at random, with equal shares of every class, or
 * by groups that must not be torn apart. The same items as scikit-learn's splitters choose for the same seed.
 */
import { np, RandomState } from "../random";
import { compareCodePoints } from "./vocabulary";

export interface SplitOptions {
  /** The share (below 1) or the number (from 1) of items, or of groups, for testing (default 0.25). */
  testSize?: number;
  /** The seed, or the generator to draw from; `np.random` unless given. */
  randomState?: number | RandomState;
  /** The class of each item: both parts get the same share of every class. */
  stratify?: ArrayLike<number | string>;
  /** The group of each item: no group has items in both parts. Not together with `stratify`. */
  groups?: ArrayLike<number | string>;
}

/** Item numbers of the two parts. */
export interface Split {
  train: Int32Array;
  test: Int32Array;
}

/**
 * Splits n items (or the given ones) into two parts.
 *
 * Follows scikit-learn 1.9: ShuffleSplit, with `stratify` StratifiedShuffleSplit, with `groups` GroupShuffleSplit (whose
 * parts come back in order). Throws if a part would be empty, a class has fewer than 2 items, or a part has fewer items
 * than there are classes.
 * https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html
 */
export function trainTestSplit(n: number, options: SplitOptions = {}): Split {
  const { testSize = 0.25, randomState = np.random, stratify, groups } = options;
  const random = typeof randomState === "number" ? new RandomState(randomState) : randomState;
  if (stratify && groups) throw new TypeError("trainTestSplit: stratify and groups cannot be combined");
  for (const [name, of] of Object.entries({ stratify, groups })) {
    if (of && of.length !== n)
      throw new RangeError(`trainTestSplit: expected ${n} entries in ${name}, got ${of.length}`);
  }
  if (groups) return splitGroups(groups, testSize, random);
  const nTest = testCount(n, testSize, "items");
  if (stratify) return splitClasses(stratify, n - nTest, nTest, random);
  const order = random.permutation(n);
  return { train: order.slice(nTest), test: order.slice(0, nTest) };
}

/** How many of n are for testing: ⌈share · n⌉, or the number itself. Throws if either part would be empty. */
function testCount(n: number, testSize: number, what: string): number {
  const count = testSize < 1 ? Math.ceil(testSize * n) : testSize;
  if (!Number.isInteger(count) || count < 1 || count >= n) {
    throw new RangeError(`trainTestSplit: cannot split ${n} ${what} with testSize ${testSize}: a part would be empty`);
  }
  return count;
}

function splitGroups(groups: ArrayLike<number | string>, testSize: number, random: RandomState): Split {
  const { classes, members } = byClass(groups);
  const nTest = testCount(classes.length, testSize, "groups");
  const order = random.permutation(classes.length);
  const collect = (chosen: Int32Array) => Int32Array.from([...chosen].flatMap((group) => members[group]!)).sort();
  return { train: collect(order.slice(nTest)), test: collect(order.slice(0, nTest)) };
}

function splitClasses(labels: ArrayLike<number | string>, nTrain: number, nTest: number, random: RandomState): Split {
  const { classes, members } = byClass(labels);
  const counts = members.map(({ length }) => length);
  const single = counts.findIndex((count) => count < 2);
  if (single >= 0) {
    throw new RangeError(
      `trainTestSplit: class ${classes[single]} has only 1 item, too few for both parts: add one or leave it out`,
    );
  }
  if (Math.min(nTrain, nTest) < classes.length) {
    throw new RangeError(
      `trainTestSplit: parts of ${nTrain} and ${nTest} items cannot both hold all ${classes.length} classes`,
    );
  }
  const trainCounts = share(counts, nTrain, random);
  const left = counts.map((count, i) => count - trainCounts[i]!);
  const testCounts = share(left, nTest, random);
  const train: number[] = [];
  const test: number[] = [];
  members.forEach((items, i) => {
    const order = Array.from(random.permutation(items.length), (j) => items[j]!);
    train.push(...order.slice(0, trainCounts[i]));
    test.push(...order.slice(trainCounts[i], trainCounts[i]! + testCounts[i]!));
  });
  return { train: Int32Array.from(random.permutation(train)), test: Int32Array.from(random.permutation(test)) };
}

/** The distinct values in order, and the items that have each. */
function byClass(labels: ArrayLike<number | string>): { classes: (number | string)[]; members: number[][] } {
  const items = new Map<number | string, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const known = items.get(label);
    if (known) known.push(i);
    else items.set(label, [i]);
  }
  const classes = [...items.keys()].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : compareCodePoints(String(a), String(b)),
  );
  return { classes, members: classes.map((label) => items.get(label)!) };
}

/**
 * Deals `total` draws to the classes in proportion to their counts: the whole parts, then one more each for the largest
 * remainders, equal remainders by lot (scikit-learn's _approximate_mode).
 */
function share(counts: readonly number[], total: number, random: RandomState): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((count) => (count / sum) * total);
  const dealt = exact.map(Math.floor);
  const remainders = exact.map((value, i) => value - dealt[i]!);
  let missing = Math.trunc(total - dealt.reduce((a, b) => a + b, 0));
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = remainders.flatMap((remainder, i) => (remainder === value ? [i] : []));
    const size = Math.min(tied.length, missing);
    for (const i of random.choice(tied, { size, replace: false })) dealt[i]!++;
    missing -= size;
  }
  return dealt;
}
