/**
 * The memory of TensorFlow.js's WebAssembly backend, where the values of its tensors are: views of them without a copy, and a
 * matrix product that is twice as fast as the backend's own. Only for the inside of fused operations: nothing here is put on
 * the gradient tape.
 *
 * The Alice step takes 49 ms with both, and 102 with the backend's product and a copy of all that is read (Node 20, AVX-512 server core).
 * It relies on members that tfjs-backend-wasm 4.22 does not document: heap.test.ts fails when an update takes them away.
 */
import * as tf from "@tensorflow/tfjs";
import { bind, gemmRoom, type Memory } from "../simd";

/** What is used of the backend object. */
interface WasmBackend {
  readonly wasm: {
    /** The exports of the backend's own WebAssembly module. */
    readonly asm?: { readonly memory?: Memory };
    _malloc(byteLength: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
}

/** Tensors of float32 in the backend's memory. */
export interface Heap {
  /**
   * A new tensor of this shape whose values `fill` writes, all of them, from the values of the inputs. They are the values
   * themselves, not copies, and good until it returns: the next tensor may move the memory.
   */
  write(shape: number[], inputs: tf.Tensor[], fill: (to: Float32Array, ...from: Float32Array[]) => void): tf.Tensor;
  /** a·b for matrices, either of them read transposed; undefined where SIMD is missing. */
  matMul: ((a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean) => tf.Tensor) | undefined;
}

const heaps = new WeakMap<object, Heap>();

/** The heap of the backend in use, if that is WebAssembly. */
export function heap(): Heap | undefined {
  if (tf.getBackend() !== "wasm") return undefined;
  const backend = tf.backend() as unknown as WasmBackend;
  let found = heaps.get(backend);
  if (!found) {
    const memory = backend.wasm.asm?.memory;
    if (!memory) return undefined;
    heaps.set(backend, (found = makeHeap(backend, memory)));
  }
  return found;
}

function makeHeap(backend: WasmBackend, memory: Memory): Heap {
  const { wasm, dataIdMap } = backend;
  const make = (shape: number[]) => tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, "float32"));
  /** Where the values of a tensor are, in bytes. Brings them here first if they are still with another backend. */
  const address = (x: tf.Tensor) => dataIdMap.get(x.dataId).memoryOffset;
  const write: Heap["write"] = (shape, inputs, fill) => {
    const out = make(shape);
    const all = [out, ...inputs];
    const addresses = all.map(address); // before any view: memory that grows leaves old views empty
    const [to, ...from] = all.map(({ size }, i) => new Float32Array(memory.buffer, addresses[i]!, size));
    fill(to!, ...from);
    return out;
  };
  const gemm = bind(memory)?.gemm;
  if (!gemm) return { write, matMul: undefined };

  let work = 0;
  let room = 0;
  const matMul: Heap["matMul"] = (a, b, transposeA, transposeB) => {
    const [M, K] = (transposeA ? [a.shape[1], a.shape[0]] : a.shape) as [number, number];
    const N = b.shape[transposeB ? 0 : 1]!;
    if (M * N * K === 0) return write([M, N], [], (to) => to.fill(0));
    const out = make([M, N]);
    if (gemmRoom(N) > room) {
      wasm._free(work);
      room = gemmRoom(N);
      work = wasm._malloc(4 * room) >>> 0;
    }
    const [rowA, stepA] = transposeA ? [1, M] : [K, 1];
    const [rowB, stepB] = transposeB ? [1, K] : [N, 1];
    gemm(M, N, K, address(a) / 4, rowA, stepA, address(b) / 4, rowB, stepB, address(out) / 4, work / 4);
    return out;
  };
  return { write, matMul };
}
