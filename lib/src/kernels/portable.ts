/**
 * The operations of `ops.ts` for the WebAssembly and CPU backends, on the tf ops that are fast there.
 * Slow there (5–20 times) and therefore avoided: transposed `matMul`, `split`, `unstack`, `gather`, `tanh`, sums over the first axis.
 * Cutting and joining is done on the values themselves, which are in JavaScript's reach on these backends.
 */
import * as tf from "@tensorflow/tfjs";
import { heap } from "./heap";
import type { Ops } from "./ops";

const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** A tensor whose values `fill` writes, all of them, from the values of the inputs, which it may not keep. */
export function write(
  shape: number[],
  inputs: tf.Tensor[],
  fill: (to: Float32Array, ...from: Float32Array[]) => void,
): tf.Tensor {
  const wasm = heap();
  if (wasm) return wasm.write(shape, inputs, fill);
  const to = new Float32Array(size(shape));
  fill(to, ...inputs.map((x) => x.dataSync<"float32">()));
  return tf.tensor(to, shape);
}

/** [outer, axis, inner] sizes of a shape seen from one axis. */
function around(shape: number[], axis: number): [number, number, number] {
  return [size(shape.slice(0, axis)), shape[axis]!, size(shape.slice(axis + 1))];
}

function cut(x: tf.Tensor, sizes: number[], axis: number, keepAxis: boolean): tf.Tensor[] {
  const [outer, length, inner] = around(x.shape, axis);
  let start = 0;
  return sizes.map((count) => {
    const shape = [...x.shape.slice(0, axis), ...(keepAxis ? [count] : []), ...x.shape.slice(axis + 1)];
    const part = write(shape, [x], (to, from) => {
      const run = count * inner;
      for (let o = 0; o < outer; o++) {
        const at = (o * length + start) * inner;
        to.set(from.subarray(at, at + run), o * run);
      }
    });
    start += count;
    return part;
  });
}

function join(list: tf.Tensor[], axis: number, shape: number[]): tf.Tensor {
  const lengths = list.map((x) => size(x.shape.slice(axis)));
  const outer = size(shape.slice(0, axis));
  const stride = lengths.reduce((a, b) => a + b, 0);
  return write(shape, list, (to, ...parts) => {
    let start = 0;
    parts.forEach((from, i) => {
      const run = lengths[i]!;
      for (let o = 0; o < outer; o++) to.set(from.subarray(o * run, (o + 1) * run), o * stride + start);
      start += run;
    });
  });
}

const isWasm = () => tf.getBackend() === "wasm";

export const portableOps: Ops = {
  matMul(a, b, transposeA = false, transposeB = false) {
    const product = heap()?.matMul;
    if (product) return product(a, b, transposeA, transposeB);
    return tf.matMul(
      transposeA ? tf.transpose(a) : (a as tf.Tensor2D),
      transposeB ? tf.transpose(b) : (b as tf.Tensor2D),
    );
  },
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  addN: (list) => list.reduce((a, b) => tf.add(a, b)),
  // tanh x = 2σ(2x) − 1; the backend's own tanh is 10 times slower than its sigmoid
  tanh: (x) => (isWasm() ? tf.sub(tf.mul(tf.sigmoid(tf.mul(x, 2)), 2), 1) : tf.tanh(x)),
  sigmoid: (x) => tf.sigmoid(x),
  relu: (x) => tf.relu(x),
  tanhGrad: (y, dy) => tf.sub(dy, tf.mul(dy, tf.mul(y, y))),
  sigmoidGrad: (y, dy) => tf.mul(dy, tf.sub(y, tf.mul(y, y))),
  reluGrad: (y, dy) => tf.mul(dy, tf.step(y)),
  lstmBackward:
    () =>
    ({ i, g, f, o, tanhC, before }, dh, dc) => {
      const p = portableOps;
      const total = p.add(p.tanhGrad(tanhC, p.mul(dh, o)), dc);
      const dz = p.concat(
        [
          p.sigmoidGrad(i, p.mul(total, g)),
          p.tanhGrad(g, p.mul(total, i)),
          p.sigmoidGrad(f, p.mul(total, before)),
          p.sigmoidGrad(o, p.mul(dh, tanhC)),
        ],
        1,
      );
      return [dz, p.mul(total, f)];
    },
  transpose: (x) => tf.transpose(x),
  reshape: (x, shape) => tf.reshape(x, shape),
  zeros: (shape) => tf.zeros(shape),
  rows(table, ids) {
    const [count, width = 1] = table.shape as [number, number?];
    const index = ids.dataSync();
    for (let i = 0; i < index.length; i++) {
      const id = index[i]!;
      if (!(id >= 0 && id < count)) throw new RangeError(`rows: expected ids from 0 to ${count - 1}, got ${id}`);
    }
    const shape = [...ids.shape, ...table.shape.slice(1)];
    if (table.dtype === "int32") {
      const from = table.dataSync();
      return tf.tensor(Int32Array.from(index, (id) => from[id]!), shape, "int32"); // prettier-ignore
    }
    return write(shape, [table], (to, from) => {
      for (let i = 0; i < index.length; i++) {
        const at = index[i]! * width;
        to.set(from.subarray(at, at + width), i * width);
      }
    });
  },
  sumRowsById(x, ids, count) {
    const width = x.shape[1]!;
    const index = ids.dataSync();
    return write([count, width], [x], (to, from) => {
      to.fill(0);
      for (let i = 0; i < index.length; i++) {
        const id = index[i]!;
        for (let j = 0; j < width; j++) to[id * width + j]! += from[i * width + j]!;
      }
    });
  },
  sumRows: (x) => tf.reshape(portableOps.matMul(tf.ones([1, x.shape[0]!]), x), [x.shape[1]!]),
  unstack: (x, axis) => cut(x, new Array<number>(x.shape[axis]!).fill(1), axis, false),
  stack: (list, axis) => {
    const shape = list[0]!.shape;
    return join(list, axis, [...shape.slice(0, axis), list.length, ...shape.slice(axis)]);
  },
  blocks(x, order) {
    const parts = cut(x, order.map(() => x.shape[0]! / order.length), 0, true); // prettier-ignore
    return tf.concat(order.map((block) => parts[block]!), 0); // prettier-ignore
  },
  split: (x, sizes, axis) => (sizes.length === 1 ? [x] : cut(x, sizes, axis, true)),
  concat(list, axis) {
    if (list.length === 1) return list[0]!;
    const shape = [...list[0]!.shape];
    shape[axis] = list.reduce((sum, x) => sum + x.shape[axis]!, 0);
    return join(list, axis, shape);
  },
};
