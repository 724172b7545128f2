/** The fused kernels below the layers: chains, the tape node with several outputs, rows by index. */
import { strict as assert } from "node:assert";
import { backend, manualSeed, nn, optim, tf } from "unrolled";
import { chainCount } from "unrolled/dist/kernels/chains";
import { fusedOp, sequence, takeRows, tanhCell, gruCell, lstmCell, reluCell, withChains } from "unrolled/dist/kernels";
import { close, makeLayer, kinds, randn, runLayer, weighted } from "./support/recurrent";

before(() => backend.ready);

describe("chains", () => {
  const cells = { rnn: tanhCell, relu: reluCell, lstm: lstmCell, gru: gruCell };

  it("are one, unless more are asked for and each gets enough rows", () => {
    assert.equal(chainCount(256), 1);
    assert.deepEqual(
      withChains(4, () => [1, 32, 63, 64, 96, 256].map(chainCount)),
      [1, 1, 1, 2, 3, 4],
    );
    assert.equal(chainCount(256), 1);
  });

  for (const kind of kinds) {
    it(`do not change what a ${kind} computes, nor its gradients`, () => {
      const [I, H, B, T, V] = [3, 4, 7, 5, 6];
      manualSeed(31);
      const layer = makeLayer(kind, I, H);
      const x = randn(B, T, I);
      const table = randn(V, I);
      const ids = tf.tensor2d(
        new Int32Array(B * T).map((_, i) => (i * 7) % V),
        [B, T],
        "int32",
      );
      const states = [randn(B, H), randn(B, H)].slice(0, kind === "lstm" ? 2 : 1);
      const factors = [randn(T, B, H), randn(B, H), randn(B, H)];
      for (const useIds of [false, true]) {
        const inputs = [useIds ? table : x, ...states, ...layer.parameters()];
        const [one, ...others] = [1, 2, 3, 7].map((chains) => {
          const loss = (...[source, h0, ...rest]: tf.Tensor[]) => {
            const c0 = kind === "lstm" ? rest.shift() : undefined;
            const [weightIh, weightHh, biasIh, biasHh] = rest as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
            const input = useIds ? { ids, table: source! } : { x: source! };
            const options = { h0, c0, inputAxis: 1, chains, reverse: true } as const;
            const results = sequence(kind, cells[kind], input, { weightIh, weightHh, biasIh, biasHh }, options);
            return weighted(results, factors);
          };
          return tf.valueAndGrads(loss)(inputs);
        });
        for (const other of others) {
          close("loss", other.value, one!.value.dataSync(), 1e-5);
          other.grads.forEach((gradient, i) => close(`gradient ${i}`, gradient, one!.grads[i]!.dataSync(), 1e-5));
        }
      }
    });
  }

  it("keep a compiled step's results: several chains when recorded, one when eager; lengths as an argument", function () {
    if (backend.name !== "tensorflow") this.skip();
    const [B, T] = [64, 6];
    const ids = tf.tensor2d(
      new Int32Array(B * T).map((_, i) => (i * 5) % 9),
      [B, T],
      "int32",
    );
    const lengths = [0, 1].map((k) => tf.tensor1d(new Int32Array(B).map((_, i) => (i + k) % (T + 1)), "int32")); // prettier-ignore
    for (const kind of kinds) {
      const losses = [false, true].map((compiled) => {
        manualSeed(41);
        const model = new (class extends nn.Module {
          embedding = new nn.Embedding(9, 4);
          layer = makeLayer(kind, 4, 8, { batchFirst: true, bidirectional: true, numLayers: 2, dropout: 0.2 });
        })();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
        const step = (ids: tf.Tensor, lengths: tf.Tensor) => {
          const { loss, grads } = nn.valueAndGrads(model, () => {
            const x = model.embedding.forward(ids);
            const results = [runLayer(model.layer, x), runLayer(model.layer, x, [], { lengths })].flat();
            return tf.addN(results.map((result) => tf.mean(tf.square(tf.sub(result, 0.3)))));
          });
          optimizer.step(grads);
          return loss;
        };
        const graph = compiled ? nn.compile(step, { strict: true }) : undefined;
        const run = graph ?? ((...args: [tf.Tensor, tf.Tensor]) => tf.tidy(() => step(...args)));
        const values = Array.from({ length: 8 }, (_, i) => nn.item(run(ids, lengths[i % 2]!)));
        if (graph) assert.ok(graph.stats.replays > 3, `${kind}: ${graph.stats.replays} replays`);
        return values;
      });
      losses[0]!.forEach((loss, i) => assert.ok(Math.abs(loss - losses[1]![i]!) < 1e-5 * loss, `${kind}, step ${i}`));
      assert.ok(losses[0]![7]! < losses[0]![0]!);
    }
  });
});

