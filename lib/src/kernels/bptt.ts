/**
 * The gradient of `sequence.ts`: backpropagation through the chain of steps, then the gradients of the weights, each as one
 * product over all time steps, of the embedding through the folded table, and of the input and the initial states.
 */
import * as tf from "@tensorflow/tfjs";
import { reorderGates, type CellKernel, type Chain } from "./cell";
import type { Ops } from "./ops";
import { tidy, type Thunks } from "./tape";

/** The inputs that may receive a gradient. */
export type InputName = "x" | "table" | "weightIh" | "weightHh" | "biasIh" | "biasHh" | "h0" | "c0";

/** One slice of the batch, run as its own chain. */
export interface Slice {
  chain: Chain;
  /** Initial state [NB, H], null for zeros. */
  h0: tf.Tensor | null;
  /** The slice of the input with its rows flattened, [T·NB, I]. */
  x?: tf.Tensor | undefined;
  /** The slice of the ids, flattened: [T·NB]. */
  ids?: tf.Tensor | undefined;
}

/** What the forward pass leaves for the backward pass. */
export interface Forward {
  outputs: tf.Tensor[];
  o: Ops;
  cell: CellKernel;
  /** Rows of the weights per piece. */
  sizes: number[];
  /** Rows of the batch per slice. */
  rows: number[];
  /** Time axis inside, and of the output. */
  axis: 0 | 1;
  outputAxis: 0 | 1;
  /** Whether the third output holds the cell states of all steps, not only the last. */
  allCells: boolean;
  /** Turns a list in the order of processing into the order of time, or back. */
  inTime: <T>(list: T[]) => T[];
  slices: Slice[];
  /** W_ih by piece. */
  wIh: tf.Tensor[];
  table?: tf.Tensor | undefined;
  hasBias: boolean;
}

/** Gradients of all inputs from those of [output, hN, cN]. */
export function backward(forward: Forward, dys: (tf.Tensor | null)[]): Thunks<InputName> {
  const { o, cell, sizes, rows, axis, slices, wIh, table } = forward;
  // Shared by several gradients, so computed now; the engine asks for each gradient in a scope of its own.
  const { dx, dz, before, dh0, dc0, dTable, dBias } = tidy(() => {
    const steps = throughTime(forward, dys);
    const dTable =
      table && sizes.map((_, p) => sum((s) => o.sumRowsById(steps.dx[s]![p]!, slices[s]!.ids!, table.shape[0]!)));
    const dBias =
      forward.hasBias &&
      sizes.map((_, p) => (dTable ? o.sumRows(dTable[p]!) : sum((s) => o.sumRows(steps.dx[s]![p]!))));
    return { ...steps, dTable, dBias };
  });

  function sum(of: (s: number) => tf.Tensor): tf.Tensor {
    return o.addN(slices.map((_, s) => of(s)));
  }
  const allPieces = (of: (p: number) => tf.Tensor) => {
    const parts = sizes.map((_, p) => of(p));
    return reorderGates(o, cell, o.concat(parts, 0));
  };
  /** Σ_p d_p·W_p */
  const throughWeights = (d: tf.Tensor[]) => o.addN(d.map((piece, p) => o.matMul(piece, wIh[p]!)));

  return {
    x: () => {
      const parts = slices.map(({ chain: { h } }, s) => {
        const shape = axis === 0 ? [h.length, rows[s]!] : [rows[s]!, h.length];
        return o.reshape(throughWeights(dx[s]!), [...shape, wIh[0]!.shape[1]!]);
      });
      return o.concat(parts, 1 - axis);
    },
    table: () => throughWeights(dTable as tf.Tensor[]),
    weightIh: () =>
      allPieces((p) =>
        dTable ? o.matMul(dTable[p]!, table!, true) : sum((s) => o.matMul(dx[s]![p]!, slices[s]!.x!, true)),
      ),
    weightHh: () => allPieces((p) => sum((s) => o.matMul(dz[s]![p]!, before[s]!, true))),
    // Copies, because the same tensor may serve both biases and each caller may dispose its own.
    biasIh: () => tf.clone(allPieces((p) => (dBias as tf.Tensor[])[p]!)),
    biasHh: () =>
      tf.clone(allPieces((p) => (p === cell.ownBias ? sum((s) => o.sumRows(dz[s]![p]!)) : (dBias as tf.Tensor[])[p]!))),
    h0: () => o.concat(dh0 as tf.Tensor[], 0),
    c0: () => o.concat(dc0 as tf.Tensor[], 0),
  };
}

/** Runs the chains backwards and joins their steps: by slice (and piece) one matrix [T·NB, …] for all steps. */
function throughTime(
  { o, rows, axis, outputAxis, allCells, inTime, slices }: Forward,
  [dOut, dhN, dCell]: (tf.Tensor | null | undefined)[],
) {
  const bySteps = (dy: tf.Tensor | null | undefined, timeAxis: 0 | 1) =>
    dy && o.split(dy, rows, 1 - timeAxis).map((part) => inTime(o.unstack(part, timeAxis)));
  const dh = bySteps(dOut, outputAxis);
  const dhLast = dhN && o.split(dhN, rows, 0);
  const dc = allCells ? bySteps(dCell, 0) : null;
  const dcLast = allCells ? null : dCell && o.split(dCell, rows, 0);
  const flatten = (list: tf.Tensor[]) => {
    const joined = o.concat(inTime(list), axis);
    return axis === 0 ? joined : o.reshape(joined, [-1, list[0]!.shape[1]!]);
  };
  const steps = slices.map(({ chain }, s) =>
    chain.backward(dh?.[s] ?? null, dhLast?.[s] ?? null, dc?.[s] ?? null, dcLast?.[s] ?? null),
  );
  const dx = steps.map((step) => step.dx.map(flatten));
  return {
    dx,
    dz: steps.map((step, s) => step.dz.map((list, p) => (list === step.dx[p] ? dx[s]![p]! : flatten(list)))),
    before: slices.map(({ chain: { h }, h0 }) => flatten([h0 ?? o.zeros(h[0]!.shape), ...h.slice(0, -1)])),
    dh0: steps.map(({ dh0 }) => dh0),
    dc0: steps.map(({ dc0 }) => dc0),
  };
}
