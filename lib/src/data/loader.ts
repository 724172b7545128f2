/**
 * DataLoader: a data set in batches of tensors, in order or shuffled as PyTorch shuffles for the same seed. It has no
 * workers and no prefetching: gathering a batch takes microseconds here.
 */
import { defaultGenerator, TorchGenerator } from "../random";
import type { Dataset } from "./dataset";
import { toBatch, type Batch } from "./tensors";

export interface DataLoaderOptions {
  /** Items per batch (default 1, as in PyTorch). */
  batchSize?: number;
  /** Draws a new order for each epoch. */
  shuffle?: boolean;
  /** Leaves out a last batch that is not full. */
  dropLast?: boolean;
  /** Where the randomness comes from; PyTorch's global generator (see `manualSeed`) unless given. */
  generator?: TorchGenerator;
  /**
   * The item numbers of each batch, given by the caller for each epoch, instead of batchSize, shuffle and dropLast
   * (PyTorch's batch_sampler): see `bucketByLength`.
   */
  batchSampler?: BatchSampler;
  /**
   * Keeps every batch until the caller disposes it. Otherwise a batch lives until the next one is taken or the loop
   * ends, so that memory stays flat without a thought.
   */
  keepBatches?: boolean;
}

/** Says which items belong together, anew for each epoch. */
export interface BatchSampler {
  /** The number of batches of an epoch. */
  readonly length: number;
  /** The item numbers of each batch of the coming epoch. */
  batches(): Iterable<ArrayLike<number>>;
}

/**
 * Iterating a DataLoader once is one epoch: `for (const { x, y } of loader) …`.
 *
 * With one seed the shuffled order equals that of PyTorch's DataLoader (2.13). From the global generator each epoch takes
 * two 64-bit words: one at its start, used by PyTorch for its workers (taken without shuffling, too), and one before the
 * first batch, which seeds a fresh generator for the order. From a generator of its own it takes the first word, then the
 * permutation itself, and at the end another permutation that goes unused.
 * https://docs.pytorch.org/docs/stable/data.html
 *
 * Throws if batchSize is not a whole number from 1, or if a shuffled data set is empty.
 */
export class DataLoader<Name extends string> implements Iterable<Batch<Name>> {
  /** The number of batches of an epoch: ⌈N / batchSize⌉, or ⌊N / batchSize⌋ with dropLast. */
  readonly length: number;
  private readonly sampler: BatchSampler | undefined;

  constructor(
    readonly dataset: Dataset<Name>,
    private readonly options: DataLoaderOptions = {},
  ) {
    const { batchSize = 1, shuffle = false, dropLast = false, batchSampler } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`DataLoader: expected a batchSize of 1 or more, got ${batchSize}`);
    }
    if (batchSampler && (options.batchSize !== undefined || shuffle || dropLast)) {
      throw new TypeError(
        "DataLoader: batchSampler says itself what a batch is; leave out batchSize, shuffle, dropLast",
      );
    }
    if (shuffle && dataset.length === 0) throw new RangeError("DataLoader: cannot shuffle an empty data set");
    this.sampler = batchSampler;
    const full = Math.floor(dataset.length / batchSize);
    this.length = batchSampler?.length ?? (dropLast || full * batchSize === dataset.length ? full : full + 1);
  }

  /** Starts an epoch. */
  [Symbol.iterator](): Generator<Batch<Name>, void, undefined> {
    // Outside the generator function, whose body waits for the first batch: PyTorch takes this word when iter() is called.
    (this.options.generator ?? defaultGenerator).random64();
    return this.epoch();
  }

  private *epoch(): Generator<Batch<Name>, void, undefined> {
    let batch: Batch<Name> | undefined;
    try {
      for (const indices of this.sampler?.batches() ?? this.batches()) {
        if (batch) this.release(batch);
        batch = toBatch(this.dataset.gather(indices));
        yield batch;
      }
    } finally {
      if (batch) this.release(batch);
    }
  }

  private *batches(): Generator<Int32Array, void, undefined> {
    const { batchSize = 1, shuffle = false, generator } = this.options;
    const n = this.dataset.length;
    const order = shuffle ? shuffled(n, generator) : Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < this.length; i++) yield order.subarray(i * batchSize, (i + 1) * batchSize);
    if (shuffle) generator?.randperm(n);
  }

  private release(batch: Batch<Name>): void {
    if (this.options.keepBatches) return;
    for (const name in batch) if (!batch[name].isDisposed) batch[name].dispose();
  }
}

/** The order of an epoch of n items, as PyTorch's RandomSampler draws it. */
function shuffled(n: number, generator: TorchGenerator | undefined): Int32Array {
  return (generator ?? new TorchGenerator(defaultGenerator.random64())).randperm(n);
}
