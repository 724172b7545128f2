/** Operations that only move numbers: joining, cutting, turning, looking up. */
import {
  axisOf,
  broadcastStrides,
  constantsOf,
  indexTable,
  sizeOf,
  stridesOf,
  type Loop,
  type Maker,
  type Numbers,
  type Operation,
  type Value,
} from "./value";

/** The memory of a value as whole numbers, whatever they stand for: one kind of array keeps V8's loops simple. */
const bits = ({ numbers }: Value): Int32Array => new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);

/** to[i] = from[table[i]] */
function pick(x: Value, table: Int32Array, y: Value): Loop {
  const [from, to] = [bits(x), bits(y)];
  return () => {
    for (let i = 0; i < table.length; i++) to[i] = from[table[i]!]!;
  };
}

/** Copies `count` blocks of `length` numbers that lie regularly in both. */
function copyBlocks(
  count: number,
  length: number,
  from: Int32Array,
  fromStart: number,
  fromStep: number,
  to: Int32Array,
  toStart: number,
  toStep: number,
): void {
  for (let block = 0, a = fromStart, b = toStart; block < count; block++, a += fromStep, b += toStep) {
    for (let i = 0; i < length; i++) to[b + i] = from[a + i]!;
  }
}

/** A tensor and its pieces along an axis, as blocks: how many, and where each piece lies in a block of the whole. */
function blocksOf(whole: Value, pieces: readonly Value[], axis: number) {
  const count = sizeOf(whole.shape.slice(0, axis));
  const step = whole.numbers.length / count;
  let start = 0;
  return pieces.map((piece) => {
    const length = piece.numbers.length / count;
    start += length;
    return { piece: bits(piece), count, step, length, start: start - length };
  });
}

function join(whole: Value, pieces: readonly Value[], axis: number | undefined): Loop | undefined {
  if (axis === undefined || whole.numbers.length === 0) return axis === undefined ? undefined : () => {};
  const blocks = blocksOf(whole, pieces, axis);
  const to = bits(whole);
  return () => {
    for (const { piece, count, step, length, start } of blocks) {
      copyBlocks(count, length, piece, 0, length, to, start, step);
    }
  };
}

function cut(whole: Value, pieces: readonly Value[], axis: number | undefined): Loop | undefined {
  if (axis === undefined || whole.numbers.length === 0) return axis === undefined ? undefined : () => {};
  const blocks = blocksOf(whole, pieces, axis);
  const from = bits(whole);
  return () => {
    for (const { piece, count, step, length, start } of blocks) {
      copyBlocks(count, length, from, start, step, piece, 0, length);
    }
  };
}

/** An axis given as a setting, counted from the front. */
const axisAttr = ({ attr }: Operation, rank: number, otherwise = 0) => {
  const axis = Number(attr("axis") ?? otherwise);
  return axis < 0 ? axis + rank : axis;
};

const transpose: Maker = ({ inputs: [x, order], outputs: [y] }) => {
  const axes = constantsOf(order);
  const strides = stridesOf(x!.shape);
  return (
    axes &&
    pick(
      x!,
      indexTable(
        y!.shape,
        axes.map((axis) => strides[axis]!),
      ),
      y!,
    )
  );
};

const slice: Maker = ({ inputs: [x, begin], outputs: [y] }) => {
  const from = constantsOf(begin);
  if (!from) return undefined;
  const strides = stridesOf(x!.shape);
  const start = from.reduce((sum, index, axis) => sum + index * strides[axis]!, 0);
  return pick(x!, indexTable(y!.shape, strides, start), y!);
};

const broadcast: Maker = ({ inputs: [x], outputs: [y] }) =>
  pick(x!, indexTable(y!.shape, broadcastStrides(x!.shape, y!.shape)), y!);

const tile: Maker = ({ inputs: [x], outputs: [y] }) => {
  const { shape } = x!;
  const strides = stridesOf(shape);
  // Each axis twice: how often, and how many.
  const pairs = y!.shape.flatMap((size, axis) => [shape[axis] === 0 ? 0 : size / shape[axis]!, shape[axis]!]);
  return pick(
    x!,
    indexTable(
      pairs,
      strides.flatMap((stride) => [0, stride]),
    ),
    y!,
  );
};

