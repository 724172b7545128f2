/**
 * Exercise "name-generation": a network that invents names.
 *
 * Every name stands between two marks, ^ and $. The network reads ^ and says with which letter names begin; it reads that
 * letter and says which comes next; and at some point it says $, the name is over. Nothing else tells it where a name ends.
 *
 *     reads        ^  e  m  m  a
 *     should say   e  m  m  a  $
 *
 * B names are read side by side, as a batch. They differ in length, so the shorter ones are filled up to T letters, and what is
 * filled in must not count in the loss. When the network is trained it writes: each letter it draws is the next one it reads.
 *
 * Letters of the shapes: B names in a batch, T letters, V different letters and marks, E numbers per letter, H hidden units.
 */
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import { sample, type SampleOptions, type Step } from "../generate";
import * as nn from "../nn";
import { NotImplementedError } from "./not-implemented";

/** What the network reads, and what it should say at each step: one number for each letter, both of one length. */
export interface NamePair {
  x: Int32Array;
  y: Int32Array;
}

/**
 * The numbers that the network reads and should say for one name. `vocabulary.encode("abc")` gives the numbers of letters.
 *
 *     with the vocabulary $ ^ a e m (0 to 4):    "emma"  →  x = [1, 3, 4, 4, 2]    ^ e m m a
 *                                                           y = [3, 4, 4, 2, 0]    e m m a $
 */
export function namePair(name: string, vocabulary: Vocabulary): NamePair {
  throw new NotImplementedError("name-generation: namePair");
}

/** Letters become vectors, a GRU reads them, and its states become scores. */
export class NameModel extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.GRU;
  fc: nn.Linear;

  constructor(vocabSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    this.embedding = new nn.Embedding(vocabSize, embeddingSize);
    this.rnn = new nn.GRU(embeddingSize, hiddenSize, { batchFirst: true });
    this.fc = new nn.Linear(hiddenSize, vocabSize);
  }

  /**
   * x [B, T], and the state before it [1, B, H] if there is one  →  [scores [B, T, V], state after it [1, B, H]].
   *
   *     x [B, T] → embedding → [B, T, E] → rnn → [B, T, H] → fc → [B, T, V]
   *
   * Every layer has a `forward`. That of the GRU takes (input, state) and returns [all states [B, T, H], last state [1, B, H]].
   */
  forward(x: tf.Tensor, state?: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    throw new NotImplementedError("name-generation: NameModel.forward");
  }
}

/**
 * The mean of −ln softmax(scores)[y] over all letters of the batch, a scalar. scores [B, T, V], y [B, T]; where a name is
 * filled up, y is −1, and these places count for nothing.
 *
 *     names of 2 and of 4 letters, with their marks 3 and 5 places, T = 5:  the mean of 8 numbers, not of 10
 *
 * `nn.crossEntropy(rows, classes, { ignoreIndex: -1 })` takes scores [N, V] and classes [N]: one row for each letter.
 * `tf.reshape(x, [-1, n])` makes rows of n numbers.
 */
export function nameLoss(scores: tf.Tensor, y: tf.Tensor): tf.Tensor {
  throw new NotImplementedError("name-generation: nameLoss");
}

/**
 * Writes one name, without its marks. Begin with ^ and no state; draw a letter from the scores; stop at $, or when the name
 * has `maxLength` letters; else read the letter and go on.
 *
 * `step(ids, state)` reads one number (as an Int32Array of length 1) and returns { scores, state }: how likely each letter comes
 * next, and the state to give to the next step. `sample(scores, sampling)` draws a number with temperature and generator as
 * the caller wants them; `vocabulary.token(number)` is its letter.
 *
 *     reads ^ → draws "a",  reads "a" → draws "v",  reads "v" → draws "a",  reads "a" → draws "$":   "ava"
 */
export function writeName<S>(
  step: Step<S>,
  vocabulary: Vocabulary,
  { maxLength = 20, ...sampling }: { maxLength?: number } & SampleOptions = {},
): string {
  throw new NotImplementedError("name-generation: writeName");
}
