import { strict as assert } from "node:assert";
import { data, manualSeed, metrics, models, tf } from "unrolled";
import pytorch from "./fixtures/name-classifier.json";

const examples = pytorch.examples.map(([name, label]): data.NameExample => ({
  name: name as string,
  label: label as number,
}));
const letters = examples.map(({ name }) => name);

const relative = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected);

describe("models.NameClassifier", () => {
  for (const { seed, probabilities, losses, ...settings } of pytorch.cases) {
    const { epochs, lr, weightDecay, clip, neighbourWeight, balanced, ...sizes } = settings;
    const { cell, bidirectional, pooling } = sizes;
    const what = `${bidirectional ? "bidirectional " : ""}${cell}, ${pooling}`;
    it(`learns as its PyTorch twin does from the same seed, step by step: ${what}`, async () => {
      manualSeed(seed);
      const options = { ...sizes, cell, pooling } as models.NameClassifierOptions;
      const model = new models.NameClassifier(letters, pytorch.classes, options);
      const history = await models.trainClassifier(model, examples, {
        epochs,
        lr,
        weightDecay,
        clip,
        neighbourWeight,
        ...(balanced ? { classWeights: "balanced" as const } : {}),
      });
      assert.ok(losses.length >= 20);
      assert.equal(history.losses.length, losses.length);
      losses.forEach((loss, step) => assert.ok(relative(history.losses[step]!, loss) < 2e-5, `step ${step + 1}`));
      const rows = model.predictProba(letters.slice(0, 3));
      rows.forEach((row, i) =>
        row.forEach((p, j) => assert.ok(Math.abs(p - probabilities[i]![j]!) < 1e-5, `${letters[i]}, class ${j}`)),
      );
      model.dispose();
    });
  }

  it("gives a name the same probabilities whatever stands beside it, in the order it was asked", () => {
    manualSeed(0);
    const model = new models.NameClassifier(letters, pytorch.classes, { hiddenSize: 8 });
    const names = ["Li", "Maceachthighearna", "Ó'Néill", "li", "Nowak"];
    const before = tf.memory().numTensors;
    const together = model.predictProba(names);
    names.forEach((name, i) => {
      const [alone] = model.predictProba([name]);
      alone!.forEach((p, j) => assert.ok(Math.abs(p - together[i]![j]!) < 1e-6));
      assert.ok(Math.abs(alone!.reduce((a, b) => a + b) - 1) < 1e-6);
    });
    assert.deepEqual(together[0], together[3], "case does not count");
    assert.notDeepEqual(together[0], together[4]);
    assert.equal(tf.memory().numTensors, before);
    assert.equal(model.training, true, "asking does not change the mode");
    assert.deepEqual(model.predictProba([]), []);
  });

  // The mode of the whole was written into every part afterwards, and an error left them all in evaluation mode.
  it("leaves each part in the mode it was in when it is asked, also when that fails", () => {
    const model = new models.NameClassifier(letters, pytorch.classes, { hiddenSize: 4 });
    model.rnn.eval();
    const modes = () => [model.training, model.dropout.training, model.rnn.training];
    model.predictProba(["Li"]);
    assert.deepEqual(modes(), [true, true, false]);
    model.fc.forward = () => {
      throw new Error("broken");
    };
    assert.throws(() => model.predictProba(["Li"]), /broken/);
    assert.deepEqual(modes(), [true, true, false]);
  });

  it("marks begin and end, and has one number for all letters it never saw", () => {
    const model = new models.NameClassifier(["Ab", "C"], ["x", "y"]);
    assert.deepEqual(model.vocabulary.tokens, ["$", "^", "a", "b", "c", "?"]);
    assert.deepEqual([...model.encode("BaZ!")], [1, 3, 2, 5, 5, 0]);
    assert.deepEqual([...model.encode("")], [1, 0]);
  });

  it("leaves no tensor behind, and is fit for use, after training", async () => {
    manualSeed(0);
    const options = { cell: "RNN", bidirectional: false, hiddenSize: 4, embeddingSize: 4 } as const;
    const model = new models.NameClassifier(letters, pytorch.classes, options);
    await models.trainClassifier(model, examples, { epochs: 1 });
    const before = tf.memory().numTensors;
    await models.trainClassifier(model, examples, { epochs: 1 });
    assert.equal(tf.memory().numTensors, before);
    assert.equal(model.training, false);
    await assert.rejects(models.trainClassifier(model, []), /at least one example/);
    // Settings that cannot be were found after the weights of the classes had been made.
    const train = (settings: models.ClassifierTraining) =>
      models.trainClassifier(model, examples, { classWeights: "balanced", ...settings });
    await assert.rejects(train({ epochs: 1.5 }), {
      name: "RangeError",
      message: "trainClassifier: expected epochs of 0 or more, got 1.5",
    });
    await assert.rejects(train({ lr: -1 }), /-1/);
    assert.equal(tf.memory().numTensors, before);
    const [states, x, lengths] = [tf.zeros([1, 2, 4]), tf.zeros([1, 2], "int32"), tf.tensor1d([2], "int32")];
    assert.throws(() => model.neighbourLoss(states, x, lengths), /make the model with predictsNeighbours: true/);
  });
});

