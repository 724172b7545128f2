/** nn.stepper: a model's steps in plain JavaScript, against its forward. */
import { strict as assert } from "node:assert";
import { backend, data, defaultGenerator, generateText, manualSeed, nn, optim, tf } from "unrolled";
import { close, kinds, makeLayer, randn, type RecurrentLayer } from "./support/recurrent";

before(() => backend.ready);

const V = 7;

class Model extends nn.Module {
  embedding = new nn.Embedding(V, 3);
  drop = new nn.Dropout(0.5);
  rnn: RecurrentLayer;
  fc: nn.Linear;

  constructor(kind: (typeof kinds)[number], hiddenSize: number, options: nn.RecurrentOptions = {}) {
    super();
    this.rnn = makeLayer(kind, 3, hiddenSize, { batchFirst: true, ...options });
    this.fc = new nn.Linear(hiddenSize, V, { bias: options.bias ?? true });
  }

  forward(x: tf.Tensor, state?: tf.Tensor | nn.LSTMState): [tf.Tensor, tf.Tensor | nn.LSTMState] {
    const e = this.drop.forward(this.embedding.forward(x));
    const [output, last] =
      this.rnn instanceof nn.LSTM
        ? this.rnn.forward(e, state as nn.LSTMState)
        : this.rnn.forward(e, state as tf.Tensor | undefined);
    return [this.fc.forward(output), last];
  }
}

/** Scores of steps over tokens [T][B]. */
function steps(step: nn.Stepper, tokens: number[][]): Float32Array[] {
  let state: nn.StepperState | undefined;
  return tokens.map((ids) => {
    const result = step(ids, state);
    state = result.state;
    return result.scores;
  });
}

const tokens = [[1, 6], [0, 3], [3, 3], [5, 0], [2, 1]]; // prettier-ignore

/** What the model's own forward gives for them. */
function expected(model: Model): Float32Array[] {
  const [scores] = model.forward(tf.transpose(tf.tensor2d(tokens, [5, 2], "int32")));
  return tf.unstack(scores, 1).map((step) => step.dataSync() as Float32Array);
}

describe("nn.stepper", () => {
  for (const kind of kinds) {
    for (const options of [{}, { numLayers: 3 }, { numLayers: 2, bias: false }]) {
      for (const hiddenSize of [1, 6]) {
        it(`steps as forward does: ${kind}, H ${hiddenSize}, ${JSON.stringify(options)}`, () => {
          manualSeed(51);
          const model = new Model(kind, hiddenSize, options).eval();
          const { embedding, rnn, fc: head } = model;
          const got = steps(nn.stepper({ embedding, rnn, head }), tokens);
          expected(model).forEach((scores, t) => close(`step ${t}`, tf.tensor(got[t]!), scores));
        });
      }
    }

    it(`steps a ${kind} on one-hot tokens, to the hidden state, without embedding and head`, () => {
      manualSeed(52);
      const rnn = makeLayer(kind, V, 4);
      const got = steps(nn.stepper({ rnn }), tokens);
      const x = tf.oneHot(tf.tensor2d(tokens, [5, 2], "int32"), V).toFloat();
      const output = tf.unstack(rnn.forward(x)[0]);
      output.forEach((h, t) => close(`step ${t}`, tf.tensor(got[t]!), h.dataSync()));
    });
  }

  it("leaves its arguments alone, so that a state can be continued twice", () => {
    const { embedding, rnn, fc: head } = new Model("lstm", 4);
    const step = nn.stepper({ embedding, rnn, head });
    const { state } = step([1], undefined);
    assert.deepEqual(step([2], state), step([2], state));
  });

  it("follows the weights: after assign, an eager step, a compiled step", () => {
    manualSeed(53);
    const model = new Model("gru", 4).eval();
    const { embedding, rnn, fc: head } = model;
    const step = nn.stepper({ embedding, rnn, head });
    const same = (what: string) => {
      const got = steps(step, tokens);
      expected(model).forEach((scores, t) => close(`${what}, step ${t}`, tf.tensor(got[t]!), scores));
    };
    same("at first");
    head.weight.assign(randn(V, 4));
    same("after assign");
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
    const train = (ids: tf.Tensor) => {
      const { loss, grads } = nn.valueAndGrads(model, () => tf.mean(tf.square(model.forward(ids)[0])));
      optimizer.step(grads);
      return loss;
    };
    const ids = tf.tensor2d([[1, 2, 3]], [1, 3], "int32");
    tf.tidy(() => train(ids));
    same("after a step");
    const compiled = nn.compile(train);
    for (let i = 0; i < 5; i++) compiled(ids).dispose();
    same("after compiled steps");
  });

  it("says what does not fit", () => {
    const rnn = new nn.RNN(3, 4);
    assert.throws(() => nn.stepper({ rnn: new nn.RNN(3, 4, { bidirectional: true }) }), {
      message: "stepper: a bidirectional layer needs the whole sequence",
    });
    assert.throws(() => nn.stepper({ rnn, embedding: new nn.Embedding(5, 2) }), {
      message: "stepper: expected an embedding of 3 numbers, got 2",
    });
    assert.throws(() => nn.stepper({ rnn, head: new nn.Linear(3, 2) }), {
      message: "stepper: expected a head for 4 numbers, got one for 3",
    });
    assert.throws(() => nn.stepper({ rnn })([3], undefined), {
      message: "stepper: expected token numbers from 0 to 2, got 3",
    });
  });
});

