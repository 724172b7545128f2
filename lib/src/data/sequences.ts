/**
 * Sequences of different lengths as batches: padding them to one length, and putting those of about equal length together
 * so that little is padded. What a network does with the lengths is up to `nn`.
 */
import { defaultGenerator, type TorchGenerator } from "../random";
import { checkIndex, type Column, type Columns, type Dataset } from "./dataset";
import type { BatchSampler } from "./loader";

export interface PadOptions {
  /** What the sequences are filled up with. */
  padValue?: number;
  /**
   * Fills up T to the first of these numbers (in order) that is enough, so that batches have few different shapes:
   * `nn.compile` builds a graph for each. See `lengthBounds`.
   */
  steps?: readonly number[];
}

/**
 * Sequences as one block, filled up at the end: ids [B, T] with T the longest, lengths [B] (PyTorch's pad_sequence with
 * batchFirst). Throws if there is none or one is empty.
 */
export function padSequences(
  sequences: ArrayLike<ArrayLike<number>>,
  { padValue = 0, steps }: PadOptions = {},
): { ids: Column; lengths: Column } {
  const batch = sequences.length;
  if (batch === 0) throw new RangeError("padSequences: expected at least one sequence, got none");
  const lengths = new Int32Array(batch);
  for (let i = 0; i < batch; i++) {
    lengths[i] = sequences[i]!.length;
    if (lengths[i] === 0) throw new RangeError(`padSequences: sequence ${i} is empty`);
  }
  const needed = lengths.reduce((a, b) => Math.max(a, b));
  const longest = steps?.find((count) => count >= needed) ?? needed;
  const ids = new Int32Array(batch * longest).fill(padValue);
  for (let i = 0; i < batch; i++) ids.set(sequences[i]!, i * longest);
  return { ids: { data: ids, shape: [batch, longest] }, lengths: { data: lengths, shape: [batch] } };
}

export interface SequenceDatasetOptions extends PadOptions {
  /** Fills up smaller batches to this many rows: each is the first row again, with the label `ignoreIndex`. */
  rows?: number;
  ignoreIndex?: number;
}

/**
 * Sequences of token numbers with one label each; a batch is x [B, T] padded to its own longest sequence, y [B] and
 * lengths [B]. With `rows` and `steps` batches have few shapes, and `new nn.CrossEntropyLoss({ ignoreIndex: -1 })` passes
 * over the rows that only fill up. Throws if there is not one label for each sequence, or a sequence is empty.
 */
export class SequenceDataset implements Dataset<"x" | "y" | "lengths"> {
  constructor(
    private readonly sequences: readonly ArrayLike<number>[],
    private readonly labels: ArrayLike<number>,
    private readonly options: SequenceDatasetOptions = {},
  ) {
    checkLabels("SequenceDataset", sequences, labels);
    const empty = sequences.findIndex(({ length }) => length === 0);
    if (empty >= 0) throw new RangeError(`SequenceDataset: sequence ${empty} is empty`);
  }

  get length(): number {
    return this.sequences.length;
  }

  /** The length of each sequence, for `bucketByLength`. */
  get lengths(): Int32Array {
    return Int32Array.from(this.sequences, ({ length }) => length);
  }

  gather(indices: ArrayLike<number>): Columns<"x" | "y" | "lengths"> {
    const chosen = Array.from(indices, (index) => {
      checkIndex(index, this.length, "SequenceDataset.gather");
      return this.sequences[index]!;
    });
    const y = Array.from(indices, (index) => this.labels[index]!);
    const { rows = 0, ignoreIndex = -1, ...padding } = this.options;
    while (chosen.length > 0 && chosen.length < rows) {
      chosen.push(chosen[0]!);
      y.push(ignoreIndex);
    }
    const { ids, lengths } = padSequences(chosen, padding);
    return { x: ids, y: { data: Int32Array.from(y), shape: [y.length] }, lengths };
  }
}

/**
 * Sequences to be written on, each of a class (a name's language, say): a batch is x [B, T], every token but the last; y
 * [B, T], every token but the first; and label [B]. Both are padded, y with `ignoreIndex`, so that
 * `new nn.CrossEntropyLoss({ ignoreIndex: -1 })` passes over it. Throws on a sequence of fewer than two tokens.
 */
export class NextTokenDataset implements Dataset<"x" | "y" | "label"> {
  constructor(
    private readonly sequences: readonly (Int32Array | readonly number[])[],
    private readonly labels: ArrayLike<number>,
    private readonly options: PadOptions & { ignoreIndex?: number } = {},
  ) {
    checkLabels("NextTokenDataset", sequences, labels);
    const short = sequences.findIndex(({ length }) => length < 2);
    if (short >= 0) {
      throw new RangeError(
        `NextTokenDataset: expected two tokens or more, sequence ${short} has ${sequences[short]!.length}`,
      );
    }
  }

