/**
 * A recurrent layer over a whole sequence as one fused operation: one product for the inputs of all steps (or one look-up in
 * a folded table when the input is an embedding), then the cell's chain of steps. Its gradient is in `bptt.ts`.
 * One direction of one layer: stacking, both directions and variable lengths are in `nn/`.
 */
import * as tf from "@tensorflow/tfjs";
import { isNative } from "../backend";
import { backward, type Forward, type InputName } from "./bptt";
import { reorderGates, type CellKernel, type Chain, type Recurrent } from "./cell";
import { chainCount } from "./chains";
import { backendOps, type Ops } from "./ops";
import { fusedOp, type Keep } from "./tape";

/** The input of a layer: a sequence x, or ids of the rows of an embedding table [V, E]. */
export interface SequenceInput {
  x?: tf.Tensor | undefined;
  ids?: tf.Tensor | undefined;
  table?: tf.Tensor | undefined;
}

/** The parameters of one direction of one layer, in PyTorch's shapes and gate order. */
export interface SequenceWeights {
  /** W_ih [gates·H, I] */
  weightIh: tf.Tensor;
  /** W_hh [gates·H, H] */
  weightHh: tf.Tensor;
  /** b_ih [gates·H] */
  biasIh?: tf.Tensor | undefined;
  /** b_hh [gates·H] */
  biasHh?: tf.Tensor | undefined;
}

export interface SequenceOptions {
  /** Initial hidden state [B, H]; zeros when missing. */
  h0?: tf.Tensor | undefined;
  /** Initial cell state [B, H] (LSTM). */
  c0?: tf.Tensor | undefined;
  /** Runs from the last step to the first. */
  reverse?: boolean;
  /** The time axis of the input: 0 for [T, B, …], 1 for [B, T, …]. */
  inputAxis?: 0 | 1;
  /** The time axis of the output. */
  outputAxis?: 0 | 1;
  /** Returns the cell states of all steps [T, B, H] in place of cN (LSTM). */
  allCells?: boolean;
  /** Number of batch slices run as independent chains; by default what `chains.ts` says. */
  chains?: number;
}

/**
 * Runs a cell over a sequence: `[output, hN]` or, for an LSTM, `[output, hN, cN]`, with output [T, B, H] (or [B, T, H] when
 * `outputAxis` is 1) and hN, cN [B, H]. Shapes are not checked here. In reverse, hN is the state after the first step.
 */
export function sequence(
  name: string,
  cell: CellKernel,
  input: SequenceInput,
  weights: SequenceWeights,
  options: SequenceOptions = {},
): tf.Tensor[] {
  const { x, table } = input;
  const { h0, c0 } = options;
  return fusedOp<InputName>(name, { x, table, ...weights, h0, c0 }, (keep) => {
    const forward = run(backendOps(), cell, input, weights, options, keep);
    return { outputs: forward.outputs, backward: (dys) => backward(forward, dys) };
  });
}

