import { strict as assert } from "node:assert";
import { backend, item, manualSeed, nn, optim, tf, TorchGenerator } from "unrolled";
import { assertClose } from "./close";
import pytorch from "./fixtures/nn.json";

class Classifier extends nn.Module {
  embedding = new nn.Embedding(11, 8);
  hidden = new nn.Linear(8, 16);
  dropout = new nn.Dropout(0.25);
  head = new nn.Linear(16, 11, { bias: false });

  forward(ids: tf.Tensor) {
    return this.head.forward(this.dropout.forward(tf.tanh(this.hidden.forward(this.embedding.forward(ids)))));
  }
}

function trainer(seed: number) {
  manualSeed(seed);
  const model = new Classifier();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const criterion = new nn.CrossEntropyLoss();
  const ids = tf.tensor2d(new TorchGenerator(seed).randint(0, 11, 35), [7, 5], "int32");
  const targets = tf.tensor1d(pytorch.training.targets, "int32");
  const step = () =>
    tf.tidy(() => {
      const lossFn = () => criterion.forward(tf.reshape(model.forward(ids), [-1, 11]), targets);
      const { loss, grads } = nn.valueAndGrads(model, lossFn);
      const norm = nn.clipGradNorm(grads, 0.5);
      optimizer.step(grads);
      return [item(loss), item(norm)] as [number, number];
    });
  return { model, optimizer, step };
}

describe("nn.valueAndGrads", () => {
  before(() => backend.ready);

  it("trains as PyTorch does: 20 steps with embedding, dropout, cross entropy, clipping and Adam", () => {
    const { model, step } = trainer(pytorch.training.seed);
    const steps = Array.from({ length: 20 }, step);
    assertClose(
      steps.map(([loss]) => loss),
      pytorch.training.losses,
      "losses",
    );
    assertClose(
      steps.map(([, norm]) => norm),
      pytorch.training.norms,
      "norms",
    );
    for (const [name, values] of Object.entries(pytorch.training.state)) {
      assertClose(model.stateDict()[name], values, name, 1e-5);
    }
  });

  it("leaks no tensor in 2,000 steps", () => {
    const { step } = trainer(1);
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 2000; i++) step();
    assert.equal(tf.memory().numTensors, before);
  });

  // TensorFlow.js 4.22 frees what operations keep for their gradients only after the gradients: a loss that threw left it all.
  it("frees what the forward pass kept when the loss throws, has no gradient or is no scalar", () => {
    const model = new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true });
    const x = tf.ones([5, 2, 3]);
    const forward = () => tf.mean(tf.tanh(model.forward(x)[0]));
    nn.valueAndGrads(model, forward); // what is made on first use, such as constants, stays
    const before = tf.memory().numTensors;
    const fails = (loss: () => tf.Tensor, message: RegExp) => {
      assert.throws(() => nn.valueAndGrads(model, loss), message);
      assert.equal(tf.memory().numTensors, before, String(message));
    };
    fails(() => {
      forward();
      throw new Error("broken");
    }, /broken/);
    fails(() => tf.concat([model.forward(x)[0], tf.ones([1])]), /rank|concat/i);
    fails(() => tf.square(model.forward(x)[0]), /expected lossFn to return a scalar/);
    fails(() => tf.scalar(1), /the loss does not depend on/);
    const failing = tf.customGrad((y) => ({
      value: tf.sum(y as tf.Tensor),
      gradFunc: () => {
        throw new Error("no way back");
      },
    }));
    fails(() => failing(model.forward(x)[0]), /no way back/);
    tf.tidy(() => void nn.valueAndGrads(model, forward));
    assert.equal(tf.memory().numTensors, before, "and goes on");
  });

  it("leaves an outer gradient's tape alone when a loss inside it throws", () => {
    const [outer, inner] = [new nn.Linear(2, 1), new nn.Linear(2, 1)];
    const x = tf.ones([1, 2]);
    const { grads } = nn.valueAndGrads(outer, () => {
      const y = outer.forward(x);
      const failing = () => {
        inner.forward(x);
        throw new Error("broken");
      };
      assert.throws(() => nn.valueAndGrads(inner, failing), /broken/);
      return tf.sum(y);
    });
    assertClose(grads.weight, [1, 1]);
  });

  it("leaves out frozen parameters and those that the loss does not reach", () => {
    const model = new Classifier();
    model.hidden.weight.trainable = false;
    const x = tf.ones([2, 8]);
    const { grads } = nn.valueAndGrads(model, () => tf.sum(model.hidden.forward(x)));
    assert.deepEqual(Object.keys(grads), ["hidden.bias"]);
  });

  it("gives a shared parameter the sum of its gradients, under one name", () => {
    class Tied extends nn.Module {
      a = new nn.Linear(2, 2, { bias: false });
      b = new nn.Linear(2, 2, { bias: false });
      constructor() {
        super();
        (this.b as { weight: tf.Variable }).weight = this.a.weight;
      }
    }
    const model = new Tied();
    const x = tf.ones([1, 2]);
    const { grads } = nn.valueAndGrads(model, () => tf.sum(tf.add(model.a.forward(x), model.b.forward(x))));
    assert.deepEqual(Object.keys(grads), ["a.weight"]);
    assertClose(grads["a.weight"], [2, 2, 2, 2]);
  });

  it("accepts a loss of shape [1], and says what else it got", () => {
    const model = new nn.Linear(2, 1);
    const x = tf.ones([1, 2]);
    const { loss } = nn.valueAndGrads(model, () => tf.reshape(model.forward(x), [1]));
    assert.deepEqual(loss.shape, []);
    assert.throws(() => nn.valueAndGrads(model, () => model.forward(tf.ones([3, 2]))), {
      message:
        "valueAndGrads: expected lossFn to return a scalar, got a tensor of shape [3, 1]; take its mean() or sum()",
    });
    assert.throws(() => nn.valueAndGrads(model, () => 3 as unknown as tf.Tensor), /a scalar tensor, got number/);
    assert.throws(
      () => nn.valueAndGrads(model, () => tf.scalar(1)),
      /the loss does not depend on any of weight, bias;/,
    );
    assert.throws(() => nn.valueAndGrads(new nn.Tanh(), () => tf.scalar(1)), /no trainable parameters/);
  });
});

describe("nn.clipGradNorm", () => {
  before(() => backend.ready);

  it("scales as PyTorch does and returns the norm before", () => {
    for (const { maxNorm, shapes, norm, grads } of pytorch.clip) {
      const record: nn.Gradients = {};
      shapes.forEach((shape, i) => {
        const size = shape.reduce((a, b) => a * b, 1);
        record[i] = tf.tensor(new TorchGenerator(500 + i).normal(size), shape);
      });
      assertClose(nn.clipGradNorm(record, maxNorm), [norm], "norm");
      grads.forEach((values, i) => assertClose(record[i], values, `gradient ${i}`));
    }
  });

  it("limits single numbers", () => {
    const record: nn.Gradients = { a: tf.tensor1d([-3, 0.5, 2]) };
    nn.clipGradValue(record, 1);
    assertClose(record.a, [-1, 0.5, 1]);
  });
});

describe("item", () => {
  it("reads one number and no more", () => {
    assert.equal(item(tf.tensor([[2.5]])), 2.5);
    assert.throws(() => item(tf.zeros([2])), { message: "item: expected a tensor with one element, got shape [2]" });
  });
});
