import { strict as assert } from "node:assert";
import { backend, nn, tf, TorchGenerator } from "unrolled";
import { assertClose } from "./close";
import pytorch from "./fixtures/nn.json";

const product = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const randn = (seed: number, shape: number[]) => tf.tensor(new TorchGenerator(seed).normal(product(shape)), shape);
const classes = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, "int32");

describe("nn losses", () => {
  before(() => backend.ready);

  for (const expected of pytorch.losses) {
    const { name, seed, shape, scale, options } = expected;
    const settings = JSON.stringify(options).replaceAll('"', "");
    it(`${name} of ${JSON.stringify(shape)} × ${scale} ${settings} has PyTorch's value and gradient`, () => {
      const logits = tf.mul(randn(seed, shape), scale);
      const targets = classes(expected.targets, shape.length > 1 ? [shape[0], ...shape.slice(2)] : []);
      const ours = {
        weight: options.weight,
        ignoreIndex: options.ignore_index,
        reduction: options.reduction as nn.Reduction | undefined,
      };
      const value = (x: tf.Tensor) =>
        name === "nll"
          ? new nn.NLLLoss(ours).forward(new nn.LogSoftmax(1).forward(x), targets)
          : new nn.CrossEntropyLoss({ ...ours, labelSmoothing: options.label_smoothing }).forward(x, targets);
      assertClose(value(logits), expected.value, "value");
      const gradient = tf.grad((x) => {
        const losses = value(x);
        return tf.sum(tf.mul(losses, randn(seed + 1, losses.shape)));
      })(logits);
      assertClose(gradient, expected.grad, "gradient");
    });
  }

  it("stay exact where a probability underflows", () => {
    const x = tf.tensor2d([1000, 0, -1000, 3], [1, 4]);
    const value = (y: number) => new nn.CrossEntropyLoss().forward(x, classes([y])).dataSync()[0];
    assert.deepEqual([0, 1, 2].map(value), [0, 1000, 2000]);
    // the same in a batch that is large enough for the other kernel
    const large = tf.tile(x, [600, 1]);
    const targets = classes(Array.from({ length: 600 }, (_, i) => i % 3));
    assertClose(new nn.CrossEntropyLoss().forward(large, targets), [1000]);
  });

  it("agree with finite differences", () => {
    const x = randn(3, [3, 4]);
    const targets = classes([1, 0, 3]);
    const loss = (x: tf.Tensor) => new nn.CrossEntropyLoss({ labelSmoothing: 0.2 }).forward(x, targets);
    const gradient = tf.grad(loss)(x).dataSync();
    const step = 1e-2;
    for (let i = 0; i < 12; i++) {
      const nudge = tf.reshape(tf.oneHot(classes([i]), 12), [3, 4]).toFloat();
      const [up, down] = [step, -step].map((h) => loss(tf.add(x, tf.mul(nudge, h))).dataSync()[0]);
      assertClose([(up - down) / (2 * step)], [gradient[i]], `gradient ${i}`, 1e-4);
    }
  });

  // The gradient was that of a constant: the second derivative of a squared loss lacked a part.
  it("have a second derivative that agrees with differences of the first", () => {
    const x = randn(3, [3, 4]);
    const targets = classes([1, 0, 3]);
    const loss = (z: tf.Tensor) => tf.sum(tf.square(new nn.NLLLoss({ reduction: "none" }).forward(z, targets)));
    const first = tf.grad((z: tf.Tensor) => loss(tf.square(z)));
    const direction = randn(4, [3, 4]);
    const second = tf.grad((z: tf.Tensor) => tf.sum(tf.mul(first(z), direction)))(x);
    const h = 1e-2;
    const at = (sign: number) => first(tf.add(x, tf.mul(direction, sign * h)));
    const differences = tf.div(tf.sub(at(1), at(-1)), 2 * h);
    assertClose(second, [...differences.dataSync()], "second derivative", 1e-3);
  });

  it("name the class that does not exist, in small and large batches", () => {
    const small = tf.zeros([2, 3]);
    const large = tf.zeros([1000, 3]);
    for (const bad of [3, -1, -100]) {
      const message = `expected targets from 0 to 2, got ${bad} at [1]`;
      const many = classes([0, bad, ...new Array<number>(998).fill(0)]);
      for (const Loss of [nn.CrossEntropyLoss, nn.NLLLoss]) {
        for (const options of [{}, { reduction: "none" as const }, { weight: [1, 2, 3] }, { ignoreIndex: 7 }]) {
          const loss = new Loss(options);
          const error = { name: "RangeError", message: `${Loss.name}.forward: ${message}` };
          assert.throws(() => loss.forward(small, classes([0, bad])), error);
          assert.throws(() => loss.forward(large, many), error);
        }
      }
    }
  });

  it("name shapes and types that do not fit", () => {
    const loss = new nn.CrossEntropyLoss();
    assert.throws(() => loss.forward(tf.zeros([4, 3]), classes([0, 1])), {
      message: "CrossEntropyLoss.forward: expected targets [4] for input [N, C, ...], got input [4, 3] and targets [2]",
    });
    assert.throws(
      () => loss.forward(tf.zeros([2, 3]), tf.tensor1d([0, 1])),
      /expected targets of type int32.*got float32/,
    );
    assert.throws(() => loss.forward(tf.zeros([0, 3]), classes([])), /expected at least one target/);
    const weighted = new nn.NLLLoss({ weight: [1, 2] });
    assert.throws(() => weighted.forward(tf.zeros([2, 3]), classes([0, 1])), /expected weight \[3\], got \[2\]/);
  });

  it("measure squared errors", () => {
    const [x, y] = [randn(1, [2, 3]), randn(2, [2, 3])];
    const squares = Array.from(x.dataSync(), (a, i) => (a - y.dataSync()[i]) ** 2);
    const sum = squares.reduce((a, b) => a + b);
    assertClose(new nn.MSELoss().forward(x, y), [sum / 6]);
    assertClose(new nn.MSELoss({ reduction: "sum" }).forward(x, y), [sum]);
    assertClose(new nn.MSELoss({ reduction: "none" }).forward(x, y), squares);
    assert.throws(
      () => new nn.MSELoss().forward(x, tf.zeros([3, 2])),
      /expected two equal shapes, got \[2, 3\] and \[3, 2\]/,
    );
  });
});
