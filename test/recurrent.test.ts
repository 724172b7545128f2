/** nn.RNN, nn.LSTM and nn.GRU against PyTorch: values and every gradient of every variant. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backend, defaultGenerator, manualSeed, nn, tf } from "unrolled";

type Kind = "rnn" | "relu" | "lstm" | "gru";

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

const TOLERANCE = 2e-6; // float32 against PyTorch's float64

function close(what: string, actual: tf.Tensor, expected: number[]) {
  const values = actual.dataSync();
  assert.equal(values.length, expected.length, what);
  expected.forEach((value, i) => {
    const error = Math.abs(values[i]! - value) / Math.max(1, Math.abs(value));
    assert.ok(error < TOLERANCE, `${what}[${i}]: ${values[i]} is not ${value}`);
  });
}

function make(kind: Kind, inputSize: number, hiddenSize: number, options: nn.RecurrentOptions) {
  if (kind === "lstm") return new nn.LSTM(inputSize, hiddenSize, options);
  if (kind === "gru") return new nn.GRU(inputSize, hiddenSize, options);
  return new nn.RNN(inputSize, hiddenSize, { ...options, nonlinearity: kind === "relu" ? "relu" : "tanh" });
}

const randn = (...shape: number[]) => tf.tensor(defaultGenerator.normal(tf.util.sizeFromShape(shape)), shape);

/** Results [output, hN, cN?] of a layer of any kind. */
function run(layer: ReturnType<typeof make>, x: tf.Tensor, states: tf.Tensor[], options: nn.RecurrentForwardOptions) {
  if (layer instanceof nn.LSTM) {
    const [output, last] = layer.forward(x, states.length ? [states[0]!, states[1]!] : undefined, options);
    return [output, ...last];
  }
  return layer.forward(x, states[0], options);
}

function check(kind: Kind, c: Case) {
  const { layers: numLayers, directions, bias, batchFirst, lengths } = c;
  const [I, H, B, T] = c.shape;
  manualSeed(c.seed);
  const layer = make(kind, I, H, { numLayers, bidirectional: directions === 2, bias, batchFirst });
  const lead = batchFirst ? [B, T] : [T, B];
  const x = randn(...lead, I);
  const stateShape = [numLayers * directions, B, H];
  const count = kind === "lstm" ? 2 : 1;
  const states = c.state ? Array.from({ length: count }, () => randn(...stateShape)) : [];
  const factors = [randn(...lead, directions * H), ...Array.from({ length: count }, () => randn(...stateShape))];

  const named = layer.namedParameters();
  let results: tf.Tensor[] = [];
  const loss = (...inputs: tf.Tensor[]) => {
    results = run(layer, inputs[0]!, inputs.slice(1, 1 + states.length), lengths ? { lengths } : {});
    results.forEach((result) => tf.keep(result));
    return tf.addN(results.map((result, i) => tf.sum(tf.mul(result, factors[i]!)))).asScalar();
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

before(() => backend.ready);

for (const kind of ["rnn", "relu", "lstm", "gru"] as const) {
  const file = join(__dirname, "fixtures", `recurrent-${kind}.json`);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };
  describe(`${kind.toUpperCase()} has PyTorch's values and gradients`, () => {
    for (const c of cases) it(title(c), () => tf.tidy(() => check(kind, c)));
  });
}
