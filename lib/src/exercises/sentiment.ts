/**
 * Exercise "sentiment": does a sentence praise or not?
 *
 * Many inputs, one output: an RNN reads a sentence word by word, and what it remembers after the last word decides. Counting
 * good and bad words is not enough for the sentences of this course; nearly each has a twin of the same words:
 *
 *     1   The film was slow at first, but exciting in the end.
 *     0   The film was exciting at first, but slow in the end.
 *
 * Sentences of one batch differ in length. The shorter ones are filled up, and the network must not be impressed by what they are
 * filled up with: it is the state after a sentence's own last word that counts.
 *
 * Letters of the shapes: B sentences in a batch, T words of the longest, V words known, E numbers per word, H hidden units.
 */
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import * as nn from "../nn";
import { NotImplementedError } from "./not-implemented";

/** The number that sentences are filled up with. */
export const PAD = 0;

/**
 * The words of a sentence, in lower case. A word is made of letters and apostrophes; whatever else there is stands between words. A
 * typographic apostrophe ’ becomes a plain one.
 *
 *     "It wasn’t bad, not at all!"  →  ["it", "wasn't", "bad", "not", "at", "all"]        ""  →  []
 *
 * `text.match(/[\p{L}']+/gu)` finds all runs of letters of any language and apostrophes; it is null if there are none.
 */
export function tokenise(sentence: string): string[] {
  throw new NotImplementedError("sentiment: tokenise");
}

/**
 * The numbers of the words [B, T], filled up with PAD behind the last word to the length of the longest sentence, and how many
 * words each sentence has [B]. `vocabulary.encode(words)` gives the numbers of a sentence; it knows what to do with unknown words.
 * The sentences stay as they were.
 *
 *     if good is 2 and not is 3:   [["good"], ["not", "good"]]  →  ids [[2, 0], [3, 2]], lengths [1, 2]
 */
export function toBatch(
  sentences: readonly (readonly string[])[],
  vocabulary: Vocabulary,
): { ids: number[][]; lengths: number[] } {
  throw new NotImplementedError("sentiment: toBatch");
}

/**
 * An embedding of V words in E numbers, a GRU of H hidden units (with `batchFirst: true`), and a linear layer to 2 scores: made in this
 * order, in the fields of these names.
 */
export class SentimentModel extends nn.Module {
  embedding: nn.Embedding;
  gru: nn.GRU;
  fc: nn.Linear;

  constructor(vocabSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    throw new NotImplementedError("sentiment: SentimentModel's constructor");
  }

  /**
   * ids [B, T] and lengths [B], both int32  →  two scores for each sentence [B, 2], "no" and "yes".
   *
   * `gru.forward(x, undefined, { lengths })` returns [all states [B, T, H], last state [1, B, H]], and with the lengths the last state
   * is the one after each sentence's own last word. `tf.squeeze(x, [0])` drops a first dimension of 1.
   */
  forward(ids: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    throw new NotImplementedError("sentiment: SentimentModel.forward");
  }
}