describe("lstmCell", () => {
  // Which way runs depends on the processor and on the sizes; PyTorch's numbers are in recurrent.test.ts.
  for (const V of [3, 9]) {
    it(`computes the same in one operation a step and in several, with ${V} letters of 5 numbers each`, function () {
      if (backend.name !== "tensorflow") this.skip();
      const [I, H, B, T] = [5, 4, 6, 7];
      manualSeed(32);
      const layer = makeLayer("lstm", I, H);
      const ids = tf.tensor2d(
        new Int32Array(B * T).map((_, i) => (i * 5) % V),
        [T, B],
        "int32",
      );
      const inputs = [randn(V, I), randn(B, H), randn(B, H), ...layer.parameters()];
      const factors = [randn(T, B, H), randn(B, H), randn(B, H)];
      const [whole, separate] = [true, false].map((takesInput) => {
        const cell = { ...lstmCell, takesInput: () => takesInput };
        const loss = (...[table, h0, c0, ...rest]: tf.Tensor[]) => {
          const [weightIh, weightHh, biasIh, biasHh] = rest as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
          const weights = { weightIh, weightHh, biasIh, biasHh };
          return weighted(sequence("lstm", cell, { ids, table: table! }, weights, { h0, c0 }), factors);
        };
        return tf.valueAndGrads(loss)(inputs);
      });
      close("loss", whole!.value, separate!.value.dataSync(), 1e-5);
      whole!.grads.forEach((gradient, i) => close(`gradient ${i}`, gradient, separate!.grads[i]!.dataSync(), 1e-5));
    });
  }

  it("finds an id out of range, also where ids become one-hot rows", function () {
    if (backend.name !== "tensorflow") this.skip();
    const [weightIh, weightHh, biasIh, biasHh] = makeLayer("lstm", 5, 4).parameters();
    const weights = { weightIh: weightIh!, weightHh: weightHh!, biasIh, biasHh };
    const ids = tf.tensor2d([[0, 3]], [1, 2], "int32");
    assert.throws(
      () => sequence("lstm", lstmCell, { ids, table: randn(3, 5) }, weights),
      /indices\[0,1\] = 3 is not in \[0, 3\)/,
    );
  });
});

describe("fusedOp", () => {
  const square = (x: tf.Tensor, seen: (tf.Tensor | null)[][] = []) =>
    fusedOp("square and cube", { x }, (keep) => {
      const kept = keep(x.clone());
      return {
        outputs: [tf.square(x), tf.mul(x, tf.square(x))],
        backward: (dys) => {
          seen.push(dys);
          const parts = [
            dys[0] && tf.mul(dys[0], tf.mul(kept, 2)),
            dys[1] && tf.mul(dys[1], tf.mul(tf.square(kept), 3)),
          ];
          return { x: () => tf.addN(parts.filter((part): part is tf.Tensor => part !== null)) };
        },
      };
    });

  it("adds up the gradients through several outputs", () => {
    const x = tf.tensor1d([1, 2, -3]);
    const gradient = tf.grad((x) => tf.add(...(square(x) as [tf.Tensor, tf.Tensor])))(x); // 2x + 3x²
    close("gradient", gradient, [5, 16, 21]);
  });

  it("says null for an output that the loss does not use", () => {
    const seen: (tf.Tensor | null)[][] = [];
    const gradient = tf.grad((x) => square(x, seen)[1]!)(tf.tensor1d([1, 2]));
    close("gradient", gradient, [3, 12]);
    assert.equal(seen[0]![0], null);
  });

  it("keeps the gradient right when the caller changes the list of outputs", () => {
    const gradient = tf.grad((x) => square(x).reverse()[0]!)(tf.tensor1d([1, 2]));
    close("gradient", gradient, [3, 12]);
  });

  it("frees what it kept, with or without a gradient, and when it throws", () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    tf.dispose(square(x));
    tf.tidy(() => void tf.grad((x) => square(x)[0]!)(x));
    tf.tidy(() => void tf.grad((x) => tf.add(tf.mul(square(x)[0]!, 0), x))(x));
    assert.throws(() =>
      tf.tidy(() => {
        tf.grad((x) => {
          fusedOp("fails", { x }, (keep) => {
            keep(x.clone());
            throw new Error("no");
          });
          return x;
        })(x);
      }),
    );
    assert.equal(tf.memory().numTensors, before);
  });
});

