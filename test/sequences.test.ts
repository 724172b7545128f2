import { strict as assert } from "node:assert";
import { data, TorchGenerator } from "unrolled";

const sequences = [[1], [2, 3], [4, 5, 6], [7], [8, 9], [10, 11, 12, 13]];
const dataset = new data.SequenceDataset(sequences, [0, 1, 2, 0, 1, 2]);

describe("data.padSequences", () => {
  it("fills up at the end and keeps the lengths", () => {
    const { ids, lengths } = data.padSequences([[1, 2, 3], [4], [5, 6]], { padValue: 9 });
    assert.deepEqual(ids, { data: Int32Array.of(1, 2, 3, 4, 9, 9, 5, 6, 9), shape: [3, 3] });
    assert.deepEqual(lengths, { data: Int32Array.of(3, 1, 2), shape: [3] });
  });

  it("fills up to given numbers of steps, so that batches have few shapes", () => {
    const { ids, lengths } = data.padSequences([[1, 2, 3], [4]], { padValue: 9, steps: [2, 4, 8] });
    assert.deepEqual(ids, { data: Int32Array.of(1, 2, 3, 9, 4, 9, 9, 9), shape: [2, 4] });
    assert.deepEqual(lengths.data, Int32Array.of(3, 1));
    assert.deepEqual(data.padSequences([[1, 2, 3]], { steps: [2] }).ids.shape, [1, 3]);
  });

  it("refuses no sequences and empty ones", () => {
    assert.throws(() => data.padSequences([]), /at least one sequence/);
    assert.throws(() => data.padSequences([[1], []]), /sequence 1 is empty/);
  });
});

describe("data.SequenceDataset", () => {
  it("pads a batch to its own longest sequence", () => {
    const { x, y, lengths } = dataset.gather([4, 0]);
    assert.deepEqual(x, { data: Int32Array.of(8, 9, 1, 0), shape: [2, 2] });
    assert.deepEqual(y, { data: Int32Array.of(1, 0), shape: [2] });
    assert.deepEqual(lengths, { data: Int32Array.of(2, 1), shape: [2] });
    assert.deepEqual(Array.from(dataset.lengths), [1, 2, 3, 1, 2, 4]);
  });

  it("refuses labels that do not fit, empty sequences and items that are not there", () => {
    assert.throws(() => new data.SequenceDataset([[1]], [0, 1]), /one label for each of 1 sequences, got 2/);
    assert.throws(() => new data.SequenceDataset([[1], []], [0, 1]), /sequence 1 is empty/);
    assert.throws(() => dataset.gather([6]), /from 0 to 5, got 6/);
  });
});

describe("data.bucketByLength", () => {
  const batches = (options: data.BucketOptions) => {
    const sampler = data.bucketByLength(dataset.lengths, options);
    const epoch = Array.from(sampler.batches(), (batch) => Array.from(batch));
    assert.equal(epoch.length, sampler.length);
    return epoch;
  };

  it("puts equal lengths together, in order when not shuffled", () => {
    assert.deepEqual(batches({ batchSize: 10, shuffle: false }), [[0, 3], [1, 4], [2], [5]]);
    assert.deepEqual(batches({ batchSize: 1, shuffle: false }), [[0], [3], [1], [4], [2], [5]]);
  });

  it("lets lengths differ by the width of a bucket", () => {
    assert.deepEqual(batches({ batchSize: 10, width: 2, shuffle: false }), [
      [0, 1, 3, 4],
      [2, 5],
    ]);
  });

  it("has every item once in each epoch, in another order each time, the same for the same seed", () => {
    const lengths = Int32Array.from({ length: 200 }, (_, i) => 1 + (i % 7));
    const epochs = (seed: number) => {
      const sampler = data.bucketByLength(lengths, { batchSize: 8, generator: new TorchGenerator(seed) });
      return [0, 1].map(() => Array.from(sampler.batches(), (batch) => Array.from(batch)));
    };
    const [first, second] = epochs(1);
    for (const epoch of [first, second]) {
      assert.deepEqual(
        epoch.flat().sort((a, b) => a - b),
        Array.from({ length: 200 }, (_, i) => i),
      );
      for (const batch of epoch) assert.equal(new Set(batch.map((i) => lengths[i])).size, 1);
    }
    assert.notDeepEqual(first, second);
    assert.deepEqual(epochs(1), [first, second]);
    assert.notDeepEqual(epochs(2)[0], first);
    const lengthsInOrder = first.map(([i]) => lengths[i]);
    assert.notDeepEqual(lengthsInOrder, [...lengthsInOrder].sort(), "batches of different lengths are mixed");
  });

  it("feeds a DataLoader", () => {
    const batchSampler = data.bucketByLength(dataset.lengths, { batchSize: 2, shuffle: false });
    const shapes = Array.from(new data.DataLoader(dataset, { batchSampler }), ({ x, y, lengths }) => [
      x.shape,
      y.shape,
      lengths.dtype,
    ]);
    assert.deepEqual(shapes, [
      [[2, 1], [2], "int32"],
      [[2, 2], [2], "int32"],
      [[1, 3], [1], "int32"],
      [[1, 4], [1], "int32"],
    ]);
  });

  it("refuses sizes below 1", () => {
    assert.throws(() => data.bucketByLength([1], { batchSize: 0 }), /batchSize of 1 or more, got 0/);
    assert.throws(() => data.bucketByLength([1], { batchSize: 1, width: 0.5 }), /width of 1 or more, got 0.5/);
  });
});

describe("batches of few shapes", () => {
  it("fills up T to one of the given numbers, and rows with the first one and an ignored label", () => {
    const filled = new data.SequenceDataset(sequences, [0, 1, 2, 0, 1, 2], { steps: [2, 5], rows: 3, padValue: 9 });
    const { x, y, lengths } = filled.gather([4, 0]);
    assert.deepEqual(x, { data: Int32Array.of(8, 9, 1, 9, 8, 9), shape: [3, 2] });
    assert.deepEqual(y, { data: Int32Array.of(1, 0, -1), shape: [3] });
    assert.deepEqual(lengths, { data: Int32Array.of(2, 1, 2), shape: [3] });
    assert.deepEqual(filled.gather([5, 0, 1, 2]).x.shape, [4, 5]);
    const short = new data.SequenceDataset(sequences, [0, 1, 2, 0, 1, 2], { steps: [2] });
    assert.deepEqual(short.gather([5]).x.shape, [1, 4], "longer than the last number: its own length");
  });

  it("cuts lengths into buckets of about equal size", () => {
    assert.deepEqual(data.lengthBounds([5, 3, 3, 4, 9, 1], 3), [3, 5, 9]);
    assert.deepEqual(data.lengthBounds([2, 2, 2, 2, 7], 4), [2, 7]);
    assert.deepEqual(data.lengthBounds([4, 2], 1), [4]);
    assert.throws(() => data.lengthBounds([], 2), /at least one length/);
    assert.throws(() => data.lengthBounds([1], 0), /count of 1 or more, got 0/);
  });

  it("puts lengths together by bounds, what is longer with the last", () => {
    const sampler = data.bucketByLength([1, 4, 2, 3, 9, 5], { batchSize: 10, bounds: [2, 4], shuffle: false });
    assert.equal(sampler.length, 2);
    assert.deepEqual(
      Array.from(sampler.batches(), (batch) => Array.from(batch)),
      [
        [0, 2],
        [1, 3, 4, 5],
      ],
    );
  });
});