describe("models.evaluate", () => {
  const model: models.TextClassifier = {
    classes: ["a", "b", "c"],
    predictProba: (texts) => texts.map((text) => Float64Array.from(text.split(" "), Number)),
  };
  const judged: data.NameExample[] = [
    { name: "0.5 0.3 0.2", label: 0 },
    { name: "0.5 0.3 0.2", label: 1 },
    { name: "0.1 0.8 0.1", label: 1 },
    { name: "0.6 0.3 0.1", label: 2 },
  ];

  it("measures what the metrics measure", () => {
    const { loss, top1, top2, macroF1, confusion, perClass, predicted } = models.evaluate(model, judged);
    assert.ok(Math.abs(loss + Math.log(0.5 * 0.3 * 0.8 * 0.1) / 4) < 1e-12);
    assert.equal(top1, 0.5);
    assert.equal(top2, 0.75);
    assert.deepEqual(confusion, [
      [1, 0, 0],
      [1, 1, 0],
      [1, 0, 0],
    ]);
    assert.equal(macroF1, metrics.macroF1(confusion));
    assert.deepEqual(
      perClass.map(({ recall }) => recall),
      [1, 0.5, 0],
    );
    assert.deepEqual([...predicted], [0, 0, 1, 0]);
    assert.throws(() => models.evaluate(model, []), /at least one example/);
  });

  it("names the likeliest classes of a text", () => {
    assert.deepEqual(models.topClasses(model, "0.2 0.7 0.1", 2), [
      { label: "b", probability: 0.7 },
      { label: "a", probability: 0.2 },
    ]);
    assert.equal(models.topClasses(model, "0.2 0.7 0.1", 9).length, 3);
  });

  it("averages an ensemble, and knows the shares of the classes", () => {
    const other = { ...model, predictProba: () => [Float64Array.of(0.1, 0.1, 0.8)] };
    const [mean] = new models.Ensemble([model, other]).predictProba(["0.5 0.5 0"]);
    [0.3, 0.3, 0.4].forEach((p, i) => assert.ok(Math.abs(mean![i]! - p) < 1e-12));
    assert.throws(() => new models.Ensemble([]), /at least one classifier/);
    assert.throws(() => new models.Ensemble([model, { ...model, classes: ["a", "b"] }]), /the same classes/);
    const majority = new models.MajorityClassifier(["a", "b", "c"], judged);
    assert.deepEqual(majority.predictProba(["x"]), [Float64Array.of(0.25, 0.5, 0.25)]);
    assert.equal(models.topClasses(majority, "whatever", 1)[0]!.label, "b");
    const shares = (labels: number[]) => () =>
      new models.MajorityClassifier(["a", "b", "c"], labels.map((label) => ({ name: "x", label }))); // prettier-ignore
    assert.throws(shares([]), /^RangeError: MajorityClassifier: expected at least one example, got none$/);
    for (const label of [-1, 3, 0.5]) {
      const message = `MajorityClassifier: expected labels from 0 to 2, got ${label} for example 1`;
      assert.throws(shares([0, label]), { name: "RangeError", message });
    }
  });
});

describe("data.splitNames", () => {
  const files = { "A.txt": "Ann\nBo\nCy\nBO\nAnn", "B.txt": "Bo\nDi\nEd\nFay\nGus", "C.txt": "Ann\nHal\nIda\nJo\nKim" };
  const names = data.parseNames(Object.entries(files));

  it("keeps a name, whatever its case and language, in one part, and each pair once", () => {
    for (const seed of [0, 1, 2, 3]) {
      const { classes, ...parts } = data.splitNames(names, { seed, testSize: 0.3, validationSize: 0.3 });
      assert.deepEqual(classes, ["A", "B", "C"]);
      const home = new Map<string, string>();
      for (const [part, members] of Object.entries(parts)) {
        for (const { name } of members) {
          const key = name.toLowerCase();
          assert.equal(home.get(key) ?? part, part, `${name} stands in two parts`);
          home.set(key, part);
        }
      }
      const pairs = Object.values(parts).flatMap((members) => members.map(({ name, label }) => `${name} ${label}`));
      assert.equal(new Set(pairs).size, pairs.length);
      assert.equal(pairs.length, 14);
      assert.equal(home.size, 11);
    }
    const first = data.splitNames(names, { seed: 1 });
    assert.deepEqual(data.splitNames(names, { seed: 1 }), first);
    assert.notDeepEqual(data.splitNames(names, { seed: 2 }), first);
  });

  it("by line takes every line by itself", () => {
    const { train, validation, test } = data.splitNames(names, { by: "line", testSize: 5, validationSize: 0 });
    assert.deepEqual([train.length, validation.length, test.length], [10, 0, 5]);
    assert.equal([...train, ...test].filter(({ name, label }) => name === "Ann" && label === 0).length, 2);
  });
});
