/**
 * Exercise "music-generation": a network that goes on with a tune.
 *
 * A network for words can learn music once notes are words. One word for each note, its pitch and its length together:
 *
 *     ♩ C4   ♪ rest   ♩. E4          →        "C4:1"  "R:0.5"  "E4:1.5"  "end"
 *
 * The last word says that the tune is over. An LSTM reads the words one after another and scores which comes next. To write, it
 * first reads the beginning of a tune, so that it is in the mood, and then reads what it has written itself.
 *
 * Letters of the shapes: B tunes in a batch, T words, V different words, E numbers per word, H hidden units.
 */
import * as tf from "@tensorflow/tfjs";
import { sample, type SampleOptions, type Step } from "../generate";
import { pitchName, pitchNumber, type Note } from "../music";
import * as nn from "../nn";
import { NotImplementedError } from "./not-implemented";

/** The word after the last note of a tune. */
export const END = "end";

/**
 * Notes as words: the name of the pitch (or R for a rest), a colon, and the beats; at last END.
 *
 *     [{ pitch: 60, beats: 1 }, { pitch: null, beats: 0.5 }]  →  ["C4:1", "R:0.5", "end"]
 *
 * A note is { pitch, beats }; pitch is a MIDI number from 0 to 127, or null for a rest. `pitchName(60)` is "C4".
 */
export function toTokens(notes: readonly Note[]): string[] {
  throw new NotImplementedError("music-generation: toTokens");
}

/**
 * Words as notes, up to END if it is there; what follows END is not played.
 *
 *     ["C4:1", "R:0.5", "end"]  →  [{ pitch: 60, beats: 1 }, { pitch: null, beats: 0.5 }]
 *
 * `pitchNumber("C4")` is 60.
 */
export function toNotes(tokens: readonly string[]): Note[] {
  throw new NotImplementedError("music-generation: toNotes");
}

/**
 * An embedding of V words in E numbers, an LSTM of H hidden units (with `batchFirst: true`), and a linear layer to V scores: made in
 * this order, in the fields of these names.
 */
export class MelodyModel extends nn.Module {
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  fc: nn.Linear;

  constructor(vocabSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    throw new NotImplementedError("music-generation: MelodyModel's constructor");
  }

  /**
   * x [B, T], and the state before it if there is one  →  [scores [B, T, V], state after it].
   *
   * The state of an LSTM is a pair, [h [1, B, H], c [1, B, H]]: `lstm.forward(input, state)` takes the pair and returns
   * [all h [B, T, H], the last pair].
   */
  forward(x: tf.Tensor, state?: nn.LSTMState): [scores: tf.Tensor, state: nn.LSTMState] {
    throw new NotImplementedError("music-generation: MelodyModel.forward");
  }
}

/**
 * Goes on with a tune: reads every number of `seed` (at least one), then draws a word, reads it, draws the next … until `end` is
 * drawn or `length` words are written. Returns the numbers written, without the seed and without `end`.
 *
 * `step(ids, state)` reads one number (as an Int32Array of length 1) and returns { scores, state }: the scores of the next word, and
 * the state to give to the next step. The first step gets no state. `sample(scores, sampling)` draws a number.
 *
 *     seed [3, 1]:   reads 3,  reads 1 → draws 4,  reads 4 → draws 4,  reads 4 → draws the end:   [4, 4]
 *
 * Each word is read once. What is scored after 3 is not needed: the seed knows already that 1 comes.
 */
export function continueMelody<S>(
  step: Step<S>,
  seed: readonly number[],
  end: number,
  { length = 60, ...sampling }: { length?: number } & SampleOptions = {},
): number[] {
  throw new NotImplementedError("music-generation: continueMelody");
}
