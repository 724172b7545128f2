/**
 * One time step of a stack of recurrent layers without TensorFlow, for generating text: a step of a small network is less
 * work than one call into TensorFlow. Inference only, no gradients; float32 weights and states, sums in double precision.
 *
 * The weights are copied once into a workspace of SIMD kernels (`simd/`), where the products and the squashing are done; what
 * is left in TypeScript are the gates. A character of Alice's model (H = 128, V = 39) takes 6 µs with the drawing, where plain
 * loops took 28 and TensorFlow takes 200; with an LSTM 15 for 60, with a GRU 12 for 48 (Node 20, AVX-512 server core).
 */
import { workspace, type Workspace } from "../simd";
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

/**
 * Tokens [B] and the state before (zeros if undefined) → scores [B, O] and the state after; changes neither argument. Throws on
 * a token outside 0..V−1 and on a state of another batch or network.
 */
export type Stepper = (
  ids: ArrayLike<number>,
  state: StepperState | undefined,
) => { scores: Float32Array; state: StepperState };

const gatesOf = { tanh: 1, relu: 1, lstm: 4, gru: 3 } as const;
const { fround } = Math;

/** Where a layer's numbers are in the workspace. */
interface Places {
  /** W_ih and W_hh, and what the pre-activations of input and state begin with (biases). */
  wIh: number;
  wHh: number;
  xStart: number;
  zStart: number;
  /** Pre-activations of the input and of the state. Only a GRU needs them apart: elsewhere they are one place, one sum. */
  x: number;
  z: number;
  /** The layer's states [H]; h is float32 in value, as PyTorch's. */
  h: number;
  c: number;
}

const BLOCK = 1 << 12;
let block = new Float32Array(BLOCK);
let used = 0;

/**
 * n zeros. Short arrays are cut one after another from a block that is never handed out twice: a buffer for each would take
 * 1 µs of a step of 6 µs, to make and to collect.
 */
function floats(n: number): Float32Array {
  if (n > BLOCK / 8) return new Float32Array(n);
  if (used + n > BLOCK) {
    block = new Float32Array(BLOCK);
    used = 0;
  }
  used += n;
  return block.subarray(used - n, used);
}

/** Hands out places one after another, with room for the kernels to run over the end. */
function places() {
  let size = 0;
  const place = (length: number) => {
    const at = size;
    size = (size + length + 4 + 3) & ~3;
    return at;
  };
  const matrix = (rows: number, columns: number) => place((rows + 3) * columns);
  return { place, matrix, total: () => size };
}

/** A function that takes one step of the network. Copies the weights: later changes to the arrays do not show. */
export function makeStepper({ table, layers, head }: StepperWeights): Stepper {
  const { place, matrix, total } = places();
  const [first, top] = [layers[0]!, layers[layers.length - 1]!];
  const firstRows = gatesOf[first.cell] * first.hiddenSize;
  const tokens = table ? table.length / first.inputSize : first.inputSize;
  const outputs = head ? head.weight.length / top.hiddenSize : top.hiddenSize;

  const input = place(first.inputSize);
  const folded = matrix(tokens, firstRows);
  const at = layers.map(({ cell, hiddenSize, inputSize }): Places => {
    const rows = gatesOf[cell] * hiddenSize;
    const [x, xStart] = [place(rows), place(rows)];
    const [z, zStart] = cell === "gru" ? [place(rows), place(rows)] : [x, xStart];
    return { wIh: matrix(rows, inputSize), wHh: matrix(rows, hiddenSize), x, xStart, z, zStart, h: place(hiddenSize), c: place(hiddenSize) }; // prettier-ignore
  });
  const [headWeight, headStart, sums] = [matrix(outputs, top.hiddenSize), place(outputs), place(outputs)];
  const space = workspace(total());
  const { numbers } = space;

  layers.forEach(({ weightIh, weightHh, biasIh, biasHh }, l) => {
    const { wIh, wHh, xStart, zStart } = at[l]!;
    numbers.set(weightIh, wIh);
    numbers.set(weightHh, wHh);
    biasIh?.forEach((bias, j) => (numbers[xStart + j]! += bias));
    biasHh?.forEach((bias, j) => (numbers[zStart + j]! += bias));
  });
  if (head) numbers.set(head.weight, headWeight);
  if (head?.bias) numbers.set(head.bias, headStart);

  // What every token contributes to the first layer's pre-activations, [V, gates·H].
  for (let v = 0; v < tokens; v++) {
    const { wIh, xStart, x } = at[0]!;
    numbers.copyWithin(x, xStart, xStart + firstRows);
    if (table) {
      numbers.set(table.subarray(v * first.inputSize, (v + 1) * first.inputSize), input);
      space.gemv(firstRows, first.inputSize, wIh, input, x);
    } else for (let j = 0; j < firstRows; j++) numbers[x + j]! += first.weightIh[j * first.inputSize + v]!;
    numbers.copyWithin(folded + v * firstRows, x, x + firstRows);
  }

  return (ids, before) => {
    const batch = ids.length;
    if (before) checkState(layers, before, batch);
    const state: StepperState = { h: [], c: [] };
    for (const { cell, hiddenSize } of layers) {
      state.h.push(floats(batch * hiddenSize));
      if (cell === "lstm") state.c.push(floats(batch * hiddenSize));
    }
    const scores = floats(batch * outputs);
    for (let row = 0; row < batch; row++) {
      const id = ids[row]!;
      if (!(Number.isInteger(id) && id >= 0 && id < tokens))
        throw new RangeError(`stepper: expected token numbers from 0 to ${tokens - 1}, got ${id}`);
      for (let l = 0; l < layers.length; l++) {
        const { cell, hiddenSize: H, inputSize } = layers[l]!;
        const { wIh, wHh, xStart, zStart, x, z, h, c } = at[l]!;
        const rows = gatesOf[cell] * H;
        const begin = l === 0 ? folded + id * rows : xStart;
        numbers.copyWithin(x, begin, begin + rows);
        if (l > 0) space.gemv(rows, inputSize, wIh, at[l - 1]!.h, x);
        if (z !== x) numbers.copyWithin(z, zStart, zStart + rows);
        load(numbers, h, before?.h[l], row * H, H);
        if (cell === "lstm") load(numbers, c, before?.c[l], row * H, H);
        if (before) space.gemv(rows, H, wHh, h, z);
        activate(cell, space, at[l]!, H);
        round(numbers, h, state.h[l]!, row * H, H);
        if (cell === "lstm") round(numbers, c, state.c[l]!, row * H, H);
      }
      const { h } = at[layers.length - 1]!;
      if (head) {
        numbers.copyWithin(sums, headStart, headStart + outputs);
        space.gemv(outputs, top.hiddenSize, headWeight, h, sums);
      }
      const result = head ? sums : h;
      scores.set(numbers.subarray(result, result + outputs), row * outputs);
    }
    return { scores, state };
  };
}

