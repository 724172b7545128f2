import { strict as assert } from "node:assert";
import { data, defaultGenerator, manualSeed, tf, TorchGenerator } from "unrolled";
import pytorch from "./fixtures/loader.json";

/** The numbers 0 … n − 1 as a data set of one column. */
const numbers = (n: number) =>
  new data.TensorDataset({ x: { data: Int32Array.from({ length: n }, (_, i) => i), shape: [n] } });

const values = (loader: data.DataLoader<"x">) => Array.from(loader, ({ x }) => Array.from(x.dataSync()));

describe("data.DataLoader", () => {
  it("shuffles as PyTorch does, two epochs in a row, and leaves the generator where PyTorch leaves it", () => {
    for (const { seed, n, batchSize, dropLast, shuffle, own, length, epochs, after } of pytorch.cases) {
      const generator = own ? new TorchGenerator(seed) : manualSeed(seed);
      const loader = new data.DataLoader(numbers(n), {
        batchSize,
        shuffle,
        dropLast,
        ...(own ? { generator } : {}),
      });
      const where = JSON.stringify({ seed, n, batchSize, dropLast, shuffle, own });
      assert.equal(loader.length, length, where);
      assert.deepEqual([values(loader), values(loader)], epochs, where);
      assert.deepEqual(Array.from(generator.randint(0, 2 ** 16, 3)), after, where);
    }
  });

  it("goes on as PyTorch does after an epoch that was broken off", () => {
    manualSeed(5);
    const loader = new data.DataLoader(numbers(10), { batchSize: 4, shuffle: true });
    for (const { x } of loader) {
      assert.deepEqual(Array.from(x.dataSync()), pytorch.broken.first);
      break;
    }
    assert.deepEqual(values(loader), pytorch.broken.whole);
  });

  it("draws when an epoch starts, not when the loader is made", () => {
    const before = manualSeed(0).getState();
    const loader = new data.DataLoader(numbers(4), { shuffle: true });
    assert.deepEqual(defaultGenerator.getState(), before);
    loader[Symbol.iterator]();
    assert.notDeepEqual(defaultGenerator.getState(), before);
  });

  it("makes int32 tensors of token numbers and float32 tensors of the rest", () => {
    const dataset = new data.TensorDataset({
      x: { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [3, 2] },
      y: { data: new Int32Array([7, 8, 9]), shape: [3] },
    });
    for (const { x, y } of new data.DataLoader(dataset, { batchSize: 3 })) {
      assert.deepEqual([x.dtype, x.shape, y.dtype, y.shape], ["float32", [3, 2], "int32", [3]]);
      assert.deepEqual(x.arraySync(), [
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
    }
  });

  it("holds one batch in memory at a time, and none after a loop, finished or broken off", () => {
    const loader = new data.DataLoader(numbers(10), { batchSize: 3 });
    const start = tf.memory().numTensors;
    for (const { x } of loader) assert.deepEqual([x.rank, tf.memory().numTensors], [1, start + 1]);
    assert.equal(tf.memory().numTensors, start);
    for (const { x } of loader) if (x.size === 3) break;
    assert.equal(tf.memory().numTensors, start);
    for (const { x } of loader) x.dispose();
    assert.equal(tf.memory().numTensors, start);
  });

  it("leaves batches to the caller when asked to", () => {
    const batches = [...new data.DataLoader(numbers(5), { batchSize: 2, keepBatches: true })];
    assert.deepEqual(
      batches.map(({ x }) => Array.from(x.dataSync())),
      [[0, 1], [2, 3], [4]],
    );
    for (const { x } of batches) x.dispose();
  });

  it("takes batches from a sampler", () => {
    const batchSampler: data.BatchSampler = { length: 2, batches: () => [[4, 0], [2]] };
    const loader = new data.DataLoader(numbers(5), { batchSampler });
    assert.equal(loader.length, 2);
    assert.deepEqual(values(loader), [[4, 0], [2]]);
    assert.throws(() => new data.DataLoader(numbers(5), { batchSampler, shuffle: true }), /batchSampler says itself/);
  });

  it("explains a batch size that cannot be and a data set with nothing to shuffle", () => {
    assert.throws(() => new data.DataLoader(numbers(5), { batchSize: 0 }), /batchSize of 1 or more, got 0/);
    assert.throws(() => new data.DataLoader(numbers(5), { batchSize: 2.5 }), /got 2.5/);
    assert.throws(() => new data.DataLoader(numbers(0), { shuffle: true }), /empty data set/);
    assert.deepEqual(values(new data.DataLoader(numbers(0))), []);
  });
});

describe("data.TensorDataset", () => {
  it("refuses columns that do not fit together", () => {
    const column = (n: number) => ({ data: new Int32Array(n), shape: [n] });
    assert.throws(() => new data.TensorDataset({ x: column(3), y: column(2) }), /same number of rows, got x 3, y 2/);
    assert.throws(
      () => new data.TensorDataset({ x: { data: new Int32Array(5), shape: [2, 2] } }),
      /x has 5 numbers for the shape \[2, 2\]/,
    );
    assert.throws(() => new data.TensorDataset({}), /at least one column/);
    assert.throws(() => numbers(3).gather([3]), /from 0 to 2, got 3/);
  });

  it("shows a part of itself as a Subset", () => {
    const subset = new data.Subset(numbers(10), [9, 3, 5]);
    assert.equal(subset.length, 3);
    assert.deepEqual(Array.from(subset.gather([2, 0]).x.data), [5, 9]);
    assert.throws(() => subset.gather([3]), /Subset\.gather: expected item numbers from 0 to 2, got 3/);
    assert.throws(() => new data.Subset(numbers(2), [2]), /Subset: expected item numbers from 0 to 1, got 2/);
  });
});
