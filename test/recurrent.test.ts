/** nn.RNN, nn.LSTM and nn.GRU: PyTorch's values and every gradient of every variant; what a recurrent layer must do; bad input. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backend, manualSeed, nn, optim, tf } from "unrolled";
import { close, kinds, makeLayer, randn, runLayer, weighted, type Kind } from "./support/recurrent";

interface Case {
  seed: number;
  shape: [I: number, H: number, B: number, T: number];
  layers: number;
  directions: 1 | 2;
  state: boolean;
  bias: boolean;
  batchFirst: boolean;
  lengths: number[] | null;
  results: Record<string, number[]>;
  grads: Record<string, number[]>;
}

function check(kind: Kind, c: Case) {
  const { layers: numLayers, directions, bias, batchFirst, lengths } = c;
  const [I, H, B, T] = c.shape;
  manualSeed(c.seed);
  const layer = makeLayer(kind, I, H, { numLayers, bidirectional: directions === 2, bias, batchFirst });
  const lead = batchFirst ? [B, T] : [T, B];
  const x = randn(...lead, I);
  const stateShape = [numLayers * directions, B, H];
  const count = kind === "lstm" ? 2 : 1;
  const states = c.state ? Array.from({ length: count }, () => randn(...stateShape)) : [];
  const factors = [randn(...lead, directions * H), ...Array.from({ length: count }, () => randn(...stateShape))];

  const named = layer.namedParameters();
  let results: tf.Tensor[] = [];
  const loss = (...inputs: tf.Tensor[]) => {
    results = runLayer(layer, inputs[0]!, inputs.slice(1, 1 + states.length), lengths ? { lengths } : {});
    results.forEach((result) => tf.keep(result));
    return weighted(results, factors);
  };
  const inputs = [x, ...states, ...named.map(([, variable]) => variable as tf.Tensor)];
  const { grads } = tf.valueAndGrads(loss)(inputs);
  ["output", "hN", "cN"].slice(0, results.length).forEach((name, i) => close(name, results[i]!, c.results[name]!));
  const names = ["x", ...["h0", "c0"].slice(0, states.length), ...named.map(([name]) => name)];
  assert.deepEqual([...names].sort(), Object.keys(c.grads).sort());
  names.forEach((name, i) => {
    assert.deepEqual(grads[i]!.shape, inputs[i]!.shape, name);
    close(`gradient of ${name}`, grads[i]!, c.grads[name]!);
  });
}

function title(c: Case) {
  const [I, H, B, T] = c.shape;
  const parts = [`${c.layers} layer${c.layers > 1 ? "s" : ""}`, c.directions === 2 ? "both directions" : "forward"];
  parts.push(
    c.state ? "given state" : "zero state",
    c.bias ? "bias" : "no bias",
    c.batchFirst ? "[B, T, I]" : "[T, B, I]",
  );
  if (c.lengths) parts.push(`lengths ${c.lengths.join(" ")}`);
  return `${parts.join(", ")}, I ${I} H ${H} B ${B} T ${T}`;
}

const fixture = <T>(name: string) =>
  JSON.parse(readFileSync(join(__dirname, "fixtures", `recurrent-${name}.json`), "utf8")) as T;

before(() => backend.ready);

for (const kind of kinds) {
  const { cases } = fixture<{ cases: Case[] }>(kind);
  describe(`${kind.toUpperCase()} has PyTorch's values and gradients`, () => {
    for (const c of cases) it(title(c), () => tf.tidy(() => check(kind, c)));
  });
}

describe("recurrent layers", () => {
  const I = 3;
  const H = 2;
  const B = 4;
  const T = 5;

  for (const kind of kinds) {
    const name = kind.toUpperCase();

    it(`${name} has the gradients that finite differences give`, () => {
      manualSeed(11);
      const layer = makeLayer(kind, I, H, { bidirectional: true });
      const x = randn(T, B, I);
      const states = kind === "lstm" ? [randn(2, B, H), randn(2, B, H)] : [randn(2, B, H)];
      const results = runLayer(layer, x, states);
      const factors = results.map((result) => randn(...result.shape));
      const inputs = [x, ...states, ...layer.parameters()];
      const loss = (...[x, ...rest]: tf.Tensor[]) =>
        weighted(runLayer(layer, x!, rest.slice(0, states.length)), factors);
      const { grads } = tf.valueAndGrads(loss)(inputs);
      // One random direction for each input: (f(a + εd) − f(a − εd)) / 2ε = ∇f·d
      inputs.forEach((input, i) => {
        const step = tf.mul(randn(...input.shape), 1e-2);
        const slope = tf.sum(tf.mul(grads[i]!, step)).dataSync()[0]!;
        const at = (moved: tf.Tensor) => {
          const value = input.clone();
          if (input instanceof tf.Variable) input.assign(moved);
          const result = loss(
            ...inputs.map((other, j) => (j === i && !(input instanceof tf.Variable) ? moved : other)),
          );
          if (input instanceof tf.Variable) input.assign(value);
          return result.dataSync()[0]!;
        };
        const difference = (at(tf.add(input, step)) - at(tf.sub(input, step))) / 2;
        assert.ok(Math.abs(difference - slope) < 2e-4, `input ${i}: slope ${slope}, difference ${difference}`);
      });
    });

    it(`${name} remembers: the output at t depends on the inputs up to t and on no later one`, () => {
      manualSeed(3);
      const layer = makeLayer(kind, I, H, { bidirectional: true });
      // Positive, so that no relu is silent, and small, so that no tanh is full.
      for (const variable of layer.parameters()) variable.assign(tf.mul(tf.abs(variable), 0.5));
      const x = tf.mul(tf.abs(randn(T, 1, I)), 0.1);
      const influence = tf.tidy(() => {
        const base = layer.forward(x)[0].arraySync() as number[][][];
        return Array.from({ length: T }, (_, s) => {
          const bump = tf
            .oneHot(tf.tensor1d([s], "int32"), T)
            .reshape([T, 1, 1])
            .mul(0.5);
          const moved = layer.forward(tf.add(x, bump))[0].arraySync() as number[][][];
          return base.map(([row], t) => [row![0] !== moved[t]![0]![0], row![H] !== moved[t]![0]![H]]);
        });
      });
      influence.forEach((row, s) =>
        row.forEach(([forward, backward], t) => {
          assert.equal(forward, s <= t, `input ${s} on output ${t}`);
          assert.equal(backward, s >= t, `input ${s} on reversed output ${t}`);
        }),
      );
    });

    it(`${name} learns a tiny sequence by heart`, () => {
      manualSeed(5);
      class Tiny extends nn.Module {
        embedding = new nn.Embedding(5, 4);
        layer = makeLayer(kind, 4, 8, { batchFirst: true });
        out = new nn.Linear(8, 5);
        forward(x: tf.Tensor) {
          return tf.reshape(this.out.forward(runLayer(this.layer, this.embedding.forward(x))[0]!), [-1, 5]);
        }
      }
      const model = new Tiny();
      const criterion = new nn.CrossEntropyLoss();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
      const x = tf.tensor2d([[0, 1, 0, 2, 3, 3]], [1, 6], "int32");
      const y = tf.tensor1d([1, 0, 2, 3, 3, 4], "int32"); // hihell → ihello
      let last = Infinity;
      for (let i = 0; i < 100; i++) {
        tf.tidy(() => {
          const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(model.forward(x), y));
          optimizer.step(grads);
          last = nn.item(loss);
        });
      }
      assert.ok(last < 0.05, `loss ${last}`);
    });

    it(`${name} gives the same for a batch as for its rows one by one`, () => {
      manualSeed(8);
      const layer = makeLayer(kind, I, H, { numLayers: 2, batchFirst: true });
      const x = randn(B, T, I);
      const [output, ...last] = runLayer(layer, x);
      const one = runLayer(layer, tf.squeeze(tf.slice(x, [2], [1]), [0])); // [T, I]: one sequence without a batch axis
      assert.deepEqual(one[0]!.shape, [T, H]);
      close("output", one[0]!, tf.slice(output!, [2], [1]).dataSync());
      last.forEach((state, i) => {
        assert.deepEqual(one[1 + i]!.shape, [2, H]);
        close("state", one[1 + i]!, tf.slice(state, [0, 2], [-1, 1]).dataSync());
      });
    });

    it(`${name} continues a sequence from the state it returned`, () => {
      manualSeed(9);
      const layer = makeLayer(kind, I, H, { numLayers: 2 });
      const x = randn(T, B, I);
      const [whole, ...end] = runLayer(layer, x);
      const [first, ...state] = runLayer(layer, tf.slice(x, [0], [2]));
      const [second, ...last] = runLayer(layer, tf.slice(x, [2], [-1]), state);
      close("output", tf.concat([first!, second!]), whole!.dataSync());
      last.forEach((part, i) => close("state", part, end[i]!.dataSync()));
    });

    it(`${name} leaves a row of length 0 at its initial state`, () => {
      manualSeed(10);
      const layer = makeLayer(kind, I, H, { bidirectional: true });
      const x = randn(T, B, I);
      const states = [randn(2, B, H), randn(2, B, H)].slice(0, kind === "lstm" ? 2 : 1);
      const [output, ...last] = runLayer(layer, x, states, { lengths: [T, 0, 2, 1] });
      close("output", tf.slice(output!, [0, 1], [-1, 1]), new Float32Array(T * 2 * H));
      last.forEach((state, i) => {
        close("state", tf.slice(state, [0, 1], [-1, 1]), tf.slice(states[i]!, [0, 1], [-1, 1]).dataSync());
      });
      const zero = runLayer(layer, x, [], { lengths: [T, 0, 2, 1] });
      close("state from zeros", tf.slice(zero[1]!, [0, 1], [-1, 1]), new Float32Array(2 * H));
    });

    it(`${name} takes lengths as a tensor, and full lengths change nothing`, () => {
      manualSeed(12);
      const layer = makeLayer(kind, I, H, { bidirectional: true, batchFirst: true });
      const x = randn(B, T, I);
      const asNumbers = runLayer(layer, x, [], { lengths: [3, 5, 1, 4] });
      const asTensor = runLayer(layer, x, [], { lengths: tf.tensor1d([3, 5, 1, 4], "int32") });
      asNumbers.forEach((result, i) => close("result", asTensor[i]!, result.dataSync()));
      const full = runLayer(layer, x, [], { lengths: [T, T, T, T] });
      runLayer(layer, x).forEach((result, i) => close("result", full[i]!, result.dataSync()));
    });

    it(`${name} does not leak tensors, with gradients, without, or when it throws`, () => {
      const layer = makeLayer(kind, I, H, { numLayers: 2, bidirectional: true });
      const table = new nn.Embedding(7, I);
      const x = randn(T, B, I);
      const ids = tf.tensor2d(
        new Int32Array(T * B).map((_, i) => i % 7),
        [T, B],
        "int32",
      );
      const round = () => {
        tf.dispose(runLayer(layer, x, [], { lengths: [1, 2, 3, 4] }));
        const [output, ...last] = runLayer(layer, x);
        tf.dispose([output!, ...last, runLayer(layer, x, last)]);
        tf.tidy(() => {
          nn.valueAndGrads(layer, () => tf.sum(runLayer(layer, table.forward(ids))[0]!));
          nn.valueAndGrads(layer, () => tf.sum(runLayer(layer, x, [], { lengths: [1, 2, 3, 4] })[1]!));
        });
        const gone = randn(4, B, H);
        gone.dispose();
        assert.throws(() =>
          tf.tidy(() => void nn.valueAndGrads(layer, () => tf.sum(runLayer(layer, x, [gone, gone])[0]!))),
        );
      };
      round();
      const { numTensors } = tf.memory();
      round();
      assert.equal(tf.memory().numTensors, numTensors);
    });
  }

  it("keep tensors and memory constant over 2,000 training steps", function () {
    this.timeout(60_000);
    const layer = new nn.RNN(I, H);
    const optimizer = new optim.SGD(layer.parameters(), { lr: 1e-3 });
    const x = randn(2, 1, I);
    const step = () =>
      tf.tidy(() => {
        const { grads } = nn.valueAndGrads(layer, () => tf.sum(layer.forward(x)[0]));
        optimizer.step(grads);
      });
    for (let i = 0; i < 200; i++) step();
    const { numTensors } = tf.memory();
    const resident = process.memoryUsage().rss;
    for (let i = 0; i < 2000; i++) step();
    assert.equal(tf.memory().numTensors, numTensors);
    const grown = (process.memoryUsage().rss - resident) / 2 ** 20;
    assert.ok(grown < 40, `resident memory grew by ${grown.toFixed()} MB`);
  });

  it("look an embedding up in a folded table with the same result and gradients", () => {
    for (const kind of kinds) {
      for (const [size, batchFirst] of [
        [7, false],
        [7, true],
        [200, true], // more symbols than steps: not folded
      ] as const) {
        tf.tidy(() => {
          manualSeed(13);
          const table = new nn.Embedding(size, I);
          const layer = makeLayer(kind, I, H, { batchFirst, bidirectional: true, numLayers: 2 });
          const lead = batchFirst ? [B, T] : [T, B];
          const ids = tf.tensor(
            new Int32Array(T * B).map((_, i) => (i * 5) % 7),
            lead,
            "int32",
          );
          const factors = runLayer(layer, table.forward(ids)).map((result) => randn(...result.shape));
          const of = (x: () => tf.Tensor) =>
            tf.variableGrads(() => weighted(runLayer(layer, x()), factors), [table.weight, ...layer.parameters()]);
          const folded = of(() => table.forward(ids));
          const plain = of(() => tf.mul(table.forward(ids), 1)); // no longer known as an embedding
          close("loss", folded.value, plain.value.dataSync(), 1e-5);
          for (const [key, gradient] of Object.entries(plain.grads)) {
            close(`${kind} ${key}`, folded.grads[key]!, gradient.dataSync(), 1e-5);
          }
        });
      }
    }
  });

  it("do not fold an embedding that is the aim of the gradient, changed or gone", () => {
    const table = new nn.Embedding(7, I);
    const layer = new nn.RNN(I, H);
    const ids = tf.tensor2d([[1], [2], [6], [3], [3], [0], [1]], [7, 1], "int32");
    const x = table.forward(ids);
    const expected = layer.forward(tf.clone(x))[0].dataSync();
    const gradient = tf.grad((input) => tf.sum(layer.forward(input)[0]))(x);
    assert.ok(tf.sum(tf.abs(gradient)).dataSync()[0]! > 0);
    const copy = tf.clone(ids);
    const other = table.forward(copy);
    copy.dispose();
    close("after the ids are gone", layer.forward(other)[0], expected);
    table.weight.assign(tf.zeros([7, I]));
    close("after a change of the table", layer.forward(x)[0], expected);
  });

  it("drop the same numbers between layers as PyTorch for the same seed", () => {
    const { dropout } = fixture<{ dropout: { output: number[] } }>("cells");
    manualSeed(7);
    const layer = new nn.GRU(I, H, { numLayers: 3, dropout: 0.4, bidirectional: true, batchFirst: true });
    const x = randn(B, T, I);
    close("output", layer.forward(x)[0], dropout.output);
    layer.eval();
    close("in evaluation", layer.forward(x)[0], layer.forward(x)[0].dataSync());
  });

  it("carry PyTorch's names in PyTorch's order, and print as PyTorch does", () => {
    const layer = new nn.LSTM(3, 2, { numLayers: 2, bidirectional: true });
    assert.deepEqual(
      layer.namedParameters().map(([name, { shape }]) => `${name} ${shape.join("x")}`),
      ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap((end) => [
        `weight_ih_${end} 8x${end.startsWith("l0") ? 3 : 4}`,
        `weight_hh_${end} 8x2`,
        `bias_ih_${end} 8`,
        `bias_hh_${end} 8`,
      ]),
    );
    assert.equal(String(new nn.RNN(64, 128, { batchFirst: true })), "RNN(64, 128, batch_first=True)");
    assert.equal(String(new nn.RNN(3, 2, { nonlinearity: "relu" })), "RNN(3, 2)");
    assert.equal(String(new nn.LSTM(6, 6)), "LSTM(6, 6)");
    assert.equal(
      String(new nn.GRU(3, 2, { numLayers: 2, bias: false, dropout: 0.5, bidirectional: true })),
      "GRU(3, 2, num_layers=2, bias=False, dropout=0.5, bidirectional=True)",
    );
  });

  it("say what is wrong with their input", () => {
    const rnn = new nn.RNN(64, 8, { batchFirst: true });
    const lstm = new nn.LSTM(3, 2, { bidirectional: true });
    const throws = (act: () => unknown, message: string) => assert.throws(act, { message });
    const x = tf.zeros([5, 4, 3]);
    throws(() => rnn.forward(tf.zeros([256, 40, 32])), "RNN.forward: expected input [B, T, 64], got [256, 40, 32]");
    throws(() => rnn.forward(tf.zeros([64])), "RNN.forward: expected input [B, T, 64] (or [T, 64]), got [64]");
    throws(() => lstm.forward(tf.zeros([5, 4])), "LSTM.forward: expected input [T, B, 3] (or [T, 3]), got [5, 4]");
    throws(
      () => lstm.forward(tf.zeros([5, 4, 3], "int32")),
      "LSTM.forward: expected a float32 input, got int32; ids go through an nn.Embedding first",
    );
    throws(
      () => lstm.forward(tf.zeros([0, 4, 3])),
      "LSTM.forward: expected at least one step and one row, got [0, 4, 3]",
    );
    throws(
      () => rnn.forward(tf.zeros([2, 3, 64]), tf.zeros([1, 3, 8])),
      "RNN.forward: expected h0 [1, 2, 8], got [1, 3, 8]",
    );
    const h = tf.zeros([2, 4, 2]);
    throws(() => lstm.forward(x, [h, tf.zeros([2, 4, 3])]), "LSTM.forward: expected c0 [2, 4, 2], got [2, 4, 3]");
    throws(() => lstm.forward(tf.zeros([5, 3]), [h, h]), "LSTM.forward: expected h0 [2, 2], got [2, 4, 2]");
    throws(
      () => lstm.forward(x, h as unknown as nn.LSTMState),
      "LSTM.forward: expected the state as [h0, c0], got one tensor",
    );
    throws(
      () => lstm.forward(x, undefined, { lengths: [1, 2] }),
      "LSTM.forward: expected 4 lengths, one for each row, got 2",
    );
    throws(
      () => lstm.forward(x, undefined, { lengths: [5, 6, 1, 1] }),
      "LSTM.forward: expected lengths from 0 to T = 5, got 6 in row 1",
    );
    throws(
      () => lstm.forward(x, undefined, { lengths: [5, 1, 1, 1.5] }),
      "LSTM.forward: expected lengths from 0 to T = 5, got 1.5 in row 3",
    );
    throws(
      () => lstm.forward(x, undefined, { lengths: tf.tensor1d([1, 2]) }),
      "LSTM.forward: expected lengths of type int32 and shape [4], got float32 [2]",
    );
    throws(
      () => lstm.forward(tf.zeros([5, 3]), undefined, { lengths: [5] }),
      "LSTM.forward: lengths need a batch of sequences, got one sequence",
    );
    throws(() => new nn.GRU(3, 0), "GRU: expected hiddenSize to be a positive whole number, got 0");
    throws(() => new nn.GRU(3, 2, { dropout: 2 }), "GRU: expected dropout to be a probability from 0 to 1, got 2");
    throws(
      () => new nn.RNN(3, 2, { nonlinearity: "sigmoid" as "tanh" }),
      'RNN: expected nonlinearity "tanh" or "relu", got "sigmoid"',
    );
  });

  // One TensorFlow.js backend runs per process, so the other two get processes of their own.
  if (!process.env.UNROLLED_BACKEND) {
    for (const name of ["wasm", "cpu"]) {
      it(`give the same on the ${name} backend`, function () {
        this.timeout(120_000);
        const mocha = require.resolve("mocha/bin/mocha.js");
        const args = [
          mocha,
          "--no-config",
          "--node-option",
          "import=tsx",
          "--timeout",
          "60000",
          "--reporter",
          "dot",
          __filename,
        ];
        const env = { ...process.env, UNROLLED_BACKEND: name };
        const child = spawnSync(process.execPath, args, { env, encoding: "utf8" });
        assert.equal(child.status, 0, child.stdout + child.stderr);
      });
    }
  }
});