/** Another size would be read past its end, or in part. (Without arrays or closures: this is part of every step.) */
function checkState(layers: readonly StepperLayer[], { h, c }: StepperState, batch: number): void {
  for (let l = 0; l < layers.length || l < h.length; l++) {
    const layer = layers[l];
    const size = layer ? batch * layer.hiddenSize : 0;
    const hSize = h[l]?.length ?? 0;
    const cSize = layer?.cell === "lstm" ? (c[l]?.length ?? 0) : size;
    if (hSize === size && cSize === size) continue;
    throw new RangeError(
      `stepper: expected a state of ${layers.length} layers with [B, H] = [${batch}, ${layers[0]!.hiddenSize}], ` +
        `got ${hSize === size ? cSize : hSize} numbers in layer ${l}`,
    );
  }
}

/** numbers[at …] ← from[start …], or zeros. */
function load(numbers: Float64Array, at: number, from: Float32Array | undefined, start: number, n: number): void {
  if (from) numbers.set(from.subarray(start, start + n), at);
  else numbers.fill(0, at, at + n);
}

/** to[start …] ← numbers[at …], rounded to float32 in both. */
function round(numbers: Float64Array, at: number, to: Float32Array, start: number, n: number): void {
  to.set(numbers.subarray(at, at + n), start);
  load(numbers, at, to, start, n);
}

/** The new states of one layer, from its pre-activations and its states before; h is yet to be rounded. */
function activate(cell: CellName, space: Workspace, { x, z, h, c }: Places, H: number): void {
  const { numbers } = space;
  if (cell === "tanh") {
    space.tanh(H, x);
    numbers.copyWithin(h, x, x + H);
  } else if (cell === "relu") {
    for (let j = 0; j < H; j++) numbers[h + j] = Math.max(0, numbers[x + j]!);
  } else if (cell === "gru") {
    const [r, u, n] = [x, x + H, x + 2 * H];
    for (let j = 0; j < 2 * H; j++) numbers[r + j]! += numbers[z + j]!;
    space.sigmoid(2 * H, r);
    for (let j = 0; j < H; j++) numbers[n + j]! += numbers[r + j]! * numbers[z + 2 * H + j]!;
    space.tanh(H, n);
    for (let j = 0; j < H; j++) {
      numbers[h + j] = (1 - numbers[u + j]!) * numbers[n + j]! + numbers[u + j]! * numbers[h + j]!;
    }
  } else {
    const [i, f, g, o] = [x, x + H, x + 2 * H, x + 3 * H];
    space.sigmoid(2 * H, i);
    space.tanh(H, g);
    space.sigmoid(H, o);
    for (let j = 0; j < H; j++) {
      numbers[c + j] = fround(numbers[f + j]! * numbers[c + j]! + numbers[i + j]! * numbers[g + j]!);
      numbers[g + j] = numbers[c + j]!; // g is not needed any more
    }
    space.tanh(H, g);
    for (let j = 0; j < H; j++) numbers[h + j] = numbers[o + j]! * numbers[g + j]!;
  }
}
