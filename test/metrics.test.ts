import { strict as assert } from "node:assert";
import { metrics, tf } from "unrolled";
import sklearn from "./fixtures/sklearn.json";

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} ${expected}`);

describe("metrics", () => {
  it("agrees with scikit-learn on accuracy, top-k accuracy and the confusion matrix", () => {
    for (const { scores, targets, predicted, classes, accuracy, top, matrix } of sklearn.measures) {
      assert.deepEqual(Array.from(metrics.argmax(scores)), predicted);
      close(metrics.accuracy(scores, targets), accuracy);
      close(metrics.accuracy(predicted, targets), accuracy);
      top.forEach((expected, i) => close(metrics.accuracy(scores, targets, { k: i + 1 }), expected));
      assert.deepEqual(metrics.confusionMatrix(predicted, targets, classes), matrix);
    }
  });

  it("agrees with scikit-learn on precision, recall and F1, for classes that are absent or never called, too", () => {
    for (const { matrix, precision, recall, f1, support, macroF1 } of sklearn.measures) {
      metrics.perClass(matrix).forEach((measured, i) => {
        close(measured.precision, precision[i]);
        close(measured.recall, recall[i]);
        close(measured.f1, f1[i]);
        assert.equal(measured.support, support[i]);
      });
      close(metrics.macroF1(matrix), macroF1);
    }
  });

  it("takes tensors as well as arrays", () => {
    const { scores, targets, predicted, accuracy, top } = sklearn.measures[1];
    tf.tidy(() => {
      const y = tf.tensor1d(targets, "int32");
      close(metrics.accuracy(tf.tensor2d(scores), y), accuracy);
      close(metrics.accuracy(tf.tensor2d(scores), y, { k: 2 }), top[1]);
      close(metrics.accuracy(tf.tensor1d(predicted, "int32"), y), accuracy);
    });
  });

  it("takes the first of equal scores, as PyTorch's argmax, and never counts NaN as right", () => {
    assert.deepEqual(metrics.topK([[1, 3, 3, 2]], 3), [[1, 2, 3]]);
    assert.equal(metrics.accuracy([[NaN, NaN]], [1]), 0);
    assert.equal(metrics.accuracy([[0, NaN]], [1]), 0);
    assert.deepEqual(metrics.topK([[NaN, -Infinity, 0]], 3)[0][0], 2);
  });

  it("answers nothing to no items", () => {
    assert.deepEqual(metrics.argmax([]), new Int32Array(0));
    assert.deepEqual(metrics.topK([], 3), []);
    tf.tidy(() => assert.deepEqual(metrics.argmax(tf.zeros([0, 3])), new Int32Array(0)));
  });

  // Such a target stood for a score of another item, or for none, and none was ever behind: −1 as a filler counted as right.
  it("refuses a target that is no class, and names the item", () => {
    const scores = [[1, 2, 3], [9, 8, 7]]; // prettier-ignore
    assert.equal(metrics.accuracy(scores, [2, 0]), 1);
    assert.throws(() => metrics.accuracy(scores, [-1, 0]), {
      name: "RangeError",
      message: "accuracy: expected targets from 0 to 2, got -1 at item 0",
    });
    assert.throws(() => metrics.accuracy(scores, [2, 3]), /expected targets from 0 to 2, got 3 at item 1/);
    assert.throws(() => metrics.accuracy(scores, [0.5, 0], { k: 2 }), /from 0 to 2, got 0.5 at item 0/);
    assert.throws(() => metrics.accuracy(scores, [NaN, 0]), /from 0 to 2, got NaN at item 0/);
    assert.throws(
      () => metrics.accuracy([1, -1], [1, -1]),
      /accuracy: expected targets that are whole numbers >= 0, got -1 at item 1/,
    );
    tf.tidy(() => {
      const y = tf.tensor1d([0, 5], "int32");
      assert.throws(() => metrics.accuracy(tf.tensor2d(scores), y), /from 0 to 2, got 5 at item 1/);
    });
  });

  it("gives the vocabulary size as the perplexity of guessing", () => {
    close(metrics.perplexity(Math.log(29)), 29);
  });

  it("explains what does not fit", () => {
    assert.throws(
      () => metrics.accuracy([1, 2], [1]),
      /accuracy: expected one prediction for each target, got 2 for 1/,
    );
    assert.throws(() => metrics.accuracy([], []), /at least one item/);
    assert.throws(() => metrics.accuracy([1], [1], { k: 2 }), /scores \[N, V\] are needed/);
    assert.throws(() => metrics.accuracy([[1, 2]], [1], { k: 3 }), /k from 1 to 2, got 3/);
    assert.throws(() => metrics.argmax([[], []]), /argmax: expected scores of at least one class, got none/);
    assert.throws(() => metrics.topK([[1, 2], [1]], 1), /row 1 has 1 scores, the first has 2/);
    assert.throws(() => metrics.topK(tf.zeros([2, 2, 2]), 1), /expected scores \[N, V\], got \[2, 2, 2\]/);
    assert.throws(() => metrics.confusionMatrix([0, 3], [0, 1], 3), /classes from 0 to 2, got 3 at item 1/);
    assert.throws(() => metrics.confusionMatrix([0], [0.5], 3), /got 0.5 at item 0/);
    assert.throws(() => metrics.confusionMatrix([0], [], 3), /got 1 for 0/);
  });
});
