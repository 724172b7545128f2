/**
 * A recurrent classifier of short texts such as names: letters → embedding → RNN, LSTM or GRU → the last states → linear.
 * It knows its letters and its classes, so it is used with text alone. Training is in train-classifier.ts.
 */
import * as tf from "@tensorflow/tfjs";
import { padSequences, toTensor, Vocabulary } from "../data";
import { Dropout, Embedding, GRU, Linear, LSTM, Module, RNN } from "../nn";
import type { TextClassifier } from "./classifier";

/** Marks where a text begins and ends; part of every vocabulary. */
const BEGIN = "^";
const END = "$";
/** Stands for letters that were not in training. */
const UNKNOWN = "?";

/** Texts that are classified at once; more would only cost memory. */
const ROWS = 512;

export interface NameClassifierOptions {
  cell?: "RNN" | "LSTM" | "GRU";
  embeddingSize?: number;
  hiddenSize?: number;
  /** Reads the text from both ends. */
  bidirectional?: boolean;
  /** The probability of zeroing each of the last states, in training. */
  dropout?: number;
}

/**
 * Scores of C classes for texts of T letters, begin and end mark included:
 * x [B, T] → embedding [B, T, E] → last states [B, D·H] → dropout → linear [B, C].
 */
export class NameClassifier extends Module implements TextClassifier {
  readonly vocabulary: Vocabulary;
  readonly classes: readonly string[];
  readonly embedding: Embedding;
  readonly rnn: RNN | LSTM | GRU;
  readonly dropout: Dropout;
  readonly fc: Linear;

  /** `letters`: the letters it shall know, such as those of all training texts; case does not count. */
  constructor(
    letters: Iterable<string>,
    classes: readonly string[],
    {
      cell = "GRU",
      embeddingSize = 64,
      hiddenSize = 128,
      bidirectional = true,
      dropout = 0.4,
    }: NameClassifierOptions = {},
  ) {
    super();
    const known = Array.from(letters, (text) => [...text.toLowerCase()]).flat();
    this.vocabulary = new Vocabulary([BEGIN, END, ...known], { unknown: UNKNOWN });
    this.classes = [...classes];
    this.embedding = new Embedding(this.vocabulary.size, embeddingSize);
    this.rnn = new { RNN, LSTM, GRU }[cell](embeddingSize, hiddenSize, { bidirectional, batchFirst: true });
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(hiddenSize * (bidirectional ? 2 : 1), classes.length);
  }

  /** A text as numbers of letters, lower-cased, between its marks: "Li" → the numbers of "^li$". */
  encode(text: string): Int32Array {
    return this.vocabulary.encode(BEGIN + text.toLowerCase() + END);
  }

  /** Numbers of letters x [B, T], of which `lengths` [B] count (all unless given) → scores [B, C]. */
  forward(x: tf.Tensor, lengths?: tf.Tensor): tf.Tensor {
    const embedded = this.embedding.forward(x);
    const { rnn } = this;
    const last =
      rnn instanceof LSTM
        ? rnn.forward(embedded, undefined, { lengths })[1][0]
        : rnn.forward(embedded, undefined, { lengths })[1]; // [D, B, H]
    const states = last.shape[0] === 1 ? tf.squeeze(last, [0]) : tf.concat(tf.unstack(last), 1); // [B, D·H]
    return this.fc.forward(this.dropout.forward(states));
  }

  /** The probability of each class for each text: N rows of C. */
  predictProba(texts: readonly string[]): Float64Array[] {
    const sequences = texts.map((text) => this.encode(text));
    const order = [...sequences.keys()].sort((a, b) => sequences[a]!.length - sequences[b]!.length); // little padding
    const rows = new Array<Float64Array>(texts.length);
    const { training } = this;
    this.eval();
    for (let begin = 0; begin < order.length; begin += ROWS) {
      const part = order.slice(begin, begin + ROWS);
      const scores = tf.tidy(() => {
        const { ids, lengths } = padSequences(part.map((i) => sequences[i]!));
        return tf.softmax(this.forward(toTensor(ids), toTensor(lengths))).arraySync() as number[][];
      });
      part.forEach((i, row) => (rows[i] = Float64Array.from(scores[row]!)));
    }
    this.train(training);
    return rows;
  }
}