const reverse: Maker = ({ inputs: [x, axes], outputs: [y] }) => {
  const list = constantsOf(axes);
  if (!list) return undefined;
  const { shape } = x!;
  const turned = new Set(list.map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const strides = stridesOf(shape);
  const start = strides.reduce((sum, stride, axis) => sum + (turned.has(axis) ? stride * (shape[axis]! - 1) : 0), 0);
  const signed = strides.map((stride, axis) => (turned.has(axis) ? -stride : stride));
  return pick(x!, indexTable(shape, signed, start), y!);
};

const pad: Maker = ({ inputs: [x, paddings, value], outputs: [y] }) => {
  const list = constantsOf(paddings);
  if (!list) return undefined;
  const strides = stridesOf(y!.shape);
  const start = strides.reduce((sum, stride, axis) => sum + stride * list[2 * axis]!, 0);
  const table = indexTable(x!.shape, strides, start);
  const [from, to] = [x!.numbers, y!.numbers];
  return () => {
    to.fill(value ? value.numbers[0]! : 0);
    for (let i = 0; i < table.length; i++) to[table[i]!] = from[i]!;
  };
};

/** Checks an index as TensorFlow does. */
function check(id: number, size: number, position: number): void {
  if (id >= 0 && id < size) return;
  throw new RangeError(`indices[${position}] = ${id} is not in [0, ${size})`);
}

/** Rows (or deeper slices) of a table by number. */
const gather: Maker = (operation) => {
  const { inputs, outputs } = operation;
  const [table, ids, axisValue] = inputs as [Value, Value, Value];
  const [from, to] = [bits(table), bits(outputs[0]!)];
  const axis = axisOf(axisValue, table.shape.length);
  if (axis === undefined || Number(operation.attr("batch_dims") ?? 0) !== 0) return undefined;
  const count = sizeOf(table.shape.slice(0, axis));
  const size = table.shape[axis]!;
  const length = sizeOf(table.shape.slice(axis + 1));
  const many = ids.numbers.length;
  return () => {
    for (let k = 0; k < many; k++) {
      const id = ids.numbers[k]!;
      check(id, size, k);
      copyBlocks(count, length, from, id * length, size * length, to, k * length, many * length);
    }
  };
};

/** Where the slices lie that lists of indices [..., K] name in a tensor; a function from the list's position. */
function slicesIn(shape: readonly number[], indices: Value) {
  const depth = indices.shape.at(-1)!;
  const strides = stridesOf(shape);
  const ids = indices.numbers;
  return {
    count: depth === 0 ? sizeOf(indices.shape.slice(0, -1)) : ids.length / depth,
    length: sizeOf(shape.slice(depth)),
    at(position: number): number {
      let place = 0;
      for (let k = 0; k < depth; k++) {
        const id = ids[position * depth + k]!;
        check(id, shape[k]!, position);
        place += id * strides[k]!;
      }
      return place;
    },
  };
}

const gatherNd: Maker = ({ inputs: [x, indices], outputs: [y] }) => {
  const { count, length, at } = slicesIn(x!.shape, indices!);
  const [from, to] = [bits(x!), bits(y!)];
  return () => {
    for (let i = 0; i < count; i++) copyBlocks(1, length, from, at(i), 0, to, i * length, 0);
  };
};

/** Adds slices, times `sign`, to what `start` puts there. */
function scatter(start: (to: Numbers) => void, sign: number, out: Value, indices: Value, updates: Value): Loop {
  const { count, length, at } = slicesIn(out.shape, indices);
  const [from, to] = [updates.numbers, out.numbers];
  return () => {
    start(to);
    for (let i = 0; i < count; i++) {
      const place = at(i);
      for (let j = 0; j < length; j++) to[place + j]! += sign * from[i * length + j]!;
    }
  };
}

/** Sums rows by their number; negative ones are left out. */
const segmentSum: Maker = ({ inputs: [x, ids], outputs: [y] }) => {
  const many = ids!.numbers.length;
  const length = y!.numbers.length / y!.shape[0]!;
  const to = y!.numbers;
  return () => {
    to.fill(0);
    for (let k = 0; k < many; k++) {
      const id = ids!.numbers[k]!;
      if (id < 0) continue;
      check(id, y!.shape[0]!, k);
      for (let j = 0; j < length; j++) to[id * length + j]! += x!.numbers[k * length + j]!;
    }
  };
};

const oneHot: Maker = (operation) => {
  const { inputs, outputs } = operation;
  const [ids, depth, on, off] = inputs as [Value, Value, Value, Value];
  const out = outputs[0]!;
  const [classes] = constantsOf(depth) ?? [];
  if (classes === undefined) return undefined;
  const axis = axisAttr(operation, out.shape.length, -1);
  const inner = sizeOf(out.shape.slice(axis + 1));
  const many = ids.numbers.length;
  return () => {
    out.numbers.fill(off.numbers[0]!);
    for (let k = 0; k < many; k++) {
      const id = ids.numbers[k]!;
      if (id < 0 || id >= classes) continue; // a row without a mark, as in TensorFlow
      const outer = Math.floor(k / inner);
      out.numbers[(outer * classes + id) * inner + (k - outer * inner)] = on.numbers[0]!;
    }
  };
};

const range: Maker = ({ inputs: [start, , step], outputs: [y] }) => {
  const to = y!.numbers;
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = start!.numbers[0]! + i * step!.numbers[0]!;
  };
};

export const moves: Record<string, Maker> = {
  BroadcastTo: broadcast,
  ConcatV2: ({ inputs, outputs: [y] }) => join(y!, inputs.slice(0, -1), axisOf(inputs.at(-1), y!.shape.length)),
  Fill:
    ({ inputs, outputs: [y] }) =>
    () =>
      void y!.numbers.fill(inputs[1]!.numbers[0]!),
  GatherNd: gatherNd,
  GatherV2: gather,
  OneHot: oneHot,
  Pack: (operation) =>
    join(operation.outputs[0]!, operation.inputs, axisAttr(operation, operation.outputs[0]!.shape.length)),
  Pad: pad,
  PadV2: pad,
  Range: range,
  ReverseV2: reverse,
  ScatterNd: ({ inputs: [at, updates], outputs: [y] }) => scatter((to) => to.fill(0), 1, y!, at!, updates!),
  Slice: slice,
  Split: ({ inputs: [axis, x], outputs }) => cut(x!, outputs, axisOf(axis, x!.shape.length)),
  SplitV: ({ inputs: [x, , axis], outputs }) => cut(x!, outputs, axisOf(axis, x!.shape.length)),
  TensorScatterAdd: ({ inputs: [x, at, updates], outputs: [y] }) =>
    scatter((to) => to.set(x!.numbers), 1, y!, at!, updates!),
  TensorScatterSub: ({ inputs: [x, at, updates], outputs: [y] }) =>
    scatter((to) => to.set(x!.numbers), -1, y!, at!, updates!),
  Tile: tile,
  Transpose: transpose,
  Unpack: (operation) =>
    cut(operation.inputs[0]!, operation.outputs, axisAttr(operation, operation.inputs[0]!.shape.length)),
  UnsortedSegmentSum: segmentSum,
};
