/**
 * The training loop: epochs of batches, averages, progress, and clean ends when the user interrupts or the loss becomes
 * NaN. It knows no model: one step of training is a function that the caller gives.
 */
import * as tf from "@tensorflow/tfjs";

/** What happened so far; a later call of `fit` can go on with it. */
export interface History {
  /** The loss of every batch. */
  losses: number[];
  /** The mean loss of every finished epoch. */
  epochLosses: number[];
  /** Time spent training. */
  seconds: number;
}

/** Where the loop stands, after a batch. Epoch, batch and step count from 1. */
export interface Progress {
  epoch: number;
  epochs: number;
  batch: number;
  /** Batches in an epoch, if the data tells. */
  batches: number | undefined;
  /** Batches of all epochs of this call. */
  step: number;
  /** The loss of this batch. */
  loss: number;
  /** The mean loss of this epoch so far. */
  epochLoss: number;
  history: History;
}

/** A progress bar around an iterable, such as `tqdm`. */
export type ProgressBar = <T>(
  items: Iterable<T>,
  options: { desc: string; total?: number },
) => Iterable<T> & { setPostfix?(values: Record<string, string>): void };

export interface FitOptions {
  epochs?: number;
  /** Draws one bar for each epoch: `tqdm`. */
  progress?: ProgressBar;
  /** Called after every batch. */
  onBatch?: (progress: Progress) => void;
  /** Called after every epoch, and waited for; an evaluation may go here. */
  onEpoch?: (progress: Progress) => void | Promise<void>;
  /** Adds to this history instead of beginning a new one. */
  history?: History;
}

/** Training was interrupted (Ctrl-C, or the stop button of a notebook). The model is as its last step left it. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  /** What was trained until then, if `fit` was interrupted. */
  history?: History;
}

/** The loss is NaN or infinite: from here on training can only spread it. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";
  history?: History;
}

/**
 * Trains for some epochs: `step` makes one step on a batch and returns its loss (a scalar tensor, which is disposed here,
 * or a number). What else it makes is freed after it, unless `tf.keep` keeps it.
 *
 * Between two batches the event loop turns once, so that a notebook stays alive and can interrupt. Throws
 * `InterruptedError` after the running batch when the user interrupts, `NonFiniteLossError` when a loss is not a number;
 * both carry the history. Throws if an epoch has no batch, as the second one from a generator, and if `step` returns no loss or
 * is async.
 */
export async function fit<Batch>(
  step: (batch: Batch) => tf.Tensor | number,
  batches: Iterable<Batch> & { readonly length?: number },
  options: FitOptions = {},
): Promise<History> {
  const {
    epochs = 1,
    progress: bar,
    onBatch,
    onEpoch,
    history = { losses: [], epochLosses: [], seconds: 0 },
  } = options;
  if (!Number.isInteger(epochs) || epochs < 0) throw new RangeError(`fit: expected epochs of 0 or more, got ${epochs}`);
  if (step.constructor.name === "AsyncFunction") throw new TypeError(notAsync);
  const total = batches.length === undefined ? undefined : batches.length * epochs;
  const before = history.seconds;
  const started = performance.now();
  const interrupt = await watchInterrupts();
  let steps = 0;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const bars = bar?.(batches, { desc: `Epoch ${epoch}/${epochs}`, total: batches.length });
      let progress: Progress | undefined;
      let sum = 0;
      let batch = 0;
      for (const item of bars ?? batches) {
        const loss = read(tf.tidy(() => checkLoss(step(item))));
        batch++;
        steps++;
        sum += loss;
        history.losses.push(loss);
        history.seconds = before + (performance.now() - started) / 1000;
        const epochLoss = sum / batch;
        progress = { epoch, epochs, batch, batches: batches.length, step: steps, loss, epochLoss, history };
        bars?.setPostfix?.({ batch_loss: loss.toFixed(4), epoch_loss: epochLoss.toFixed(4) });
        onBatch?.(progress);
        if (!Number.isFinite(loss)) throw diverged(progress);
        await turn();
        if (interrupt.happened && steps !== total) throw stopped(steps, total, history);
      }
      if (!progress) throw noBatch(epoch);
      history.epochLosses.push(progress.epochLoss);
      await onEpoch?.(progress);
      if (interrupt.happened && epoch < epochs) throw stopped(steps, total, history);
    }
  } finally {
    interrupt.unwatch();
  }
  return history;
}

