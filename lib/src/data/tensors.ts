/**
 * Columns of numbers as TensorFlow.js tensors: the one place of this room that touches TensorFlow, for the loader and
 * for data sets small enough to be one batch.
 */
import * as tf from "@tensorflow/tfjs";
import type { Column, Columns, Dataset } from "./dataset";

/** The columns of a batch as tensors, by the same names. */
export type Batch<Name extends string = string> = Record<Name, tf.Tensor>;

/** One column as a tensor: int32 for an Int32Array, float32 for a Float32Array. The numbers are not copied here. */
export function toTensor({ data, shape }: Column): tf.Tensor {
  return tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");
}

/** Every column of a batch as a tensor; the caller disposes them. */
export function toBatch<Name extends string>(columns: Columns<Name>): Batch<Name> {
  const entries = Object.entries<Column>(columns).map(([name, column]) => [name, toTensor(column)]);
  return Object.fromEntries(entries) as Batch<Name>;
}

/** A whole data set as one batch of tensors, items in order; the caller disposes them. */
export function toTensors<Name extends string>(dataset: Dataset<Name>): Batch<Name> {
  return toBatch(dataset.gather(Int32Array.from({ length: dataset.length }, (_, i) => i)));
}
