import { strict as assert } from "node:assert";
import { backend, manualSeed, nn, tf, TorchGenerator } from "unrolled";
import { assertClose } from "./close";
import pytorch from "./fixtures/nn.json";

const product = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const randn = (seed: number, shape: number[]) =>
  tf.tensor(new TorchGenerator(seed).normal(product(shape)), shape) as tf.Tensor;

type AnyLayer = nn.Module & { forward(x: tf.Tensor): tf.Tensor };

const layers: Record<string, () => AnyLayer> = {
  linear: () => new nn.Linear(4, 3),
  linearNoBias: () => new nn.Linear(4, 3, { bias: false }),
  embedding: () => new nn.Embedding(6, 3),
  embeddingPadded: () => new nn.Embedding(6, 3, { paddingIdx: 2 }),
  embeddingLarge: () => new nn.Embedding(200, 2),
  tanh: () => new nn.Tanh(),
  relu: () => new nn.ReLU(),
  sigmoid: () => new nn.Sigmoid(),
  softmax: () => new nn.Softmax(),
  logSoftmax: () => new nn.LogSoftmax(),
  logSoftmax1: () => new nn.LogSoftmax(1),
  flatten: () => new nn.Flatten(),
};

describe("nn layers", () => {
  before(() => backend.ready);

  for (const [index, expected] of pytorch.layers.entries()) {
    const { name, seed, shape, high } = expected;
    it(`${name} on [${shape.join(", ")}] has PyTorch's initial weights, output and gradients (${index})`, () => {
      manualSeed(seed);
      const layer = layers[name]();
      const state = expected.state as Record<string, number[]>;
      assert.deepEqual(Object.keys(layer.stateDict()), Object.keys(state));
      for (const [key, value] of Object.entries(layer.stateDict())) {
        assert.deepEqual(value.dataSync(), Float32Array.from(state[key]), `initial ${key}, bit for bit`);
      }

      const input =
        high === null
          ? randn(seed, shape)
          : tf.tensor(new TorchGenerator(seed).randint(0, high, product(shape)), shape, "int32");
      const output = layer.forward(input);
      assert.deepEqual(output.shape, expected.outputShape);
      assertClose(output, expected.output, "output");

      const weights = randn(seed + 1, output.shape);
      const loss = () => tf.sum(tf.mul(layer.forward(input), weights)) as tf.Scalar;
      const grads = expected.grads as Record<string, number[]>;
      if (high === null) assertClose(tf.grad(() => loss())(input), grads.input, "gradient of the input");
      if (layer.parameters().length > 0) {
        const got = nn.valueAndGrads(layer, loss).grads;
        for (const [key, value] of Object.entries(got)) assertClose(value, grads[key], `gradient of ${key}`);
        assert.deepEqual(
          Object.keys(got),
          Object.keys(grads).filter((key) => key !== "input"),
        );
      }
    });
  }

  it("name the input that does not fit", () => {
    assert.throws(() => new nn.Linear(4, 3).forward(tf.zeros([2, 5])), {
      message: "Linear.forward: expected input [..., 4], got [2, 5]",
    });
    assert.throws(
      () => new nn.LogSoftmax(2).forward(tf.zeros([2, 5])),
      /expected an input with an axis 2, got \[2, 5\]/,
    );
    assert.throws(
      () => new nn.Flatten(1, 3).forward(tf.zeros([2, 5])),
      /expected an input with axes 1 to 3, got \[2, 5\]/,
    );
  });
});

describe("nn.Embedding", () => {
  const ids = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, "int32");

  it("names the id that has no row, and where it stands", () => {
    const embedding = new nn.Embedding(5, 2);
    for (const bad of [5, -1, 1000]) {
      assert.throws(() => embedding.forward(ids([0, 1, 4, 2, bad, 3], [2, 3])), {
        name: "RangeError",
        message: `Embedding.forward: expected ids from 0 to 4, got ${bad} at [1, 1]`,
      });
    }
    assert.throws(() => embedding.forward(tf.tensor1d([1])), /expected ids of type int32, got float32/);
    assert.throws(() => new nn.Embedding(5, 2, { paddingIdx: 5 }), /expected paddingIdx within 5 rows, got 5/);
  });

  it("remembers where its output came from", () => {
    const embedding = new nn.Embedding(5, 2);
    const input = ids([1, 2]);
    const output = embedding.forward(input);
    assert.equal(nn.embeddingOf(output)?.weight, embedding.weight);
    assert.equal(nn.embeddingOf(output)?.ids, input);
    assert.equal(nn.embeddingOf(tf.clone(output)), undefined);
    // The gradient of a table with a padding row leaves that row out: not to be folded into a product.
    assert.equal(nn.embeddingOf(new nn.Embedding(5, 2, { paddingIdx: 0 }).forward(input)), undefined);
  });
});

