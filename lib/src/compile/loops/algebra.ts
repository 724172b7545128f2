/** Operations that sum: products, reductions, softmax, and the step of an LSTM. */
import {
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

/** C [M, N] = A B, either of them read transposed. */
function product(operation: Operation, a: Value, b: Value, c: Value, transposeA: boolean, transposeB: boolean): Loop {
  const [M, K] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const N = c.shape[1]!;
  const { at } = transposeB ? operation.transposed(b) : b;
  const [row, step] = transposeA ? [1, M] : [K, 1];
  const { smallGemm } = operation.kernels;
  return () => smallGemm(M, N, K, a.at, row, step, at, c.at);
}

const matMul: Maker = (operation) => {
  const { inputs, outputs, attr } = operation;
  return product(operation, inputs[0]!, inputs[1]!, outputs[0]!, !!attr("transpose_a"), !!attr("transpose_b"));
};

/** Products of matrices of equal or repeated batches. */
const batchMatMul: Maker = (operation) => {
  const { inputs, outputs, attr } = operation;
  const [a, b, c] = [inputs[0]!, inputs[1]!, outputs[0]!];
  const batch = c.shape.slice(0, -2);
  const matrices = (value: Value) => {
    const shape = value.shape.slice(-2);
    const starts = indexTable(batch, broadcastStrides(value.shape.slice(0, -2), batch));
    const size = sizeOf(shape);
    return Array.from(starts, (start): Value => {
      const from = start * size;
      return { ...value, shape, at: value.at + from, numbers: value.numbers.subarray(from, from + size) };
    });
  };
  const [left, right, results] = [matrices(a), matrices(b), matrices(c)];
  const loops = results.map((result, i) =>
    product(operation, left[i]!, right[i]!, result, !!attr("adj_x"), !!attr("adj_y")),
  );
  return () => loops.forEach((loop) => loop());
};

/** The reduced axes as the middle one of three: they must be neighbours. */
function reduction(x: Value, axes: Value | undefined): [outer: number, middle: number, inner: number] | undefined {
  const rank = x.shape.length;
  const list = constantsOf(axes)
    ?.map((axis) => (axis < 0 ? axis + rank : axis))
    .sort((a, b) => a - b);
  if (!list || list.some((axis, i) => axis !== list[0]! + i)) return undefined;
  const [from, to] = [list[0] ?? 0, (list.at(-1) ?? -1) + 1];
  return [x.shape.slice(0, from), x.shape.slice(from, to), x.shape.slice(to)].map(sizeOf) as [number, number, number];
}

/** Sums in double precision. */
const sum =
  (isMean: boolean): Maker =>
  ({ inputs: [x, axes], outputs: [y] }) => {
    const found = reduction(x!, axes);
    if (!found) return undefined;
    const [outer, middle, inner] = found;
    const [from, to] = [x!.numbers, y!.numbers];
    const divisor = isMean ? middle : 1;
    const sums = new Float64Array(inner);
    return () => {
      for (let i = 0, at = 0; i < outer; i++) {
        sums.fill(0);
        for (let k = 0; k < middle; k++) for (let j = 0; j < inner; j++) sums[j]! += from[at++]!;
        for (let j = 0; j < inner; j++) to[i * inner + j] = sums[j]! / divisor;
      }
    };
  };

/** The largest, or smallest, number. */
const extreme =
  (sign: 1 | -1): Maker =>
  ({ inputs: [x, axes], outputs: [y] }) => {
    const found = reduction(x!, axes);
    if (!found) return undefined;
    const [outer, middle, inner] = found;
    if (middle === 0) return undefined;
    const [from, to] = [x!.numbers, y!.numbers];
    return () => {
      for (let i = 0; i < outer; i++) {
        for (let j = 0; j < inner; j++) {
          let best = sign * from[i * middle * inner + j]!;
          for (let k = 1; k < middle; k++) best = Math.max(best, sign * from[(i * middle + k) * inner + j]!);
          to[i * inner + j] = sign * best;
        }
      }
    };
  };

/** e^(x − max x) of a row, into `to`; the row's largest number and the sum. */
function exponentials(x: Numbers, from: number, to: Float64Array): { best: number; sum: number } {
  let best = -Infinity;
  for (let j = 0; j < to.length; j++) best = Math.max(best, x[from + j]!);
  let sum = 0;
  for (let j = 0; j < to.length; j++) sum += to[j] = Math.exp(x[from + j]! - best);
  return { best, sum };
}

/** Calls `row` for each row of x with its number, where it begins, its exponentials, and what `exponentials` returns. */
function eachRow(
  x: Value,
  row: (i: number, from: number, exps: Float64Array, best: number, sum: number) => void,
): Loop {
  const exps = new Float64Array(x.shape.at(-1) ?? 1);
  const rows = exps.length === 0 ? 0 : x.numbers.length / exps.length;
  return () => {
    for (let i = 0, from = 0; i < rows; i++, from += exps.length) {
      const { best, sum } = exponentials(x.numbers, from, exps);
      row(i, from, exps, best, sum);
    }
  };
}

const softmax: Maker = ({ inputs: [x], outputs: [y] }) =>
  eachRow(x!, (_, from, exps, __, sum) => {
    for (let j = 0; j < exps.length; j++) y!.numbers[from + j] = exps[j]! / sum;
  });

const logSoftmax: Maker = ({ inputs: [x], outputs: [y] }) =>
  eachRow(x!, (_, from, exps, best, sum) => {
    const shift = best + Math.log(sum);
    for (let j = 0; j < exps.length; j++) y!.numbers[from + j] = x!.numbers[from + j]! - shift;
  });

/** −log softmax(x)_y of each row, and softmax(x) − one-hot(y). */
const crossEntropy: Maker = ({ inputs: [x, labels], outputs: [losses, gradient] }) =>
  eachRow(x!, (i, from, exps, best, sum) => {
    const label = labels!.numbers[i]!;
    if (!(label >= 0 && label < exps.length)) {
      const range = `[0, ${exps.length})`;
      throw new RangeError(`Received a label value of ${label} which is outside the valid range of ${range}`);
    }
    losses!.numbers[i] = best + Math.log(sum) - x!.numbers[from + label]!;
    for (let j = 0; j < exps.length; j++) gradient!.numbers[from + j] = exps[j]! / sum - (j === label ? 1 : 0);
  });

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** As in `elementwise.ts`. */
const tanh = (x: number) => (Math.abs(x) < 1e-4 ? x : 1 - 2 / (Math.exp(2 * x) + 1));

/** A step of an LSTM from [x, h]: gates in the order i, g, f, o; https://www.tensorflow.org/api_docs/python/tf/raw_ops/LSTMBlockCell */
const lstmStep: Maker = (operation) => {
  const { inputs, outputs, attr, kernels } = operation;
  const clip = Number(attr("cell_clip") ?? -1);
  const bias = inputs[7]!.numbers;
  if (attr("use_peephole") || clip > 0) return undefined;
  const forget = Number(attr("forget_bias") ?? 1);
  const [x, before, h, weights] = inputs as [Value, Value, Value, Value];
  const [i, c, f, o, g, tanhC, next] = outputs.map(({ numbers }) => numbers) as Numbers[] & { length: 7 };
  const [batch, hidden] = before.shape as [number, number];
  const features = x.shape[1]!;
  const depth = features + hidden;
  const joined = operation.scratch(batch * depth);
  const z = operation.scratch(batch * 4 * hidden);
  return () => {
    for (let row = 0; row < batch; row++) {
      for (let j = 0; j < features; j++) joined.numbers[row * depth + j] = x.numbers[row * features + j]!;
      for (let j = 0; j < hidden; j++) joined.numbers[row * depth + features + j] = h.numbers[row * hidden + j]!;
    }
    kernels.smallGemm(batch, 4 * hidden, depth, joined.at, depth, 1, weights.at, z.at);
    for (let row = 0, at = 0; row < batch; row++) {
      for (let j = 0, from = 4 * row * hidden; j < hidden; j++, at++, from++) {
        i![at] = sigmoid(z.numbers[from]! + bias[j]!);
        g![at] = tanh(z.numbers[from + hidden]! + bias[j + hidden]!);
        f![at] = sigmoid(z.numbers[from + 2 * hidden]! + bias[j + 2 * hidden]! + forget);
        o![at] = sigmoid(z.numbers[from + 3 * hidden]! + bias[j + 3 * hidden]!);
        c![at] = g![at]! * i![at]! + before.numbers[at]! * f![at]!;
        tanhC![at] = tanh(c![at]!);
        next![at] = tanhC![at]! * o![at]!;
      }
    }
  };
};

/** Its elementwise part backwards. */
const lstmGradient: Maker = (operation) => {
  const { inputs, outputs, attr } = operation;
  if (attr("use_peephole")) return undefined;
  const { shape, numbers: before } = inputs[1]!;
  const [i, , f, o, g, tanhC, dcAfter, dh] = inputs.slice(8).map(({ numbers }) => numbers) as Numbers[] & { length: 8 };
  const [dc, dz, ...peepholes] = outputs.map(({ numbers }) => numbers);
  const [batch, hidden] = shape as [number, number];
  return () => {
    for (const peephole of peepholes) peephole.fill(0);
    for (let row = 0, at = 0; row < batch; row++) {
      for (let j = 0, to = 4 * row * hidden; j < hidden; j++, at++, to++) {
        const [it, gt, ft, ot, tanh] = [i![at]!, g![at]!, f![at]!, o![at]!, tanhC![at]!];
        const dcNow = dcAfter![at]! + dh![at]! * ot * (1 - tanh * tanh);
        dz![to] = dcNow * gt * it * (1 - it);
        dz![to + hidden] = dcNow * it * (1 - gt * gt);
        dz![to + 2 * hidden] = dcNow * before[at]! * ft * (1 - ft);
        dz![to + 3 * hidden] = dh![at]! * tanh * ot * (1 - ot);
        dc![at] = dcNow * ft;
      }
    }
  };
};

/** The transpose of a matrix, for products that read their second factor so. */
export function transposeLoop(from: Value, to: Value): Loop {
  const table = indexTable(to.shape, stridesOf(from.shape).reverse());
  return () => {
    for (let i = 0; i < table.length; i++) to.numbers[i] = from.numbers[table[i]!]!;
  };
}

export const algebra: Record<string, Maker> = {
  BatchMatMulV2: batchMatMul,
  LSTMBlockCell: lstmStep,
  LSTMBlockCellGrad: lstmGradient,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: extreme(1),
  Mean: sum(true),
  Min: extreme(-1),
  Softmax: softmax,
  SparseSoftmaxCrossEntropyWithLogits: crossEntropy,
  Sum: sum(false),
};
