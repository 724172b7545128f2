/**
 * What `nn.RNN`, `nn.LSTM` and `nn.GRU` share: parameters in PyTorch's names and order, checks of shapes, and the walk over
 * layers and directions. The maths is in `kernels/`, a readable version of it in `cells.ts`.
 */
import * as tf from "@tensorflow/tfjs";
import { isOnTape, isTaping, sequence, versionOf, type CellKernel, type SequenceInput } from "../kernels";
import { defaultGenerator } from "../random";
import { dropout as applyDropout } from "./activations";
import { embeddingOf } from "./embedding";
import { parameter } from "./init";
import { Padding, type Lengths } from "./lengths";
import { Module } from "./module";

/** Options of the recurrent layers, as in PyTorch. */
export interface RecurrentOptions {
  /** Layers stacked on each other. */
  numLayers?: number;
  /** Whether there are b_ih and b_hh. */
  bias?: boolean;
  /** Whether input and output are [B, T, …] instead of [T, B, …]; states are [L·D, B, H] in any case. */
  batchFirst?: boolean;
  /** Probability of zeroing a number between two layers, in training. */
  dropout?: number;
  /** Whether a second chain reads the sequence backwards; the output is then [.., 2H]. */
  bidirectional?: boolean;
}

/** Options of a recurrent layer's `forward`. */
export interface RecurrentForwardOptions {
  /**
   * The number of valid steps of each row, [B]. As with PyTorch's `pack_padded_sequence`, outputs after them are zero, and
   * each row's last state is that of its last valid step. A row of length 0 keeps its initial state.
   */
  lengths?: Lengths | undefined;
}

type States = (tf.Tensor | undefined)[];

const text = (shape: readonly (number | string)[]) => `[${shape.join(", ")}]`;

/** The common part of the recurrent layers. */
export abstract class Recurrent extends Module {
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;

  /** Parameters: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_ih_l0_reverse`, `weight_ih_l1`, … */
  readonly [name: `weight_${string}` | `bias_${string}`]: tf.Variable;

  /** Initial weights U(−1/√H, 1/√H), drawn in PyTorch's order. */
  protected constructor(
    readonly inputSize: number,
    readonly hiddenSize: number,
    gates: number,
    { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false }: RecurrentOptions,
  ) {
    super();
    const name = this.constructor.name;
    for (const [what, value] of Object.entries({ inputSize, hiddenSize, numLayers })) {
      if (!(Number.isInteger(value) && value > 0)) {
        throw new RangeError(`${name}: expected ${what} to be a positive whole number, got ${value}`);
      }
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new RangeError(`${name}: expected dropout to be a probability from 0 to 1, got ${dropout}`);
    }
    if (dropout > 0 && numLayers === 1) {
      console.warn(`${name}: dropout acts between layers, so it does nothing with numLayers: 1`);
    }
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;

    const bound = 1 / Math.sqrt(hiddenSize);
    const rows = gates * hiddenSize;
    const fields = this as unknown as Record<string, tf.Variable>;
    const add = (field: string, shape: number[]) => {
      const size = shape.reduce((a, b) => a * b);
      fields[field] = parameter(defaultGenerator.uniform(size, -bound, bound), shape);
    };
    for (let layer = 0; layer < numLayers; layer++) {
      const features = layer === 0 ? inputSize : hiddenSize * this.suffixes.length;
      for (const suffix of this.suffixes) {
        add(`weight_ih_l${layer}${suffix}`, [rows, features]);
        add(`weight_hh_l${layer}${suffix}`, [rows, hiddenSize]);
        if (!bias) continue;
        add(`bias_ih_l${layer}${suffix}`, [rows]);
        add(`bias_hh_l${layer}${suffix}`, [rows]);
      }
    }
  }

  /** The ends of the parameters' names, one for each direction. */
  private get suffixes(): readonly string[] {
    return this.bidirectional ? ["", "_reverse"] : [""];
  }

  /** The maths of one step. */
  abstract get cell(): CellKernel;

  /** Runs all layers: [output, hN] or, for an LSTM, [output, hN, cN]; `states` are [h0] or [h0, c0]. */
  protected run(x: tf.Tensor, states: States, { lengths }: RecurrentForwardOptions): tf.Tensor[] {
    this.check(x, states);
    const input = sourceOf(x);
    const timeAxis = x.rank === 3 && this.batchFirst ? 1 : 0;
    if (x.rank === 2) {
      if (lengths)
        throw new Error(`${this.constructor.name}.forward: lengths need a batch of sequences, got one sequence`);
      return tf.tidy(() => {
        const batch = eachInput(input, (tensor) => tf.expandDims(tensor, 1));
        const batchStates = states.map((state) => state && tf.expandDims(state, 1));
        return this.layers(batch, batchStates, 0).map((result) => tf.squeeze(result, [1]));
      });
    }
    return tf.tidy(() => {
      if (!lengths) return this.layers(input, states, timeAxis);
      const padding = new Padding(
        `${this.constructor.name}.forward`,
        lengths,
        x.shape[timeAxis]!,
        x.shape[1 - timeAxis]!,
      );
      if (timeAxis === 0) return this.layers(input, states, 0, padding);
      const [output, ...last] = this.layers(eachInput(input, swapAxes), states, 0, padding);
      return [swapAxes(output!), ...last];
    });
  }

