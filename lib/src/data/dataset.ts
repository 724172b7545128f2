/**
 * What a dataset is for a DataLoader: a length, and a way to gather the items with given numbers into one batch of flat
 * typed arrays. Not tensors: the loader makes those, so a dataset costs no TensorFlow memory.
 */

/** A block of numbers with a shape, ready to become a tensor: Int32Array for token numbers, Float32Array for the rest. */
export interface Column {
  data: Int32Array | Float32Array;
  shape: number[];
}

/** The columns of one item or batch by name, usually `x` and `y`. */
export type Columns<Name extends string = string> = Record<Name, Column>;

export interface Dataset<Name extends string = string> {
  /** The number of items. */
  readonly length: number;
  /** Gathers the items with these numbers, in this order, into columns whose first dimension is the batch. */
  gather(indices: ArrayLike<number>): Columns<Name>;
}

/** The product of the dimensions of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** Throws unless `index` is an item of a dataset with `length` items; `where` is the function to name. */
export function checkIndex(index: number, length: number, where: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(`${where}: expected item numbers from 0 to ${length - 1}, got ${index}`);
  }
}

/**
 * A dataset of columns that are already whole: item i is row i of each column, as PyTorch's TensorDataset.
 * Throws if the columns have different numbers of rows, or data that does not fill its shape.
 */
export class TensorDataset<Name extends string> implements Dataset<Name> {
  readonly length: number;

  constructor(private readonly columns: Columns<Name>) {
    const entries = Object.entries<Column>(columns);
    if (entries.length === 0) throw new TypeError("TensorDataset: expected at least one column, got none");
    for (const [name, { data, shape }] of entries) {
      if (shape.length === 0 || sizeOf(shape) !== data.length) {
        throw new RangeError(`TensorDataset: ${name} has ${data.length} numbers for the shape [${shape.join(", ")}]`);
      }
    }
    const rows = entries.map(([name, { shape }]) => `${name} ${shape[0]}`);
    this.length = entries[0]![1].shape[0]!;
    if (entries.some(([, { shape }]) => shape[0] !== this.length)) {
      throw new RangeError(`TensorDataset: expected columns with the same number of rows, got ${rows.join(", ")}`);
    }
  }

  gather(indices: ArrayLike<number>): Columns<Name> {
    const entries = Object.entries<Column>(this.columns).map(([name, column]) => [name, gatherRows(column, indices)]);
    return Object.fromEntries(entries) as Columns<Name>;
  }
}

/** A dataset that shows only the items with these numbers of another one (PyTorch's Subset); nothing is copied. */
export class Subset<Name extends string> implements Dataset<Name> {
  constructor(
    private readonly dataset: Dataset<Name>,
    /** Which items of the whole dataset, in order. */
    readonly indices: ArrayLike<number>,
  ) {
    for (let i = 0; i < indices.length; i++) checkIndex(indices[i]!, dataset.length, "Subset");
  }

  get length(): number {
    return this.indices.length;
  }

  gather(indices: ArrayLike<number>): Columns<Name> {
    const outer = new Int32Array(indices.length);
    for (let i = 0; i < outer.length; i++) {
      checkIndex(indices[i]!, this.length, "Subset.gather");
      outer[i] = this.indices[indices[i]!]!;
    }
    return this.dataset.gather(outer);
  }
}

/** The given rows of a column, copied one after another: [N, …] and B numbers to [B, …]. */
function gatherRows({ data, shape }: Column, indices: ArrayLike<number>): Column {
  const width = sizeOf(shape.slice(1));
  const out =
    data instanceof Int32Array ? new Int32Array(indices.length * width) : new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    checkIndex(row, shape[0]!, "TensorDataset.gather");
    out.set(data.subarray(row * width, (row + 1) * width), i * width);
  }
  return { data: out, shape: [indices.length, ...shape.slice(1)] };
}