function run(
  o: Ops,
  cell: CellKernel,
  { x, ids, table }: SequenceInput,
  weights: SequenceWeights,
  { h0, c0, reverse = false, inputAxis = 0, outputAxis = 0, allCells = false, chains }: SequenceOptions,
  keep: Keep,
): Forward {
  const { weightIh, weightHh } = weights;
  const batch = (x ?? ids)!.shape[1 - inputAxis]!;
  const hiddenSize = weightHh.shape[1]!;
  const sizes = cell.pieces.map((gates) => gates * hiddenSize);
  const forwardSizes = cell.forwardPieces?.map((gates) => gates * hiddenSize) ?? sizes;
  const rows = share(batch, Math.min(chains ?? chainCount(batch), batch));
  // Ids are looked up step by step, so the layout inside is free: time first, where cutting into steps copies nothing.
  const axis = ids ? 0 : inputAxis;
  const inTime = <T>(list: T[]) => (reverse ? [...list].reverse() : list);

  const copy: Keep = (tensor) => keep(tf.clone(tensor));
  const [inputSize, vocabulary] = [weightIh.shape[1]!, table?.shape[0] ?? Infinity];
  const shortest = Math.min(inputSize, vocabulary);
  const takesInput =
    cell.takesInput?.({ inputSize: shortest, hiddenSize, rows: rows[0]!, folded: Boolean(ids) }) ?? false;
  // A cell that takes the input itself gets an id as a one-hot row where that is shorter than the id's embedding
  // (LSTM, Alice step: 71 ms in place of 74, 2 cores with AVX2).
  const oneHot = takesInput && vocabulary <= inputSize;
  const { wIh, forwardIh, bias, recurrent } = prepare(o, cell, weights, sizes, takesInput ? sizes : forwardSizes, copy);
  const affine = (rows: tf.Tensor, p: number) => {
    const product = o.matMul(rows, forwardIh[p]!, false, true);
    return bias ? o.add(product, bias[p]!) : product;
  };
  if (oneHot) recurrent.input = { transposed: affine(table!, 0), bias: undefined };
  else if (takesInput) recurrent.input = { transposed: o.transpose(wIh[0]!), bias: bias?.[0] };

  // By id: the input of a step [V, I] or [V, V], or all that it contributes to the pre-activations [V, gates·H]
  const tables =
    table && (oneHot ? [tf.eye(vocabulary)] : takesInput ? [table] : forwardIh.map((_, p) => affine(table, p)));
  const xParts = x && o.split(x, rows, 1 - axis);
  const idParts = ids && splitIds(ids, rows, inputAxis);
  const h0Parts = h0 && o.split(h0, rows, 0).map(copy);
  const c0Parts = c0 && o.split(c0, rows, 0).map(copy);

  const slices = rows.map((_, s) => {
    const part = xParts?.[s];
    const flat = part && keep(o.reshape(part, [-1, part.shape[2]!])); // [T·NB, I]
    const steps = forwardIh.map((weight, p) => {
      const all = tables
        ? o.rows(tables[p]!, idParts![s]!)
        : takesInput
          ? part!
          : o.reshape(affine(flat!, p), [...part!.shape.slice(0, 2), weight.shape[0]!]);
      return inTime(o.unstack(all, axis));
    });
    return {
      chain: cell.run(o, steps, recurrent, h0Parts?.[s] ?? null, c0Parts?.[s] ?? null, keep),
      h0: h0Parts?.[s] ?? null,
      x: flat,
      ids: idParts && keep(tf.reshape(idParts[s]!, [-1])),
    };
  });

  // The kept states belong to the gradient, so the caller gets handles of its own.
  const all = (list: tf.Tensor[], axis: 0 | 1) => o.stack(inTime(list), axis);
  const end = (list: tf.Tensor[]) => tf.clone(list[list.length - 1]!);
  const join = (of: (chain: Chain) => tf.Tensor, batchAxis: number) =>
    o.concat(
      slices.map(({ chain }) => of(chain)),
      batchAxis,
    );
  const outputs = [join(({ h }) => all(h, outputAxis), 1 - outputAxis), join(({ h }) => end(h), 0)];
  if (slices[0]!.chain.c) outputs.push(allCells ? join(({ c }) => all(c!, 0), 1) : join(({ c }) => end(c!), 0));
  return {
    outputs,
    allCells,
    o,
    cell,
    sizes,
    rows,
    axis,
    outputAxis,
    inTime,
    slices,
    wIh,
    table: table && copy(table),
    hasBias: Boolean(bias),
  };
}

/** The weights by piece, in the cell's order of gates, and with what can be added or transposed once. */
function prepare(
  o: Ops,
  cell: CellKernel,
  { weightIh, weightHh, biasIh, biasHh }: SequenceWeights,
  sizes: number[],
  forwardSizes: number[],
  copy: Keep,
) {
  const ordered = (weight: tf.Tensor) => reorderGates(o, cell, weight);
  const [ih, hh] = [ordered(weightIh), ordered(weightHh)];
  const bIh = biasIh && o.split(ordered(biasIh), forwardSizes, 0);
  const bHh = biasHh && o.split(ordered(biasHh), forwardSizes, 0);
  const recurrent: Recurrent = {
    weights: o.split(hh, sizes, 0).map(copy),
    transposed: o.split(hh, forwardSizes, 0).map((w) => o.transpose(w)),
    bias: bHh && cell.ownBias !== undefined ? copy(bHh[cell.ownBias]!) : undefined,
  };
  return {
    wIh: o.split(ih, sizes, 0).map(copy),
    forwardIh: o.split(ih, forwardSizes, 0),
    bias: bIh?.map((b, p) => (p === cell.ownBias ? b : o.add(b, bHh![p]!))),
    recurrent,
  };
}

/** `total` cut into `parts` whole numbers that differ by at most 1. */
function share(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, i) => Math.floor((total * (i + 1)) / parts) - Math.floor((total * i) / parts),
  );
}

/** The slices [T, NB] of ids [T, B] or, with time axis 1, [B, T]. */
function splitIds(ids: tf.Tensor, rows: number[], timeAxis: 0 | 1): tf.Tensor[] {
  // In a compiled step tf.transpose makes oneDNN complain about integers on standard error (TensorFlow 2.21).
  const transpose = () => (isNative() ? tf.stack(tf.unstack(ids, 1)) : tf.transpose(ids));
  const timeFirst = timeAxis === 0 ? ids : transpose();
  return rows.length === 1 ? [timeFirst] : tf.split(timeFirst, rows, 1);
}
