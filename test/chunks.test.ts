import { backend, item, manualSeed, nn, optim, tf, TorchGenerator } from "unrolled";
import { assertClose } from "./close";

const [T, H, V] = [12, 32, 90];

class Head extends nn.Module {
  rnn = new nn.RNN(8, H, { batchFirst: true });
  fc = new nn.Linear(H, V);
}

/** Five steps of a model whose head is large enough to be cut into pieces, one for each core, when it is compiled. */
function train(batch: number, compiled: boolean, options: nn.CrossEntropyLossOptions, bias = true): number[] {
  manualSeed(1);
  const model = new Head();
  model.fc = new nn.Linear(H, V, { bias });
  const criterion = new nn.CrossEntropyLoss(options);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
  const step = (x: tf.Tensor, y: tf.Tensor) => {
    const { loss, grads } = nn.valueAndGrads(model, () => {
      const [output] = model.rnn.forward(x);
      return criterion.forward(tf.reshape(model.fc.forward(output), [-1, V]), y);
    });
    nn.clipGradNorm(grads, 1);
    optimizer.step(grads);
    return loss;
  };
  const strict = backend.name === "tensorflow";
  const graph = nn.compile(step, { strict });
  const run = compiled ? graph : (x: tf.Tensor, y: tf.Tensor) => tf.tidy(() => step(x, y));
  const losses = Array.from({ length: 5 }, (_, i) => {
    const generator = new TorchGenerator(i);
    const x = tf.tensor(generator.normal(batch * T * 8), [batch, T, 8]);
    const y = tf.tensor1d(generator.randint(0, V, batch * T), "int32");
    return item(run(x, y));
  });
  graph.dispose();
  return losses;
}

describe("pieces for several cores", () => {
  before(() => backend.ready);

  for (const batch of [128, 131, 64]) {
    for (const options of [{}, { ignoreIndex: 3 }]) {
      it(`give a batch of ${batch} the same losses ${JSON.stringify(options)}`, () => {
        const expected = train(batch, false, options);
        assertClose(train(batch, true, options), expected);
      });
    }
  }

  it("do without a bias", () => {
    assertClose(train(128, true, {}, false), train(128, false, {}, false));
  });
});