describe("nn.Dropout", () => {
  it("draws PyTorch's masks", () => {
    for (const { p, seed, shape, first, second } of pytorch.dropout) {
      manualSeed(seed);
      const layer = new nn.Dropout(p);
      const x = randn(seed, shape);
      assertClose(layer.forward(x), first, `p = ${p}`);
      assertClose(layer.forward(x), second, `p = ${p}, second call`);
    }
  });

  it("does nothing in evaluation, and lets the gradient through where it kept a number", () => {
    const layer = new nn.Dropout(0.5);
    const x = randn(1, [20]);
    assert.equal(layer.eval().forward(x), x);
    layer.train();
    manualSeed(3);
    const y = layer.forward(x).dataSync();
    manualSeed(3);
    const gradient = tf
      .grad((x) => tf.sum(layer.forward(x)))(x)
      .dataSync();
    assertClose(
      gradient,
      Array.from(y, (value) => (value === 0 ? 0 : 2)),
    );
  });

  it("takes only a probability", () => {
    assert.throws(() => new nn.Dropout(1.5), /Dropout: expected a probability p from 0 to 1, got 1.5/);
  });
});

describe("nn.init", () => {
  before(() => backend.ready);

  type Init = (typeof pytorch.init)[number];
  const functions: Record<string, (v: tf.Variable, { args, options }: Init) => unknown> = {
    uniform_: (v, { args }) => nn.init.uniform(v, args[0], args[1]),
    normal_: (v, { args }) => nn.init.normal(v, args[0], args[1]),
    xavier_uniform_: (v, { options }) => nn.init.xavierUniform(v, options),
    xavier_normal_: (v, { options }) => nn.init.xavierNormal(v, options),
    kaiming_uniform_: (v, { options }) => nn.init.kaimingUniform(v, kaiming(options)),
    kaiming_normal_: (v, { options }) => nn.init.kaimingNormal(v, kaiming(options)),
    orthogonal_: (v, { options }) => nn.init.orthogonal(v, options),
    constant_: (v, { args }) => nn.init.constant(v, args[0]),
    zeros_: (v) => nn.init.zeros(v),
    ones_: (v) => nn.init.ones(v),
    eye_: (v) => nn.init.eye(v),
  };
  const kaiming = ({ mode, ...rest }: Init["options"]) =>
    ({ ...rest, ...(mode && { mode: "fanOut" }) }) as nn.init.KaimingOptions;

  for (const [index, expected] of pytorch.init.entries()) {
    it(`${expected.name} fills as PyTorch does (${index})`, () => {
      const variable = tf.variable(tf.fill(expected.shape, 7));
      manualSeed(300);
      functions[expected.name](variable, expected);
      // LAPACK rounds the orthogonal matrix in its own order; all else is equal in every bit.
      if (expected.name === "orthogonal_") assertClose(variable, expected.values);
      else assert.deepEqual(variable.dataSync(), Float32Array.from(expected.values));
    });
  }

  it("makes orthogonal matrices", () => {
    manualSeed(1);
    const w = nn.init.orthogonal(tf.variable(tf.zeros([64, 64]))) as unknown as tf.Tensor2D;
    assertClose(tf.matMul(w, w, true), tf.eye(64).dataSync(), "wᵀw");
  });

  it("names the parameter that does not fit", () => {
    const bias = tf.variable(tf.zeros([3]));
    assert.throws(
      () => nn.init.xavierUniform(bias),
      /init.xavierUniform: expected a parameter with at least 2 dim.*\[3\]/,
    );
    assert.throws(() => nn.init.orthogonal(bias), /init.orthogonal: expected a matrix, got a parameter of shape \[3\]/);
  });
});
