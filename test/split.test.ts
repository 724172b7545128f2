import { strict as assert } from "node:assert";
import { data, np, RandomState } from "unrolled";
import sklearn from "./fixtures/sklearn.json";

const arrays = ({ train, test }: data.Split) => ({ train: Array.from(train), test: Array.from(test) });

describe("data.trainTestSplit", () => {
  it("splits at random as scikit-learn does for the same seed", () => {
    for (const { n, testSize, seed, train, test } of sklearn.plain) {
      assert.deepEqual(arrays(data.trainTestSplit(n, { testSize, randomState: seed })), { train, test });
    }
  });

  it("keeps the shares of the classes as scikit-learn does, ties drawn by lot included", () => {
    for (const { labels, testSize, seed, train, test } of sklearn.stratified) {
      const split = data.trainTestSplit(labels.length, { testSize, randomState: seed, stratify: labels });
      assert.deepEqual(arrays(split), { train, test });
    }
  });

  it("keeps groups together as scikit-learn does, numbered or named", () => {
    for (const { groups, testSize, seed, train, test } of sklearn.grouped) {
      const split = data.trainTestSplit(groups.length, { testSize, randomState: seed, groups });
      assert.deepEqual(arrays(split), { train, test });
    }
  });

  it("draws from np.random unless told otherwise, and goes on in a given stream", () => {
    np.random.seed(42);
    const { n, train, test } = sklearn.plain[2];
    assert.deepEqual(arrays(data.trainTestSplit(n, { testSize: 0.2 })), { train, test });
    const randomState = new RandomState(0);
    const first = data.trainTestSplit(50, { randomState });
    assert.notDeepEqual(data.trainTestSplit(50, { randomState }), first);
  });

  it("explains splits that cannot be", () => {
    assert.throws(() => data.trainTestSplit(1), /cannot split 1 items with testSize 0.25: a part would be empty/);
    assert.throws(() => data.trainTestSplit(5, { testSize: 5 }), /a part would be empty/);
    assert.throws(() => data.trainTestSplit(5, { testSize: -1 }), /a part would be empty/);
    assert.throws(() => data.trainTestSplit(0), /cannot split 0 items/);
    assert.throws(() => data.trainTestSplit(3, { groups: ["a", "a", "a"] }), /cannot split 1 groups/);
    const stratify = ["Greek", "Greek", "Greek", "Korean"];
    assert.throws(() => data.trainTestSplit(4, { stratify }), /class Korean has only 1 item/);
    assert.throws(
      () => data.trainTestSplit(6, { stratify: [0, 0, 1, 1, 2, 2], testSize: 2 }),
      /parts of 4 and 2 items cannot both hold all 3 classes/,
    );
    assert.throws(() => data.trainTestSplit(5, { stratify }), /expected 5 entries in stratify, got 4/);
    assert.throws(() => data.trainTestSplit(4, { stratify, groups: stratify }), /cannot be combined/);
  });
});
