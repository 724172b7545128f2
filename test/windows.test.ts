import { strict as assert } from "node:assert";
import { data } from "unrolled";

const text = "hello world";
const vocabulary = data.Vocabulary.fromText(text);
const ids = vocabulary.encode(text);

/** The rows of a column as text. */
function read({ data: numbers, shape }: data.Column): string[] {
  const width = shape[1] ?? 1;
  return Array.from({ length: shape[0] }, (_, i) => vocabulary.decode(numbers.subarray(i * width, (i + 1) * width)));
}

const all = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("data.WindowDataset", () => {
  it("makes every window of three characters and the next one, as the first notebook lists them", () => {
    const windows = new data.WindowDataset(ids, { length: 3, target: "next" });
    assert.equal(windows.length, 8);
    const { x, y } = windows.gather(all(8));
    assert.deepEqual(x.shape, [8, 3]);
    assert.deepEqual(y.shape, [8]);
    assert.deepEqual(read(x), ["hel", "ell", "llo", "lo ", "o w", " wo", "wor", "orl"]);
    assert.deepEqual(read(y), ["l", "o", " ", "w", "o", "r", "l", "d"]);
  });

  it("shifts the target by one token", () => {
    const windows = new data.WindowDataset(ids, { length: 4 });
    assert.equal(windows.length, 7);
    const { x, y } = windows.gather([6, 0]);
    assert.deepEqual(read(x), ["worl", "hell"]);
    assert.deepEqual(read(y), ["orld", "ello"]);
  });

  it("steps by the stride, and takes the last window that has a target", () => {
    const starts = (length: number, stride: number) => {
      const windows = new data.WindowDataset(Int32Array.from(all(11)), { length, stride });
      return Array.from(windows.gather(all(windows.length)).x.data).filter((_, i) => i % length === 0);
    };
    assert.deepEqual(starts(3, 3), [0, 3, 6]);
    assert.deepEqual(starts(2, 4), [0, 4, 8]);
    assert.deepEqual(starts(10, 5), [0]);
  });

  it("copies, so that a batch can be changed without changing the text", () => {
    const own = ids.slice();
    const { x } = new data.WindowDataset(own, { length: 3 }).gather([0]);
    x.data[0] = 7;
    assert.deepEqual(own, ids);
  });

  it("explains a text that is empty or shorter than the window", () => {
    assert.throws(() => new data.WindowDataset(new Int32Array(0), { length: 3 }), /WindowDataset: .* empty/);
    assert.throws(() => new data.WindowDataset(ids, { length: 11 }), {
      message:
        "WindowDataset: expected at least 12 tokens for windows of 11, got 11; use a longer text or a shorter window",
    });
    assert.equal(new data.WindowDataset(ids, { length: 10 }).length, 1);
    assert.throws(() => new data.WindowDataset(ids, { length: 0 }), /window length of 1 or more, got 0/);
    assert.throws(() => new data.WindowDataset(ids, { length: 2, stride: 0 }), /stride of 1 or more, got 0/);
  });

  it("refuses numbers of windows that do not exist", () => {
    const windows = new data.WindowDataset(ids, { length: 3 });
    assert.throws(() => windows.gather([8]), /WindowDataset\.gather: expected item numbers from 0 to 7, got 8/);
    assert.throws(() => windows.gather([-1]), /got -1/);
  });
});

describe("data.prepareSequences", () => {
  it("cuts 328 characters into six sequences of 50, as the notebook prints", () => {
    const [inputs, targets] = data.prepareSequences(Int32Array.from(all(328)), 50);
    assert.deepEqual(inputs.shape, [6, 50]);
    assert.deepEqual(targets.shape, [6, 50]);
    assert.equal(inputs.dtype, "int32");
    assert.deepEqual(
      inputs.arraySync(),
      all(6).map((i) => all(50).map((j) => 50 * i + j)),
    );
    assert.deepEqual(
      targets.arraySync(),
      all(6).map((i) => all(50).map((j) => 50 * i + j + 1)),
    );
    inputs.dispose();
    targets.dispose();
  });

  it("ends before the last window that would just fit, as Python's range there does", () => {
    // range(0, 7 - 3 - 1, 3) is [0]: the window at 3, with its target at 4 … 6, is left out.
    const count = (tokens: number) => data.prepareSequences(new Int32Array(tokens), 3)[0].shape[0];
    assert.deepEqual([5, 6, 7, 8, 10, 11].map(count), [1, 1, 1, 2, 2, 3]);
    assert.throws(() => count(4), /prepareSequences: expected at least 5 tokens for windows of 3, got 4/);
    assert.throws(() => count(0), /empty/);
  });
});