describe("fusedOp in a gradient of a gradient", () => {
  // What an operation keeps for its gradient is not on the tape: the outer gradient was that of constants, without a word.
  const refused = (name: string) => new RegExp(`^Error: ${name}: a gradient of its gradient cannot be taken`);
  const x = () => tf.tensor([0.3, -0.2, 0.5, 0.1, 0.7, -0.4], [3, 1, 2]);
  const slope = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.sum(tf.square(tf.grad(f)(x)));

  for (const kind of kinds) {
    it(`refuses it, named after the layer: ${kind}`, () => {
      const layer = makeLayer(kind, 2, 3);
      const f = (x: tf.Tensor) => tf.sum(runLayer(layer, x)[0]!);
      assert.throws(() => tf.grad(slope(f))(x()), refused(layer.constructor.name));
    });
  }

  it("refuses it for a linear layer, an embedding and cross entropy", () => {
    const linear = new nn.Linear(2, 3);
    const classes = tf.tensor1d([0, 2, 1], "int32");
    const loss = (x: tf.Tensor) => nn.crossEntropy(tf.concat([x, tf.square(x)], 2).reshape([3, 4]), classes);
    const embedding = new nn.Embedding(3, 2);
    assert.throws(() => tf.grad(slope((x) => tf.sum(tf.square(linear.forward(x)))))(x()), refused("Linear"));
    assert.throws(() => tf.grad(slope(loss))(x()), refused("CrossEntropy"));
    const penalty = () => {
      const { grads } = nn.valueAndGrads(embedding, () => tf.sum(tf.square(embedding.forward(classes))));
      return tf.sum(tf.square(grads.weight!));
    };
    assert.throws(() => nn.valueAndGrads(embedding, penalty), refused("Embedding"));
  });

  // tensorflow/tfjs#3252: what they save is cut off from the tape. Once this fails, the message can name nn.unroll instead.
  it("would be wrong through TensorFlow.js's own tanh, as the message says", () => {
    const penalty = slope((x) => tf.sum(tf.square(tf.tanh(x))));
    const [up, down] = [0.31, 0.29].map((x) => nn.item(penalty(tf.scalar(x))));
    const difference = (up! - down!) / 0.02;
    assert.ok(Math.abs(nn.item(tf.grad(penalty)(tf.scalar(0.3))) - difference) > 0.1);
  });

  it("lets a gradient be taken inside another that does not go through it", () => {
    const layer = new nn.LSTM(2, 3);
    const f = (x: tf.Tensor) => tf.sum(layer.forward(x)[0]);
    const expected = tf.grad(f)(x());
    let inside: tf.Tensor | undefined;
    const gradient = tf.grad((x) => {
      const { value, grads } = tf.valueAndGrads((x) => f(x!))([x]);
      inside = tf.keep(grads[0]!.clone());
      return tf.add(value, tf.sum(tf.square(x)));
    })(x());
    close("inside", inside!, expected.dataSync());
    close("outside", gradient, tf.add(expected, tf.mul(x(), 2)).dataSync());
    let steps = 0;
    tf.grad((x) => {
      const { grads } = nn.valueAndGrads(layer, () => f(x)); // of the parameters, for a look at their size
      steps += nn.item(nn.clipGradNorm(grads, 1)) > 0 ? 1 : 0;
      return tf.sum(x);
    })(x());
    assert.equal(steps, 1);
  });
});

describe("takeRows", () => {
  it("takes rows and gives their gradients back, added up", () => {
    const x = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    const index = tf.tensor1d([2, 0, 2], "int32");
    close("rows", takeRows(x, index), [5, 6, 1, 2, 5, 6]);
    const factors = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    close("gradient", tf.grad((x) => tf.sum(tf.mul(takeRows(x, index), factors)))(x), [3, 4, 0, 0, 6, 8]);
  });

  it("takes integers", () => {
    const taken = takeRows(tf.tensor1d([7, 8, 9], "int32"), tf.tensor1d([1, 1, 0], "int32"));
    assert.equal(taken.dtype, "int32");
    assert.deepEqual([...taken.dataSync()], [8, 8, 7]);
  });
});
