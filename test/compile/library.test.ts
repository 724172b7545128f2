import { strict as assert } from "node:assert";
import { backend, manualSeed, nn, optim, tf } from "unrolled";

const [B, T, V, E, H] = [70, 5, 11, 6, 8]; // rows enough for two chains in a compiled step

class Tagger extends nn.Module {
  embedding = new nn.Embedding(V, E);
  rnn: nn.RNN | nn.LSTM | nn.GRU;
  fc: nn.Linear;

  constructor(Layer: typeof nn.RNN | typeof nn.LSTM | typeof nn.GRU, options: object) {
    super();
    this.rnn = new Layer(E, H, { batchFirst: true, ...options });
    this.fc = new nn.Linear(this.rnn.bidirectional ? 2 * H : H, V);
  }

  forward(x: tf.Tensor, lengths: tf.Tensor1D): tf.Tensor {
    const [output] = this.rnn.forward(this.embedding.forward(x), undefined, { lengths });
    return tf.reshape(this.fc.forward(output), [-1, V]);
  }
}

describe("nn.compile with the library's models", function () {
  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  /** Losses and gradient norms of ten steps on batches that all differ. */
  function train(compiled: boolean, Layer: ConstructorParameters<typeof Tagger>[0], options: object): number[] {
    manualSeed(11);
    const tagger = new Tagger(Layer, options);
    const criterion = new nn.CrossEntropyLoss({ ignoreIndex: 0 });
    const optimizer = new optim.AdamW(tagger.parameters(), { lr: 0.02 });
    const schedule = new optim.ExponentialLR(optimizer, { gamma: 0.8 });
    const step = (x: tf.Tensor, y: tf.Tensor, lengths: tf.Tensor1D) => {
      const { loss, grads } = nn.valueAndGrads(tagger, () => criterion.forward(tagger.forward(x, lengths), y));
      const norm = nn.clipGradNorm(grads, 0.1);
      optimizer.step(grads);
      return { loss, norm };
    };
    const run = compiled ? nn.compile(step, { strict: true, audit: [8] }) : step;
    const numbers = (size: number, below: number, i: number) =>
      Int32Array.from({ length: size }, (_, k) => (k * k + 7 * i + 3 * (k % 5)) % below);
    return Array.from({ length: 12 }, (_, i) => {
      const [x, y] = [tf.tensor(numbers(B * T, V, i), [B, T]), tf.tensor1d(numbers(B * T, V, i + 1))];
      const { loss, norm } = run(x, y, tf.tensor1d(numbers(B, T + 1, i)));
      schedule.step();
      return [loss.dataSync()[0]!, norm.dataSync()[0]!];
    }).flat();
  }

  for (const [name, Layer, options] of [
    ["RNN", nn.RNN, {}],
    ["RNN with relu, two layers, dropout", nn.RNN, { nonlinearity: "relu", numLayers: 2, dropout: 0.3 }],
    ["LSTM", nn.LSTM, {}],
    ["LSTM, two layers, both directions", nn.LSTM, { numLayers: 2, bidirectional: true }],
    ["GRU", nn.GRU, {}],
    ["GRU, two layers, both directions, dropout", nn.GRU, { numLayers: 2, bidirectional: true, dropout: 0.3 }],
  ] as const) {
    it(`trains as eagerly: ${name}`, () => {
      const [eager, compiled] = [train(false, Layer, options), train(true, Layer, options)];
      eager.forEach((value, i) => {
        assert.ok(Math.abs(compiled[i]! - value) < 1e-4 * value, `number ${i}: ${compiled[i]} instead of ${value}`);
      });
    });
  }
});
