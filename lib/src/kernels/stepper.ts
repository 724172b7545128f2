/**
 * One time step of a stack of recurrent layers in plain JavaScript, for generating text: a step of a small network is less
 * work than one call into TensorFlow. H = 128: about 10 µs a character instead of 400. Inference only, no gradients;
 * float32 weights and states, sums in double precision.
 */
import type { CellName } from "./cell";

/** One layer's parameters, row-major, in PyTorch's shapes and gate order. */
export interface StepperLayer {
  cell: CellName;
  hiddenSize: number;
  inputSize: number;
  /** [gates·H, I] */
  weightIh: Float32Array;
  /** [gates·H, H] */
  weightHh: Float32Array;
  /** [gates·H] each, if any */
  biasIh?: Float32Array | undefined;
  biasHh?: Float32Array | undefined;
}

/** A network from token numbers to scores. */
export interface StepperWeights {
  /** The embedding's table [V, I] of the first layer; without one a token is its one-hot vector (V = I). */
  table?: Float32Array | undefined;
  layers: StepperLayer[];
  /** The last linear layer: [O, H] and [O]; without one the scores are the top layer's hidden state. */
  head?: { weight: Float32Array; bias?: Float32Array | undefined } | undefined;
}

/** The states of all layers for B rows: h [L, B, H] and, for an LSTM, c. */
export interface StepperState {
  readonly h: Float32Array[];
  readonly c: Float32Array[];
}

/** Tokens [B] and the state before (zeros if undefined) → scores [B, O] and the state after; changes neither argument. */
export type Stepper = (
  ids: ArrayLike<number>,
  state: StepperState | undefined,
) => { scores: Float32Array; state: StepperState };

const gatesOf = { tanh: 1, relu: 1, lstm: 4, gru: 3 } as const;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** y[yAt + j] += Σ_k W[j, k]·x[xAt + k] for all rows j; four rows at a time, so that their sums do not wait for each other. */
function addProduct(
  y: Float64Array,
  w: Float32Array,
  rows: number,
  columns: number,
  x: Float32Array,
  xAt: number,
): void {
  let j = 0;
  for (; j + 4 <= rows; j += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let at = j * columns;
    for (let k = 0; k < columns; k++, at++) {
      const xk = x[xAt + k]!;
      a += w[at]! * xk;
      b += w[at + columns]! * xk;
      c += w[at + 2 * columns]! * xk;
      d += w[at + 3 * columns]! * xk;
    }
    y[j]! += a;
    y[j + 1]! += b;
    y[j + 2]! += c;
    y[j + 3]! += d;
  }
  for (; j < rows; j++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += w[j * columns + k]! * x[xAt + k]!;
    y[j]! += sum;
  }
}

/** What every token contributes to the first layer's pre-activations, biases of the input included: [V, gates·H]. */
function foldTable({ table, layers }: StepperWeights): Float64Array {
  const { cell, hiddenSize, inputSize, weightIh, biasIh } = layers[0]!;
  const rows = gatesOf[cell] * hiddenSize;
  const size = table ? table.length / inputSize : inputSize;
  const folded = new Float64Array(size * rows);
  for (let v = 0; v < size; v++) {
    const row = folded.subarray(v * rows, (v + 1) * rows);
    if (biasIh) row.set(biasIh);
    if (table) addProduct(row, weightIh, rows, inputSize, table, v * inputSize);
    else for (let j = 0; j < rows; j++) row[j]! += weightIh[j * inputSize + v]!;
  }
  return folded;
}

/** A function that takes one step of the network; keeps the arrays, which must not change. */
export function makeStepper(weights: StepperWeights): Stepper {
  const { layers, head } = weights;
  const top = layers[layers.length - 1]!;
  const outputs = head ? head.weight.length / top.hiddenSize : top.hiddenSize;
  const folded = foldTable(weights);
  const firstRows = gatesOf[layers[0]!.cell] * layers[0]!.hiddenSize;
  const tokens = folded.length / firstRows;
  const scratch = layers.map(({ cell, hiddenSize }) => ({
    fromInput: new Float64Array(gatesOf[cell] * hiddenSize),
    fromHidden: new Float64Array(gatesOf[cell] * hiddenSize),
  }));
  const sums = new Float64Array(outputs);

  return (ids, before) => {
    const batch = ids.length;
    const zeros = () => layers.map(({ hiddenSize }) => new Float32Array(batch * hiddenSize));
    const state: StepperState = { h: zeros(), c: top.cell === "lstm" ? zeros() : [] };
    const scores = new Float32Array(batch * outputs);
    for (let row = 0; row < batch; row++) {
      const id = ids[row]!;
      if (!(id >= 0 && id < tokens))
        throw new RangeError(`stepper: expected token numbers from 0 to ${tokens - 1}, got ${id}`);
      layers.forEach((layer, l) => {
        const { cell, hiddenSize: H, inputSize, weightIh, weightHh, biasIh, biasHh } = layer;
        const { fromInput, fromHidden } = scratch[l]!;
        if (l === 0) fromInput.set(folded.subarray(id * firstRows, (id + 1) * firstRows));
        else {
          if (biasIh) fromInput.set(biasIh);
          else fromInput.fill(0);
          addProduct(fromInput, weightIh, fromInput.length, inputSize, state.h[l - 1]!, row * inputSize);
        }
        if (biasHh) fromHidden.set(biasHh);
        else fromHidden.fill(0);
        if (before) addProduct(fromHidden, weightHh, fromHidden.length, H, before.h[l]!, row * H);
        activate(cell, H, fromInput, fromHidden, row * H, before?.h[l], before?.c[l], state.h[l]!, state.c[l]);
      });
      if (!head) {
        scores.set(state.h[layers.length - 1]!.subarray(row * outputs, (row + 1) * outputs), row * outputs);
        continue;
      }
      if (head.bias) sums.set(head.bias);
      else sums.fill(0);
      addProduct(sums, head.weight, outputs, top.hiddenSize, state.h[layers.length - 1]!, row * top.hiddenSize);
      scores.set(sums, row * outputs);
    }
    return { scores, state };
  };
}

/** The new states of one row, at `at`, from the pre-activations x of the input and z of the state. */
function activate(
  cell: CellName,
  H: number,
  x: Float64Array,
  z: Float64Array,
  at: number,
  hBefore: Float32Array | undefined,
  cBefore: Float32Array | undefined,
  h: Float32Array,
  c: Float32Array | undefined,
): void {
  for (let j = 0; j < H; j++) {
    if (cell === "tanh") h[at + j] = Math.tanh(x[j]! + z[j]!);
    else if (cell === "relu") h[at + j] = Math.max(0, x[j]! + z[j]!);
    else if (cell === "gru") {
      const r = sigmoid(x[j]! + z[j]!);
      const u = sigmoid(x[H + j]! + z[H + j]!);
      const n = Math.tanh(x[2 * H + j]! + r * z[2 * H + j]!);
      h[at + j] = (1 - u) * n + u * (hBefore ? hBefore[at + j]! : 0);
    } else {
      const i = sigmoid(x[j]! + z[j]!);
      const f = sigmoid(x[H + j]! + z[H + j]!);
      const g = Math.tanh(x[2 * H + j]! + z[2 * H + j]!);
      const o = sigmoid(x[3 * H + j]! + z[3 * H + j]!);
      c![at + j] = f * (cBefore ? cBefore[at + j]! : 0) + i * g;
      h[at + j] = o * Math.tanh(c![at + j]!);
    }
  }
}
