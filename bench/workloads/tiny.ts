/** The three smallest models of the notebooks, where nearly all time is overhead: hihell, hello world, the LSTM tagger. */
import { createRequire } from "node:module";
import { data, defaultGenerator, item, manualSeed, nn, optim, tf } from "unrolled";
import type { Contender, Runner, Workload } from "../types";
import { pytorch, unrolled } from "./models";

const small = (contenders: Contender[]) => contenders.map((contender) => ({ ...contender, threads: 1 }));

/** Trains a model as PyTorch's loop does: forward, backward, Adam. */
function trainerOf(model: nn.Module, scores: () => tf.Tensor, labels: tf.Tensor, lr: number) {
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr });
  return () => {
    const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(scores(), labels));
    optimizer.step(grads);
    return loss;
  };
}

/** Notebook 03: one-hot "hihell" [1, 6, 5] → "ihello". */
class Speller extends nn.Module {
  rnn = new nn.RNN(5, 4, { batchFirst: true });
  linear = new nn.Linear(4, 5);
  forward(x: tf.Tensor): tf.Tensor {
    const [output] = this.rnn.forward(x, tf.zeros([1, 1, 4]));
    return this.linear.forward(tf.reshape(output, [-1, 4]));
  }
}

function hihell(): [() => tf.Tensor] {
  manualSeed(777);
  const x = tf.oneHot(tf.tensor2d([[0, 1, 0, 2, 3, 3]], [1, 6], "int32"), 5).toFloat();
  const labels = tf.tensor1d([1, 0, 2, 3, 3, 4], "int32");
  const model = new Speller();
  return [trainerOf(model, () => model.forward(x), labels, 0.1)];
}

/** brain.js's own model of the same size and task: another cell (ReLU), another loss, another optimizer. */
function brain(): Runner {
  // Not imported above: whoever lacks it can still run the rest.
  const { recurrent } = createRequire(__filename)("brain.js") as typeof import("brain.js");
  const network = new recurrent.RNN({ inputSize: 5, hiddenLayers: [4], outputSize: 5 });
  const pairs = [{ input: "hihell", output: "ihello" }];
  return { step: () => network.train(pairs, { iterations: 1, log: false }).error };
}

/** Notebook 01: "hello world" in windows of three characters, all eight in one batch. */
class Hello extends nn.Module {
  embedding = new nn.Embedding(8, 128);
  rnn = new nn.RNN(128, 128, { batchFirst: true });
  fc = new nn.Linear(128, 8);
  forward(x: tf.Tensor): tf.Tensor {
    const [output] = this.rnn.forward(this.embedding.forward(x), tf.zeros([1, 8, 128]));
    return this.fc.forward(tf.reshape(tf.slice(output, [0, 2, 0], [8, 1, 128]), [8, 128]));
  }
}

function hello(): [() => tf.Tensor] {
  manualSeed(0);
  const ids = data.Vocabulary.fromText("hello world").encode("hello world");
  const { x, y } = data.toTensors(new data.WindowDataset(ids, { length: 3, target: "next" }));
  const model = new Hello();
  return [trainerOf(model, () => model.forward(x), y, 0.01)];
}

/** Notebook 03: the words of a sentence → their tags, from a random initial state. */
class Tagger extends nn.Module {
  embedding = new nn.Embedding(9, 6);
  lstm = new nn.LSTM(6, 6);
  hidden2tag = new nn.Linear(6, 3);
  forward(sentence: tf.Tensor): tf.Tensor {
    const draw = () => nn.hostTensor(() => defaultGenerator.uniform(6), [1, 1, 6]);
    const embedded = tf.reshape(this.embedding.forward(sentence), [sentence.size, 1, 6]);
    const [states] = this.lstm.forward(embedded, [draw(), draw()]);
    return this.hidden2tag.forward(tf.reshape(states, [sentence.size, 6]));
  }
}

const sentences = [
  { words: [0, 1, 2, 3, 4], tags: [0, 1, 2, 0, 1] },
  { words: [5, 6, 7, 8], tags: [1, 2, 0, 1] },
];

/** Both sentences, one step of gradient descent each. */
function tagger(wrap: (step: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor) => (x: tf.Tensor, y: tf.Tensor) => tf.Tensor) {
  manualSeed(777);
  const model = new Tagger();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const step = wrap((x, y) => {
    const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(model.forward(x), y));
    optimizer.step(grads);
    return loss;
  });
  return () =>
    sentences.map(({ words, tags }) =>
      tf.tidy(() => item(step(tf.tensor1d(words, "int32"), tf.tensor1d(tags, "int32")))),
    );
}

function compiledTagger(): Runner {
  let compiled!: ReturnType<typeof nn.compile<[tf.Tensor, tf.Tensor], tf.Tensor>>;
  const step = tagger((plain) => (compiled = nn.compile(plain, { onFallback: () => {} })));
  return { step, compiled };
}

export const workloads: Workload[] = [
  {
    name: "hihell",
    title: "hihell step: B 1, T 6, H 4, V 5, Adam",
    unit: "step",
    reference: ["torch-1"],
    notes: [
      "brain.js trains its own network of this size: another cell, another optimizer. Its results are not compared.",
    ],
    contenders: [
      ...small(unrolled(hihell as never)),
      pytorch(1, "hihell.py"),
      {
        name: "brain",
        label: "brain.js",
        party: "brain.js",
        threads: 1,
        checks: 0,
        run: brain,
      },
    ],
  },
  {
    name: "hello",
    title: "hello world step: B 8, T 3, E 128, H 128, V 8, Adam",
    unit: "step",
    reference: ["torch-1"],
    contenders: [...small(unrolled(hello as never)), pytorch(1, "hello.py")],
  },
  {
    name: "tagger",
    title: "LSTM tagger step: T 5 and 4, E 6, H 6, SGD",
    unit: "step",
    perStep: 2,
    reference: ["torch-1"],
    contenders: [
      {
        name: "compiled",
        label: "Unrolled, compiled",
        party: "Unrolled",
        threads: 1,
        graph: true,
        run: compiledTagger,
      },
      {
        name: "eager",
        label: "Unrolled, eager",
        party: "Unrolled",
        threads: 1,
        run: () => ({ step: tagger((step) => step) }),
      },
      pytorch(1, "tagger.py"),
    ],
  },
];
