/**
 * Generates text one token at a time from a recurrent model: feed the seed, draw a token from the scores, feed it back.
 * How a token is drawn is in sampling.ts.
 */
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import { Module, stepperOf, type StepperState } from "../nn";
import { inEvaluation } from "../nn/module";
import { checkSampling, sample, type SampleOptions } from "./sampling";

/** What a recurrent model carries from one token to the next: h, or [h, c]. */
export type ModelState = tf.Tensor | readonly tf.Tensor[];

/**
 * A model of text: token numbers [B, T] and the state before them, if any → scores [B, T, V], or of the last token only
 * [B, V]; and, unless it has none, the state after them.
 */
export interface TextModel<S> {
  forward(x: tf.Tensor, state?: S): tf.Tensor | readonly [scores: tf.Tensor, state: S];
}

/**
 * One time step of any model, TensorFlow or not: the present token of each of B sequences and the state before it →
 * scores [B, V] row after row and the state after it.
 */
export type Step<S> = (ids: Int32Array, state: S | undefined) => { scores: Float32Array; state: S };

export interface GenerateOptions extends SampleOptions {
  /** How many tokens to add. */
  length?: number;
  /** Ends a text before this token; it is not part of the text. */
  stop?: string;
  /**
   * Keeps no state: runs the model over the last `window` tokens afresh for each new one, as a model without a returned
   * state needs. T times the work. A shorter seed slides along at its own length.
   */
  window?: number;
}

/**
 * A text that continues the seed (and begins with it), character by character.
 *
 * Throws on an empty seed, on a character outside the vocabulary (named), and on sampling options that cannot be. A
 * module is put into evaluation mode for the time.
 */
export function generateText<S extends ModelState>(
  model: TextModel<S> | Step<S>,
  vocabulary: Vocabulary,
  seed: string,
  options: GenerateOptions = {},
): string {
  return generateTexts(model, vocabulary, [seed], options)[0]!;
}

/**
 * One text for each seed, as `generateText`; side by side in one batch, which costs little more than one. At each step
 * the rows draw one after another. Seeds may differ in length. (With `window`, one text after another, each at the cost of one.)
 */
export function generateTexts<S extends ModelState>(
  model: TextModel<S> | Step<S>,
  vocabulary: Vocabulary,
  seeds: readonly string[],
  options: GenerateOptions = {},
): string[] {
  const { length = 200, stop, window } = options;
  checkSampling(options, "generateText", vocabulary.size);
  for (const [name, value, least] of [["length", length, 0] as const, ["window", window ?? 1, 1] as const]) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(`generateText: expected a ${name} of ${least} or more, got ${value}`);
    }
  }
  const ids = seeds.map((seed) => {
    if (seed === "") throw new RangeError("generateText: expected a seed of one character or more, got an empty text");
    return vocabulary.encode(seed);
  });
  const stopId = stop === undefined ? -1 : vocabulary.index(stop);
  const run = { length, stopId, sampling: options };
  const generate = (): Int32Array[] | number[][] => {
    if (window === undefined) {
      const step = typeof model === "function" ? (model as Step<unknown>) : fastStep(model, ids);
      return continueWithState(step, ids, run);
    }
    if (typeof model === "function") throw new TypeError("generateText: window needs a model, not a step");
    return ids.map((seed) => continueInWindow(model, seed.slice(-window), run));
  };
  const added = model instanceof Module ? inEvaluation(model, generate) : generate();
  return seeds.map((seed, i) => seed + vocabulary.decode(added[i]!));
}

/** A model as a step, without TensorFlow if its parts are known: 30 times as fast for small models. */
function fastStep<S>(model: TextModel<S>, seeds: readonly Int32Array[]): Step<unknown> {
  const first = Int32Array.from(seeds, (seed) => seed[0]!);
  const fast = model instanceof Module ? stepperOf(model, first) : undefined;
  return fast ? (ids, state) => fast(ids, state as StepperState | undefined) : (stepOf(model) as Step<unknown>);
}