/**
 * The items, with a turn of the event loop after each, until the user interrupts: for loops written by hand,
 * `for await (const { x, y } of interruptible(loader)) …`. Throws `InterruptedError` after the running item, unless it was the
 * last one.
 */
export function interruptible<T>(
  items: Iterable<T> & { readonly length?: number },
): AsyncIterable<T> & { readonly length: number | undefined } {
  return {
    length: items.length,
    async *[Symbol.asyncIterator]() {
      const interrupt = await watchInterrupts();
      let done = 0;
      try {
        for (const item of items) {
          if (interrupt.happened) throw stopped(done, items.length); // only here is it known that there is more to do
          yield item;
          done++;
          await turn();
        }
      } finally {
        interrupt.unwatch();
      }
    },
  };
}

/** One turn of the event loop; a resolved promise alone would not let signals and messages through. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Notes the next SIGINT instead of ending the process (one after that acts as usual). The turn comes first: a listener added
 * in the synchronous part of a cell makes the stock tslab kernel die of the next interrupt (a Node watchdog left armed).
 */
async function watchInterrupts(): Promise<{ readonly happened: boolean; unwatch(): void }> {
  await turn();
  const watch = {
    happened: false,
    unwatch: () => void process.off("SIGINT", note),
  };
  const note = () => (watch.happened = true);
  process.once("SIGINT", note);
  return watch;
}

const notAsync =
  "fit: expected a step that is not async, for its tensors are freed when it returns; await outside of it";

/** The loss as it came; throws if it is none. */
function checkLoss(loss: unknown): tf.Tensor | number {
  if (typeof loss === "number" || loss instanceof tf.Tensor) return loss;
  if (typeof (loss as PromiseLike<unknown> | null | undefined)?.then === "function") {
    Promise.resolve(loss).catch(() => {}); // what else goes wrong in it is of no interest, and must not end the process
    throw new TypeError(notAsync);
  }
  const hint = loss === undefined ? ": is its return missing?" : "";
  throw new TypeError(`fit: expected step to return a loss, got ${typeof loss}${hint}`);
}

/** Reads a loss. The engines used here have computed it when the step returns, so this waits for nothing. */
function read(loss: tf.Tensor | number): number {
  if (typeof loss === "number") return loss;
  const { size } = loss;
  const value = loss.dataSync()[0]!;
  loss.dispose();
  if (size !== 1) throw new TypeError(`fit: expected step to return a scalar loss, got ${size} numbers`);
  return value;
}

function stopped(step: number, total: number | undefined, history?: History): InterruptedError {
  const error = new InterruptedError(`stopped after step ${step}${total === undefined ? "" : ` of ${total}`}`);
  if (history) error.history = history;
  return error;
}

function noBatch(epoch: number): RangeError {
  if (epoch === 1) return new RangeError("fit: expected at least one batch, got none");
  return new RangeError(
    `fit: epoch ${epoch} got no batch: batches that can be gone through only once, such as a generator, serve one epoch; ` +
      "pass an array, a DataLoader or whatever begins anew",
  );
}

function diverged({ loss, epoch, batch, step, history }: Progress): NonFiniteLossError {
  const error = new NonFiniteLossError(
    `fit: the loss became ${loss} in epoch ${epoch}, batch ${batch} (step ${step}); ` +
      "try a lower learning rate, clip the gradients, or look at that batch",
  );
  error.history = history;
  return error;
}