  private layers(input: SequenceInput, states: States, timeAxis: 0 | 1, padding?: Padding): tf.Tensor[] {
    const { numLayers, suffixes } = this;
    const initial = states.map((state) => state && statesOf(state));
    const last: tf.Tensor[][] = [];
    let output!: tf.Tensor;
    for (let layer = 0; layer < numLayers; layer++) {
      const top = layer === numLayers - 1;
      const outputs = suffixes.map((suffix, direction) => {
        const start = initial.map((list) => list?.[layer * suffixes.length + direction]);
        // Between layers time comes first, where cutting into steps copies nothing.
        const axes = { inputAxis: layer === 0 ? timeAxis : 0, outputAxis: top ? timeAxis : 0 } as const;
        const [out, ...ends] = this.direction(`l${layer}${suffix}`, input, start, direction === 1, axes, padding);
        ends.forEach((end, i) => (last[i] ??= []).push(end));
        return out!;
      });
      output = outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 2); // [.., D·H]
      if (!top && this.training && this.dropout > 0) output = applyDropout(output, this.dropout);
      input = { x: output };
    }
    return [output, ...last.map((list) => tf.stack(list))]; // states [L·D, B, H]
  }

  private direction(
    name: string,
    input: SequenceInput,
    [h0, c0]: States,
    reverse: boolean,
    axes: { inputAxis: 0 | 1; outputAxis: 0 | 1 },
    padding: Padding | undefined,
  ): tf.Tensor[] {
    const weights = {
      weightIh: this[`weight_ih_${name}`]!,
      weightHh: this[`weight_hh_${name}`]!,
      biasIh: this[`bias_ih_${name}`],
      biasHh: this[`bias_hh_${name}`],
    };
    const label = this.constructor.name;
    if (!padding) return sequence(label, this.cell, input, weights, { h0, c0, reverse, ...axes });
    // Each row is turned around within its own length, so that the chain always begins at a valid step. What follows the
    // last valid step changes nothing before it and is cut off, here and, since its gradient is zero, on the way back.
    const turned = reverse ? eachInput(input, (tensor) => padding.reverse(tensor)) : input;
    const [states, , cells] = sequence(label, this.cell, turned, weights, { h0, c0, allCells: true });
    const valid = padding.mask(states!);
    const last = [padding.last(states!, h0), ...(cells ? [padding.last(cells, c0)] : [])];
    return [reverse ? padding.reverse(valid) : valid, ...last];
  }

  private check(x: tf.Tensor, states: States): void {
    const { inputSize, batchFirst, bidirectional, numLayers, hiddenSize } = this;
    const name = `${this.constructor.name}.forward`;
    const axes = batchFirst ? ["B", "T"] : ["T", "B"];
    if ((x.rank !== 2 && x.rank !== 3) || x.shape.at(-1) !== inputSize) {
      const unbatched = x.rank === 3 ? "" : ` (or [T, ${inputSize}])`;
      throw new Error(`${name}: expected input ${text([...axes, inputSize])}${unbatched}, got ${text(x.shape)}`);
    }
    if (x.dtype !== "float32") {
      throw new TypeError(`${name}: expected a float32 input, got ${x.dtype}; ids go through an nn.Embedding first`);
    }
    if (x.size === 0) throw new Error(`${name}: expected at least one step and one row, got ${text(x.shape)}`);
    const batch = x.rank === 3 ? [x.shape[batchFirst ? 0 : 1]!] : [];
    const expected = [numLayers * (bidirectional ? 2 : 1), ...batch, hiddenSize];
    states.forEach((state, i) => {
      if (!state || tf.util.arraysEqual(state.shape, expected)) return;
      throw new Error(`${name}: expected ${"hc"[i]}0 ${text(expected)}, got ${text(state.shape)}`);
    });
  }

  protected override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional } = this;
    const parts = [`${inputSize}, ${hiddenSize}`];
    if (numLayers !== 1) parts.push(`num_layers=${numLayers}`);
    if (!bias) parts.push("bias=False");
    if (batchFirst) parts.push("batch_first=True");
    if (dropout !== 0) parts.push(`dropout=${dropout}`);
    if (bidirectional) parts.push("bidirectional=True");
    return parts.join(", ");
  }
}

/**
 * The table and ids behind an embedded input, if looking ids up in a folded table gives the same and saves work; else x.
 * Not when x comes from outside the gradient being taken (it may be what the gradient is for), nor with more symbols than steps.
 */
function sourceOf(x: tf.Tensor): SequenceInput {
  const source = embeddingOf(x);
  if (!source || source.ids.isDisposed || versionOf(source.weight) !== source.version) return { x };
  if (source.weight.shape[0]! > source.ids.size) return { x };
  if (isTaping() && !isOnTape(x)) return { x };
  return { ids: source.ids, table: source.weight };
}

/** Changes the layout of an input, be it x or ids. */
function eachInput({ x, ids, table }: SequenceInput, change: (tensor: tf.Tensor) => tf.Tensor): SequenceInput {
  return x ? { x: change(x) } : { ids: change(ids!), table };
}

/** [B, T, F] ↔ [T, B, F], or ids [B, T] ↔ [T, B]. */
function swapAxes(tensor: tf.Tensor): tf.Tensor {
  // Not tf.transpose for integers: in a compiled step oneDNN complains about their type on standard error (TensorFlow 2.21).
  return tensor.rank === 3 ? tf.transpose(tensor, [1, 0, 2]) : tf.stack(tf.unstack(tensor, 1));
}

/** The states [B, H] in [L·D, B, H]. (tf.unstack of a single slice has no gradient in TensorFlow.js 4.22.) */
function statesOf(states: tf.Tensor): tf.Tensor[] {
  return states.shape[0] === 1 ? [tf.squeeze(states, [0])] : tf.unstack(states);
}