  get length(): number {
    return this.sequences.length;
  }

  /** The length of each x, for `bucketByLength`. */
  get lengths(): Int32Array {
    return Int32Array.from(this.sequences, ({ length }) => length - 1);
  }

  gather(indices: ArrayLike<number>): Columns<"x" | "y" | "label"> {
    const { ignoreIndex = -1, ...padding } = this.options;
    const chosen = Array.from(indices, (index) => {
      checkIndex(index, this.length, "NextTokenDataset.gather");
      return this.sequences[index]!;
    });
    const { ids: x } = padSequences(
      chosen.map((sequence) => sequence.slice(0, -1)),
      padding,
    );
    const { ids: y } = padSequences(
      chosen.map((sequence) => sequence.slice(1)),
      { ...padding, padValue: ignoreIndex },
    );
    const label = Int32Array.from(indices, (index) => this.labels[index]!);
    return { x, y, label: { data: label, shape: [label.length] } };
  }
}

/**
 * Cuts lengths into buckets of about n / count items each, and at least that many but for the last: the longest length of
 * each bucket, in order. Fewer than `count` if few lengths hold most items. Throws if there are none.
 */
export function lengthBounds(lengths: ArrayLike<number>, count: number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`lengthBounds: expected a count of 1 or more, got ${count}`);
  }
  if (lengths.length === 0) throw new RangeError("lengthBounds: expected at least one length, got none");
  const sorted = Array.from(lengths).sort((a, b) => a - b);
  const share = sorted.length / count;
  const bounds: number[] = [];
  for (let i = 0, begin = 0; i < sorted.length; i++) {
    const isLastOfItsLength = sorted[i] !== sorted[i + 1];
    if (i === sorted.length - 1 || (isLastOfItsLength && i + 1 - begin >= share)) {
      bounds.push(sorted[i]!);
      begin = i + 1;
    }
  }
  return bounds;
}

export interface BucketOptions {
  batchSize: number;
  /** How far the lengths within a batch may differ: 1 means all are equal (default), 4 that 5 to 8 go together. */
  width?: number;
  /** The longest length of each bucket, in order, in place of `width`; longer ones go to the last (see `lengthBounds`). */
  bounds?: readonly number[];
  /** Mixes the items of a bucket and the order of the batches anew for each epoch (default); else both stay in order. */
  shuffle?: boolean;
  /** Where the randomness comes from; PyTorch's global generator unless given. */
  generator?: TorchGenerator;
}

/**
 * Batches of items with about equal length, for `new DataLoader(dataset, { batchSampler })`. Every item is in exactly one
 * batch of an epoch; the last batch of a bucket may be small.
 */
export function bucketByLength(
  lengths: ArrayLike<number>,
  { batchSize, width = 1, bounds, shuffle = true, generator = defaultGenerator }: BucketOptions,
): BatchSampler {
  for (const [name, value] of Object.entries({ batchSize, width })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`bucketByLength: expected a ${name} of 1 or more, got ${value}`);
    }
  }
  const buckets = new Map<number, number[]>();
  for (let i = 0; i < lengths.length; i++) {
    const above = bounds?.findIndex((bound) => lengths[i]! <= bound) ?? 0;
    const bucket = bounds ? (above < 0 ? bounds.length - 1 : above) : Math.ceil(lengths[i]! / width);
    if (!buckets.has(bucket)) buckets.set(bucket, []);
    buckets.get(bucket)!.push(i);
  }
  const inOrder = [...buckets].sort(([a], [b]) => a - b).map(([, items]) => Int32Array.from(items));
  const mixed = (items: Int32Array) => (shuffle ? generator.randperm(items.length).map((i) => items[i]!) : items);
  return {
    length: inOrder.reduce((sum, items) => sum + Math.ceil(items.length / batchSize), 0),
    *batches() {
      const batches: Int32Array[] = [];
      for (const items of inOrder.map(mixed)) {
        for (let i = 0; i < items.length; i += batchSize) batches.push(items.subarray(i, i + batchSize));
      }
      for (const i of mixed(Int32Array.from(batches.keys()))) yield batches[i]!;
    },
  };
}

function checkLabels(caller: string, { length }: { length: number }, labels: { length: number }): void {
  if (length === labels.length) return;
  throw new RangeError(`${caller}: expected one label for each of ${length} sequences, got ${labels.length}`);
}
