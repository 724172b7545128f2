/**
 * Values of a small graph: pieces of one memory, as JavaScript and the WebAssembly kernels see them, and tables of places in
 * them. Nothing here knows an operation.
 */
import type { Kernels } from "../../simd";

export type Numbers = Float32Array | Int32Array;

/** A tensor: row-major, float32, or int32 (for flags, too: 0 and 1). */
export interface Value {
  readonly shape: readonly number[];
  readonly numbers: Numbers;
  /** Where it begins in the memory, counted in numbers of four bytes. */
  readonly at: number;
  /** Whether it is the same in each call; then its numbers are there when the loops are made. */
  readonly isConstant: boolean;
}

/** One operation to be made a loop. */
export interface Operation {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** A setting; data types by TensorFlow's numbers. */
  attr(name: string): unknown;
  readonly kernels: Kernels;
  /** Room for so many float32 numbers, which belongs to the operation. */
  scratch(size: number): Value;
  /** The transpose of a matrix, made once in each call however often it is asked for. */
  transposed(matrix: Value): Value;
}

/** Computes the outputs from the inputs. Throws what TensorFlow would say of bad values. */
export type Loop = () => void;

/** Makes the loop of an operation; undefined if it has settings or shapes that no loop was written for. */
export type Maker = (operation: Operation) => Loop | undefined;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** How far apart neighbours along each axis are. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides by which a tensor of this shape is read as one of the shape `to`: 0 along axes that are repeated. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const missing = to.length - shape.length;
  const strides = stridesOf(shape);
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : strides[axis - missing]!));
}

/** Where the entries of `shape`, taken in order, are found with these strides: start + Σ index · stride. */
export function indexTable(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const table = new Int32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let place = start;
  for (let i = 0; i < table.length; i++) {
    table[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return table;
}

/** The numbers of a constant value (axes, sizes); undefined if they are known in a call only. */
export function constantsOf(value: Value | undefined): number[] | undefined {
  return value?.isConstant ? [...value.numbers] : undefined;
}

/** An axis counted from the front; undefined if it is not constant. */
export function axisOf(value: Value | undefined, rank: number): number | undefined {
  const axis = constantsOf(value)?.[0];
  return axis === undefined ? undefined : axis < 0 ? axis + rank : axis;
}
