// The generator of names against its twin in PyTorch (test/fixtures/make/name_generator.py).
import { strict as assert } from "node:assert";
import { data, generateNames, item, manualSeed, NameGenerator, nn, optim, tf, TorchGenerator } from "unrolled";
import python from "./fixtures/name-generator.json";

const vocabulary = new data.Vocabulary(python.vocabulary);
const V = vocabulary.size;
const dataset = new data.NextTokenDataset(
  python.names.map(([name]) => vocabulary.encode(`^${name}$`)),
  python.names.map(([, language]) => language as number),
);
const criterion = new nn.CrossEntropyLoss({ ignoreIndex: -1 });
const close = (got: number, expected: number, tolerance: number, what: string) =>
  assert.ok(
    Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${got}, not ${expected}`,
  );

const newModel = () => {
  manualSeed(5);
  return new NameGenerator(V, 3, python.sizes);
};

/** Trains as the fixture does, compiled, and calls back with each loss and norm. */
function train(model: NameGenerator, each: (loss: number, norm: number, step: number) => void = () => undefined): void {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const step = nn.compile((x: tf.Tensor, y: tf.Tensor, label: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () =>
      criterion.forward(model.forward(x, label)[0].reshape([-1, V]), y.reshape([-1])),
    );
    const norm = nn.clipGradNorm(grads, 1);
    optimizer.step(grads);
    return [loss, norm];
  });
  const { x, y, label } = data.toTensors(dataset);
  python.losses.forEach((_, i) => {
    tf.tidy(() => {
      const [loss, norm] = step(x, y, label);
      each(item(loss), item(norm), i);
    });
  });
  assert.equal(step.reason, undefined);
}

describe("data.NextTokenDataset", () => {
  it("gives every token but the last, and every token but the first", () => {
    const small = new data.NextTokenDataset([[1, 2, 3], [4, 5], Int32Array.of(6, 7, 8, 9)], [0, 1, 2], {
      padValue: 99,
    });
    assert.deepEqual(small.gather([1, 0]), {
      x: { data: Int32Array.of(4, 99, 1, 2), shape: [2, 2] },
      y: { data: Int32Array.of(5, -1, 2, 3), shape: [2, 2] },
      label: { data: Int32Array.of(1, 0), shape: [2] },
    });
    assert.deepEqual([...small.lengths], [2, 1, 3]);
    const rounded = new data.NextTokenDataset([[1, 2, 3, 4]], [0], { steps: [2, 4], ignoreIndex: -7 }).gather([0]);
    assert.deepEqual(
      [rounded.x.data, rounded.y.data],
      [
        [1, 2, 3, 0],
        [2, 3, 4, -7],
      ].map((row) => Int32Array.from(row)),
    );
  });

  it("refuses sequences without a next token, and labels that do not fit", () => {
    assert.throws(() => new data.NextTokenDataset([[1, 2], [3]], [0, 0]), /two tokens or more, sequence 1 has 1/);
    assert.throws(() => new data.NextTokenDataset([[1, 2]], []), /one label for each of 1 sequences, got 0/);
    assert.throws(() => new data.NextTokenDataset([[1, 2]], [0]).gather([1]), /NextTokenDataset.gather/);
  });
});

describe("NameGenerator", () => {
  it("has the first weights and every gradient of its twin in PyTorch", () => {
    const model = newModel();
    const { x, y, label } = data.toTensors(dataset);
    tf.tidy(() => {
      const { loss, grads } = nn.valueAndGrads(model, () =>
        criterion.forward(model.forward(x, label)[0].reshape([-1, V]), y.reshape([-1])),
      );
      close(item(loss), python.losses[0], 1e-6, "loss");
      assert.deepEqual(Object.keys(grads).sort(), Object.keys(python.grads).sort());
      for (const [name, expected] of Object.entries(python.grads)) {
        const got = grads[name].dataSync();
        assert.equal(got.length, expected.length, name);
        expected.forEach((value, i) => close(got[i], value, 1e-6, `${name}[${i}]`));
      }
    });
  });

  it("has the losses of its twin while it trains, and draws the same names", () => {
    const model = newModel();
    train(model, (loss, norm, i) => {
      close(loss, python.losses[i], 1e-5, `loss ${i}`);
      close(norm, python.norms[i], 1e-4, `norm ${i}`);
    });
    for (const [temperature, expected] of Object.entries(python.drawn)) {
      manualSeed(9);
      const options = { temperature: Number(temperature), maxLength: 12 };
      assert.deepEqual(generateNames(model, vocabulary, python.languages, options), expected, temperature);
      const generator = new TorchGenerator(9);
      assert.deepEqual(generateNames(model, vocabulary, python.languages, { ...options, generator }), expected);
    }
  });

  it("scores a letter from the letters before it and the language, one step at a time or all at once", () => {
    const model = newModel();
    tf.tidy(() => {
      const x = tf.tensor2d([[1, 4, 2, 3]], [1, 4], "int32");
      const language = (id: number) => tf.tensor1d([id], "int32");
      const whole = model.forward(x, language(1))[0].arraySync() as number[][][];
      let state: tf.Tensor | undefined;
      for (let t = 0; t < 4; t++) {
        const [scores, after] = model.forward(x.slice([0, t], [1, 1]), language(1), state);
        (scores.arraySync() as number[][][])[0][0].forEach((score, v) =>
          close(score, whole[0][t][v], 1e-5, `${t} ${v}`),
        );
        state = after;
      }
      const other = model.forward(x, language(2))[0].arraySync() as number[][][];
      assert.notDeepEqual(other[0][0], whole[0][0], "the language is seen at the first step");
      const changed = model.forward(tf.tensor2d([[5, 4, 2, 3]], [1, 4], "int32"), language(1))[0].arraySync();
      assert.notDeepEqual((changed as number[][][])[0][3], whole[0][3], "the first letter is remembered");
    });
  });
});

describe("generateNames", () => {
  it("learns a few names by heart, each for its language", () => {
    const model = newModel();
    for (let i = 0; i < 5; i++) train(model);
    const known = python.names.map(([name, language]) => `${name} ${language}`);
    const languages = [0, 0, 1, 1, 2, 2];
    manualSeed(1);
    generateNames(model, vocabulary, languages, { temperature: 0.2 }).forEach((name, i) =>
      assert.ok(known.includes(`${name} ${languages[i]}`), `${name} for language ${languages[i]}`),
    );
  });

  it("keeps to the longest length, frees its tensors, and has nothing to do without languages", () => {
    const model = newModel();
    generateNames(model, vocabulary, [0]);
    const before = tf.memory().numTensors;
    const names = generateNames(model, vocabulary, new Array<number>(50).fill(1), { temperature: 2, maxLength: 3 });
    assert.equal(Math.max(...names.map(({ length }) => length)), 3);
    assert.deepEqual(generateNames(model, vocabulary, []), []);
    assert.equal(tf.memory().numTensors, before);
  });

  // It handed the model to the loop as a function, which cannot be put into a mode: names were drawn with dropout on.
  it("puts a module into evaluation mode, and each part back into the mode it was in, also when it fails", () => {
    class WithDropout extends NameGenerator {
      dropout = new nn.Dropout(0.5);
      modes: boolean[] = [];
      fails = false;
      override forward(x: tf.Tensor, language: tf.Tensor, state?: tf.Tensor): [tf.Tensor, tf.Tensor] {
        this.modes.push(this.training, this.dropout.training, this.gru.training);
        if (this.fails) throw new Error("broken");
        return super.forward(x, language, state);
      }
    }
    manualSeed(5);
    const model = new WithDropout(V, 3, python.sizes);
    model.gru.eval();
    generateNames(model, vocabulary, [0]);
    assert.deepEqual([...new Set(model.modes)], [false]);
    model.fails = true;
    assert.throws(() => generateNames(model, vocabulary, [0]), /broken/);
    assert.deepEqual([model.training, model.dropout.training, model.gru.training], [true, true, false]);
  });

  it("explains what it cannot do", () => {
    const model = newModel();
    assert.throws(() => generateNames(model, vocabulary, [3]), /languages from 0 to 2, got 3/);
    assert.throws(() => generateNames(model, vocabulary, [0.5]), /got 0.5/);
    assert.throws(() => generateNames(model, vocabulary, [0], { start: "#" }), /"#".* is not among/);
    assert.throws(() => generateNames(model, vocabulary, [0], { temperature: -1 }), /temperature/);
  });
});
