/** What the tests of the recurrent layers and cells share. Not a test. */
import { strict as assert } from "node:assert";
import { defaultGenerator, nn, tf } from "unrolled";

export type Kind = "rnn" | "relu" | "lstm" | "gru";
export const kinds: readonly Kind[] = ["rnn", "relu", "lstm", "gru"];
export type RecurrentLayer = nn.RNN | nn.LSTM | nn.GRU;

/** Asserts that a tensor holds these values, to `tolerance` absolute (relative above 1). */
export function close(what: string, actual: tf.Tensor, expected: ArrayLike<number>, tolerance = 2e-6) {
  const values = actual.dataSync();
  assert.equal(values.length, expected.length, `${what}: number of values`);
  for (let i = 0; i < values.length; i++) {
    const error = Math.abs(values[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    assert.ok(error < tolerance, `${what}[${i}]: ${values[i]} is not ${expected[i]}`);
  }
}

/** Draws from the global generator, as torch.randn does. */
export const randn = (...shape: number[]) => tf.tensor(defaultGenerator.normal(tf.util.sizeFromShape(shape)), shape);

export function makeLayer(kind: Kind, inputSize: number, hiddenSize: number, options: nn.RecurrentOptions = {}) {
  if (kind === "lstm") return new nn.LSTM(inputSize, hiddenSize, options);
  if (kind === "gru") return new nn.GRU(inputSize, hiddenSize, options);
  return new nn.RNN(inputSize, hiddenSize, { ...options, nonlinearity: kind === "relu" ? "relu" : "tanh" });
}

export function makeCell(kind: Kind, inputSize: number, hiddenSize: number, options: nn.CellOptions = {}) {
  if (kind === "lstm") return new nn.LSTMCell(inputSize, hiddenSize, options);
  if (kind === "gru") return new nn.GRUCell(inputSize, hiddenSize, options);
  return new nn.RNNCell(inputSize, hiddenSize, { ...options, nonlinearity: kind === "relu" ? "relu" : "tanh" });
}

/** [output, hN] or [output, hN, cN] of a layer of any kind, from states [], [h0] or [h0, c0]. */
export function runLayer(
  layer: RecurrentLayer,
  x: tf.Tensor,
  states: readonly tf.Tensor[] = [],
  options: nn.RecurrentForwardOptions = {},
): tf.Tensor[] {
  if (layer instanceof nn.LSTM) {
    const [output, last] = layer.forward(x, states.length ? [states[0]!, states[1]!] : undefined, options);
    return [output, ...last];
  }
  return layer.forward(x, states[0], options);
}

/** [output, hN] or [output, hN, cN] of a readable cell run over x [T, B, I]. */
export function runCell(
  cell: ReturnType<typeof makeCell>,
  x: tf.Tensor,
  states: readonly tf.Tensor[] = [],
): tf.Tensor[] {
  if (cell instanceof nn.LSTMCell) {
    const [output, last] = nn.unroll(cell, x, states.length ? ([states[0]!, states[1]!] as const) : undefined);
    return [output, ...last];
  }
  return nn.unroll(cell, x, states[0]);
}

/** Σ results ⊙ factors, over the results that have a factor. */
export function weighted(results: readonly tf.Tensor[], factors: readonly (tf.Tensor | null)[]): tf.Scalar {
  const parts = results.flatMap((result, i) => (factors[i] ? [tf.sum(tf.mul(result, factors[i]!))] : []));
  return tf.addN(parts).asScalar();
}