/** A model as a step: runs it on one token of each sequence. The state is the caller's, to be freed. */
export function stepOf<S>(model: TextModel<S>): Step<S> {
  return (ids, state) => {
    const out = tf.tidy(() => {
      const x = tf.tensor2d(ids, [ids.length, 1], "int32");
      const result = model.forward(x, state) as tf.Tensor | [tf.Tensor, tf.Tensor];
      if (!Array.isArray(result) || result[1] === undefined) {
        throw new TypeError(
          "generateText: the model's forward returned no state; return [scores, state], or set the option window",
        );
      }
      return [lastScores(result[0]), callersOwn(result[1], x.id, tensorsIn(state))] as tf.Tensor[];
    }) as unknown as [tf.Tensor, S];
    const scores = out[0].dataSync() as Float32Array;
    out[0].dispose();
    return { scores, state: out[1] };
  };
}

interface Run {
  length: number;
  stopId: number;
  sampling: SampleOptions;
}

/** What is added to each seed, one step of the whole batch after another. */
function continueWithState<S>(
  step: Step<S>,
  seeds: readonly Int32Array[],
  { length, stopId, sampling }: Run,
): number[][] {
  const added: number[][] = seeds.map(() => []);
  const open = seeds.map(() => length > 0);
  const present = Int32Array.from(seeds, (seed) => seed[0]!);
  let state: S | undefined;
  try {
    for (let t = 1; open.includes(true); t++) {
      const before = state;
      const { scores, state: after } = step(present.slice(), before);
      state = after;
      release(before, after);
      const width = scores.length / seeds.length;
      for (let row = 0; row < seeds.length; row++) {
        const seed = seeds[row]!;
        if (t < seed.length) present[row] = seed[t]!;
        else if (open[row]) {
          const id = sample(scores.subarray(row * width, (row + 1) * width), sampling);
          if (id !== stopId) added[row]!.push(id);
          open[row] = id !== stopId && added[row]!.length < length;
          present[row] = id;
        }
      }
    }
  } finally {
    release(state);
  }
  return added;
}

/** What is added to a seed when the model sees the last tokens afresh each time. */
function continueInWindow<S>(model: TextModel<S>, seed: Int32Array, { length, stopId, sampling }: Run): number[] {
  const added: number[] = [];
  const window = seed.slice();
  while (added.length < length) {
    const scores = tf.tidy(() => {
      const out = model.forward(tf.tensor2d(window, [1, window.length], "int32"));
      return lastScores(Array.isArray(out) ? (out[0] as tf.Tensor) : (out as tf.Tensor)).dataSync();
    });
    const id = sample(scores, sampling);
    if (id === stopId) break;
    added.push(id);
    window.copyWithin(0, 1);
    window[window.length - 1] = id;
  }
  return added;
}

/** The scores of the last time step, [B, V], out of [B, T, V] or [B, V]. */
function lastScores(scores: tf.Tensor): tf.Tensor {
  if (scores.rank === 2) return scores;
  if (scores.rank !== 3) {
    throw new RangeError(
      `generateText: expected scores [B, T, V] or [B, V] from the model, got [${scores.shape.join(", ")}]`,
    );
  }
  const [batch, time, classes] = scores.shape as [number, number, number];
  return tf.reshape(tf.slice(scores, [0, time - 1, 0], [batch, 1, classes]), [batch, classes]);
}

/**
 * A state without the model's own tensors, such as a context that it returns at every step: clones stand for what was there
 * before this step's first tensor and does not come from the state before.
 */
function callersOwn(state: unknown, firstId: number, before: readonly tf.Tensor[]): unknown {
  if (Array.isArray(state)) return state.map((part) => callersOwn(part, firstId, before));
  const isModels = state instanceof tf.Tensor && state.id < firstId && !before.includes(state);
  return isModels ? tf.clone(state) : state;
}

/** Frees a state of tensors, but for those that the state `after` it holds too. */
function release(state: unknown, after?: unknown): void {
  const needed = tensorsIn(after);
  tf.dispose(tensorsIn(state).filter((tensor) => !needed.includes(tensor)));
}

/** The tensors of a state; one that consists of anything else is the step's own business. */
function tensorsIn(state: unknown): tf.Tensor[] {
  if (state instanceof tf.Tensor) return [state];
  return Array.isArray(state) ? state.flatMap(tensorsIn) : [];
}
