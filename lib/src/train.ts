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
 * both carry the history. Throws if there is no batch.
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
        const loss = read(tf.tidy(() => step(item)));
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
      if (!progress) throw new RangeError("fit: expected at least one batch, got none");
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
 * `for await (const { x, y } of interruptible(loader)) …`. Throws `InterruptedError` after the running item.
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
          yield item;
          done++;
          await turn();
          if (interrupt.happened) throw stopped(done, items.length);
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

function diverged({ loss, epoch, batch, step, history }: Progress): NonFiniteLossError {
  const error = new NonFiniteLossError(
    `fit: the loss became ${loss} in epoch ${epoch}, batch ${batch} (step ${step}); ` +
      "try a lower learning rate, clip the gradients, or look at that batch",
  );
  error.history = history;
  return error;
}
