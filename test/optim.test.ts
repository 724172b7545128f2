import { strict as assert } from "node:assert";
import { backend, nn, optim, tf, TorchGenerator } from "unrolled";
import { assertClose } from "./close";
import pytorch from "./fixtures/optim.json";

const randn = (seed: number, shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(new TorchGenerator(seed).normal(size), shape);
};

/** The two parameters of the fixtures. */
class Pair extends nn.Module {
  a = tf.variable(randn(1, [3, 4]));
  b = tf.variable(randn(2, [5]));
}

type Options = (typeof pytorch.runs)[number]["options"];
const camel = (options: Options): object =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()), value]),
  );
const kinds = { SGD: optim.SGD, Adam: optim.Adam, AdamW: optim.AdamW, RMSprop: optim.RMSprop, Adagrad: optim.Adagrad };

function make(kind: string, model: nn.Module, options: Options): optim.Optimizer {
  return new kinds[kind as keyof typeof kinds](model.parameters(), camel(options));
}

/** Step t of the fixtures. */
function step(optimizer: optim.Optimizer, t: number, missing: number[] = []): void {
  tf.tidy(() => {
    const grads: nn.Gradients = { a: randn(1000 * t, [3, 4]) };
    if (!missing.includes(t)) grads.b = randn(1000 * t + 1, [5]);
    optimizer.step(grads);
  });
}

describe("optim", () => {
  before(() => backend.ready);

  for (const { kind, options, missing, oneCycle, kept, state } of pytorch.runs) {
    const title = [JSON.stringify(options).replaceAll('"', ""), ...(missing.length ? ["with missing gradients"] : [])];
    it(`${kind} ${title.join(" ")}${oneCycle ? " in one cycle" : ""} goes PyTorch's way for 20 steps`, () => {
      const model = new Pair();
      const optimizer = make(kind, model, options);
      const schedule = oneCycle ? new optim.OneCycleLR(optimizer, { maxLr: 0.5, totalSteps: 26 }) : undefined;
      for (let t = 1; t <= 20; t++) {
        step(optimizer, t, missing);
        schedule?.step();
        const at = pytorch.kept.indexOf(t);
        if (at < 0) continue;
        assertClose(model.a, kept[at][0], `a after step ${t}`);
        assertClose(model.b, kept[at][1], `b after step ${t}`);
      }
      const dict = optimizer.stateDict();
      for (const [key, values] of Object.entries(state)) assertClose(dict[key], values, key);
    });

    it(`${kind} ${title.join(" ")} goes on from a saved state as if nothing had happened`, () => {
      const [one, two] = [new Pair(), new Pair()];
      const first = make(kind, one, options);
      for (let t = 1; t <= 7; t++) step(first, t, missing);
      two.loadStateDict(one.stateDict());
      const second = make(kind, two, options);
      second.loadStateDict(first.stateDict());
      for (let t = 8; t <= 12; t++) [first, second].forEach((optimizer) => step(optimizer, t, missing));
      assert.deepEqual(two.a.dataSync(), one.a.dataSync());
      assert.deepEqual(two.b.dataSync(), one.b.dataSync());
    });
  }

  it("takes a new learning rate at any time", () => {
    const model = new Pair();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
    optimizer.lr = 0.25;
    const before = model.b.dataSync().slice();
    tf.tidy(() => optimizer.step({ b: tf.ones([5]) }));
    assertClose(
      model.b,
      Array.from(before, (value) => value - 0.25),
    );
  });

  it("keeps the gradients of models with equal names apart", () => {
    const [one, two] = [new Pair(), new Pair()];
    const optimizer = new optim.SGD([...one.parameters(), ...two.parameters()], { lr: 1 });
    const [a1, a2] = [one.a.dataSync().slice(), two.a.dataSync().slice()];
    tf.tidy(() => optimizer.step(nn.valueAndGrads(two, () => tf.sum(two.a)).grads));
    assert.deepEqual(one.a.dataSync(), a1);
    assertClose(
      two.a,
      Array.from(a2, (value) => value - 1),
    );
    assert.deepEqual(Object.keys(optimizer.stateDict()), ["0.step", "1.step", "2.step", "3.step"]);
  });

  it("takes the gradients of tf.variableGrads too", () => {
    const weight = tf.variable(tf.ones([2]));
    const optimizer = new optim.SGD([weight], { lr: 1 });
    tf.tidy(() => optimizer.step(tf.variableGrads(() => tf.sum(weight) as tf.Scalar).grads));
    assertClose(weight, [0, 0]);
  });

  it("trains a part of a model", () => {
    const model = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
    const tail = model[1] as nn.Linear;
    const optimizer = new optim.Adam(tail.parameters(), { lr: 0.1 });
    const before = Object.entries(model.stateDict()).map(([, value]) => value.dataSync().slice());
    tf.tidy(() => optimizer.step(nn.valueAndGrads(model, () => tf.sum(model.forward(tf.ones([1, 2])))).grads));
    const changed = Object.values(model.stateDict()).map((value, i) => value.dataSync()[0] !== before[i][0]);
    assert.deepEqual(changed, [false, false, true, true]);
  });

  it("frees what it made", () => {
    const model = new Pair();
    const before = tf.memory().numTensors;
    const optimizer = new optim.Adam(model.parameters());
    step(optimizer, 1, [1]);
    tf.dispose(optimizer.stateDict());
    optimizer.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it("says what does not fit", () => {
    const model = new Pair();
    const optimizer = new optim.Adam(model.parameters());
    assert.throws(() => optimizer.step({ c: tf.ones([5]) }), {
      message: "Adam.step: expected gradients of a, b, got c",
    });
    assert.throws(() => optimizer.step({}), { message: "Adam.step: expected gradients of a, b, got an empty record" });
    assert.throws(() => optimizer.step({ b: tf.ones([4]) }), {
      message: "Adam.step: expected a gradient of shape [5] for b, got [4]",
    });
    assert.throws(() => optimizer.loadStateDict({ "a.step": tf.scalar(1, "int32"), "b.exp_avg": tf.ones([4]) }), {
      message:
        "Adam.loadStateDict: the dict does not fit this Adam\n" +
        "  missing: a.exp_avg, a.exp_avg_sq, b.step, b.exp_avg_sq\n  b.exp_avg: expected [5], got [4]",
    });
    assert.throws(() => new optim.SGD([]), /SGD: expected at least one parameter, got an empty list/);
    assert.throws(() => new optim.SGD([model.a, model.a]), /SGD: a parameter comes twice/);
    assert.throws(() => new optim.SGD([tf.ones([1])] as tf.Variable[]), /SGD: expected tf.Variables/);
    assert.throws(() => new optim.SGD([model.a], { lr: -1 }), /SGD: expected lr of at least 0, got -1/);
    assert.throws(() => new optim.SGD([model.a], { nesterov: true }), /nesterov needs a momentum/);
    assert.throws(() => new optim.Adam([model.a], { betas: [1, 0.9] }), /Adam: expected betas\[0\] in \[0, 1\), got 1/);
  });
});
