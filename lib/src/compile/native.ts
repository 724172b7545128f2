/**
 * The parts of tfjs-node that a compiled step needs: its native functions (the binding) and its table of tensors. Types and
 * small helpers only.
 */
import * as tf from "@tensorflow/tfjs";
import { isNative, type OpAttr } from "../backend";

/** A value: its native id, its shape and TensorFlow's number for its data type. Ids are never used twice. */
export interface Meta {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** tfjs-node's native functions. */
export interface Binding {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array;
  executeOp(op: string, attrs: readonly OpAttr[], inputs: readonly number[], outputs: number): Meta[];
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): Meta[];
}

/** What TensorFlow.js finds data by: a tensor, a variable (`assign` changes its key), or a bare key. */
export interface Holder {
  readonly dataId: object;
}

/** What tfjs-node keeps about a tensor. */
export interface TensorData {
  id: number;
  /** How many tensors share it: clones do. */
  readonly refCount: number;
  /** What JavaScript holds until it is uploaded; the id is -1 as long. */
  values: unknown;
}

/** tfjs-node's backend object. */
export interface NativeBackend {
  binding: Binding;
  readonly tensorMap: { has(dataId: object): boolean; get(dataId: object): TensorData };
  /** The tensors' native ids; what JavaScript still holds is uploaded first. */
  getInputTensorIds(tensors: readonly Holder[]): number[];
  createOutputTensor(meta: Meta): tf.Tensor;
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
}

/** The backend, if TensorFlow is native. */
export function nativeBackend(): NativeBackend | undefined {
  return isNative() ? (tf.backend() as unknown as NativeBackend) : undefined;
}

/** Gives a variable data of its own when it shares them with a clone or another variable, so that an id names one thing. */
export function unshare(native: NativeBackend, variable: tf.Variable): void {
  if (native.tensorMap.get(variable.dataId).refCount < 2) return;
  const ids = native.getInputTensorIds([variable]);
  const copy = native.createOutputTensor(native.binding.executeOp("Identity", [], ids, 1)[0]!); // shares the memory
  variable.assign(copy);
  copy.dispose();
}