// Each of these gave numbers, and wrong ones.
describe("nn.stepper on what it cannot step from", () => {
  const stepOf = (kind: (typeof kinds)[number], hiddenSize = 4, numLayers = 2) => {
    const { embedding, rnn, fc: head } = new Model(kind, hiddenSize, { numLayers });
    return nn.stepper({ embedding, rnn, head });
  };

  it("refuses tokens that are not whole numbers", () => {
    for (const id of [0.5, NaN, -1, V]) {
      assert.throws(() => stepOf("rnn")([1, id], undefined), {
        name: "RangeError",
        message: `stepper: expected token numbers from 0 to 6, got ${id}`,
      });
    }
  });

  for (const kind of kinds) {
    it(`refuses a state of another batch, size, depth or cell: ${kind}`, () => {
      const step = stepOf(kind);
      const { state } = step([1, 2], undefined);
      for (const ids of [[1], [1, 2, 3]]) {
        assert.throws(() => step(ids, state), {
          name: "RangeError",
          message: `stepper: expected a state of 2 layers with [B, H] = [${ids.length}, 4], got 8 numbers in layer 0`,
        });
      }
      assert.throws(() => step([1, 2], stepOf(kind, 5)([1, 2], undefined).state), /got 10 numbers in layer 0/);
      assert.throws(() => step([1, 2], stepOf(kind, 4, 1)([1, 2], undefined).state), /got 0 numbers in layer 1/);
      assert.throws(() => step([1, 2], stepOf(kind, 4, 3)([1, 2], undefined).state), /got 8 numbers in layer 2/);
      if (kind === "lstm") assert.throws(() => step([1, 2], { h: state.h, c: [] }), /got 0 numbers in layer 0/);
      assert.deepEqual(step([1, 2], state), step([1, 2], state), "and goes on with its own");
    });
  }
});

describe("nn.stepperOf", () => {
  const ids = Int32Array.of(1, 2);

  it("finds the parts of a model, and leaves the generator where it is even if the model draws from it", () => {
    manualSeed(54);
    const model = new (class extends Model {
      override forward(x: tf.Tensor, state?: tf.Tensor) {
        defaultGenerator.uniform();
        return super.forward(x, state);
      }
    })("gru", 4).eval();
    const before = defaultGenerator.getState();
    const step = nn.stepperOf(model, ids);
    assert.ok(step);
    assert.deepEqual(defaultGenerator.getState(), before);
    expected(model).forEach((scores, t) => close(`step ${t}`, tf.tensor(steps(step, tokens)[t]!), scores));
  });

  it("declines a model that computes anything else", () => {
    const declined = (model: Model) => assert.equal(nn.stepperOf(model.eval(), ids), undefined, String(model));
    const scaled = new (class extends Model {
      override forward(x: tf.Tensor, state?: tf.Tensor): [tf.Tensor, tf.Tensor | nn.LSTMState] {
        const [scores, last] = super.forward(x, state);
        return [tf.mul(scores, 1.001), last];
      }
    })("rnn", 4);
    declined(scaled);
    const forgetful = new (class extends Model {
      override forward(x: tf.Tensor): [tf.Tensor, tf.Tensor | nn.LSTMState] {
        return super.forward(x);
      }
    })("rnn", 4);
    declined(forgetful);
    declined(Object.assign(new Model("rnn", 4), { more: new nn.Linear(2, 2) }));
    declined(Object.assign(new Model("rnn", 4), { scale: tf.variable(tf.scalar(1)) }));
    declined(new Model("rnn", 4, { bidirectional: true }));
    declined(new Model("lstm", 512));
  });

  it("looks again when the model has changed: a weight, a field, a mode", () => {
    manualSeed(58);
    const model = new (class extends Model {
      scale = 1;
      override forward(x: tf.Tensor, state?: tf.Tensor): [tf.Tensor, tf.Tensor | nn.LSTMState] {
        const [scores, last] = super.forward(x, state);
        return [tf.mul(scores, this.scale), last];
      }
    })("rnn", 4).eval();
    const first = nn.stepperOf(model, ids);
    assert.ok(first);
    assert.equal(nn.stepperOf(model, ids), first);
    model.fc.weight.assign(randn(V, 4));
    const second = nn.stepperOf(model, ids)!;
    expected(model).forEach((scores, t) => close(`step ${t}`, tf.tensor(steps(second, tokens)[t]!), scores));
    model.scale = 2;
    assert.equal(nn.stepperOf(model, ids), undefined);
    model.scale = 1;
    assert.ok(nn.stepperOf(model, ids));
    assert.equal(nn.stepperOf(model.train(), ids), undefined);
  });

  it("declines a model in training mode, whose dropout it would leave out", () => {
    manualSeed(55);
    assert.equal(nn.stepperOf(new Model("rnn", 4), ids), undefined);
  });

  it("gives generateText the same text as the model itself", () => {
    manualSeed(56);
    const model = new Model("gru", 16);
    const vocabulary = data.Vocabulary.fromText("abcdefg");
    const own = {
      forward: (x: tf.Tensor, state?: tf.Tensor) => model.eval().forward(x, state) as [tf.Tensor, tf.Tensor],
    };
    const texts = [own, model as unknown as typeof own].map((what) => {
      manualSeed(57);
      return generateText(what, vocabulary, "bad", { length: 300 });
    });
    assert.equal(texts[1], texts[0]);
  });
});
