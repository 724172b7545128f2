import { strict as assert } from "node:assert";
import { inspect } from "node:util";
import { nn, tf } from "unrolled";
import pytorch from "./fixtures/nn.json";

class Classifier extends nn.Module {
  embedding = new nn.Embedding(11, 8);
  hidden = new nn.Linear(8, 16);
  dropout = new nn.Dropout(0.25);
  head = new nn.Linear(16, 11, { bias: false });
}

class Nested extends nn.Module {
  encoder = new Classifier();
  blocks = new nn.ModuleList<nn.Module>([0, 1, 2].map(() => new nn.Linear(2, 2)));
  tail = new nn.Sequential(
    new nn.Linear(2, 3, { bias: false }),
    new nn.ReLU(),
    new nn.Sequential(new nn.Flatten(), new nn.LogSoftmax(1)),
  );
  empty = new nn.ModuleList();

  constructor() {
    super();
    this.blocks.push(new nn.Tanh(), ...[0, 1].map(() => new nn.Sequential(new nn.Tanh(), new nn.ReLU())));
  }
}

class Tied extends nn.Module {
  first = new nn.Linear(3, 3, { bias: false });
  weight = this.first.weight;
}

describe("nn.Module", () => {
  it("prints as PyTorch does", () => {
    const modules: Record<keyof typeof pytorch.reprs, nn.Module> = {
      linear: new nn.Linear(128, 29),
      noBias: new nn.Linear(2, 3, { bias: false }),
      embedding: new nn.Embedding(9, 6),
      padded: new nn.Embedding(9, 6, { paddingIdx: -1 }),
      dropout: new nn.Dropout(0.25),
      crossEntropy: new nn.CrossEntropyLoss(),
      sequential: new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Sigmoid(), new nn.Softmax(-1)),
      nested: new Nested(),
    };
    for (const [name, module] of Object.entries(modules)) {
      assert.equal(String(module), pytorch.reprs[name as keyof typeof pytorch.reprs]);
      assert.equal(inspect(module), String(module));
    }
  });

  it("shows itself in a notebook with a table of its parameters", () => {
    class A_lt_B extends nn.Module {
      fc = new nn.Linear(1000, 3);
    }
    const model = new A_lt_B();
    model.fc.bias!.trainable = false;
    const show = (model as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")];
    const bundle = show.call(model);
    assert.equal(bundle["text/plain"], String(model));
    assert.match(bundle["text/html"], /fc\.weight<\/td><td[^>]*>\[3, 1000\]<\/td><td>3,000</);
    assert.match(bundle["text/html"], /fc\.bias \(frozen\)/);
    assert.match(bundle["text/html"], /3,003/);
  });

  it("lists parameters in order of assignment, by PyTorch's names", () => {
    const names = ["embedding.weight", "hidden.weight", "hidden.bias", "head.weight"];
    const model = new Classifier();
    assert.deepEqual(
      model.namedParameters().map(([name]) => name),
      names,
    );
    assert.deepEqual(Object.keys(model.stateDict()), names);
    assert.equal(model.numParameters(), 88 + 128 + 16 + 176);
    assert.deepEqual(Object.keys(new Nested().stateDict()), [
      ...names.map((name) => `encoder.${name}`),
      ...["0", "1", "2"].flatMap((index) => [`blocks.${index}.weight`, `blocks.${index}.bias`]),
      "tail.0.weight",
    ]);
  });

  it("lists its own parameters before those below it, and a shared one once", () => {
    const tied = new Tied();
    assert.deepEqual(
      tied.namedParameters().map(([name]) => name),
      ["weight"],
    );
    assert.deepEqual(Object.keys(tied.stateDict()), ["weight", "first.weight"]);
    assert.equal(tied.numParameters(), 9);
  });

  it("copies a state dict into another model", () => {
    const [from, to] = [new Classifier(), new Classifier()];
    to.loadStateDict(from.stateDict());
    for (const [name, value] of Object.entries(to.stateDict())) {
      assert.deepEqual(value.dataSync(), from.stateDict()[name].dataSync(), name);
    }
    tf.tidy(() => from.head.weight.assign(tf.zerosLike(from.head.weight)));
    assert.notEqual(to.head.weight.dataSync()[0], 0, "the copy must not share memory");
  });

  it("reports everything that is wrong with a state dict at once, and changes nothing", () => {
    const model = new Classifier();
    const before = model.head.weight.dataSync().slice();
    const dict = {
      "embedding.weight": tf.zeros([11, 8]),
      "head.weight": tf.zeros([11, 16]),
      "hidden.weight": tf.zeros([8, 16]),
      extra: tf.scalar(1),
    };
    assert.throws(() => model.loadStateDict(dict), {
      message:
        "Classifier.loadStateDict: the dict does not fit this Classifier\n  missing: hidden.bias\n  unexpected: extra\n" +
        "  hidden.weight: expected [16, 8], got [8, 16]",
    });
    assert.deepEqual(model.head.weight.dataSync(), before);
  });

  it("switches all modules below between training and evaluation", () => {
    const model = new Nested();
    assert.equal(model.eval(), model);
    assert.ok(model.modules().every(({ training }) => !training));
    assert.equal(model.encoder.dropout.training, false);
    model.train();
    assert.ok(model.encoder.dropout.training);
  });

  it("frees all its tensors", () => {
    const before = tf.memory().numTensors;
    new Nested().dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("nn.ModuleList", () => {
  it("is indexed, iterated and extended like a list", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 2)]);
    assert.equal(list.push(new nn.Linear(2, 3), new nn.Linear(3, 4)), 3);
    assert.equal(list.length, 3);
    assert.deepEqual(
      [...list].map(({ outFeatures }) => outFeatures),
      [2, 3, 4],
    );
    assert.equal(list[1], [...list][1]);
  });
});
