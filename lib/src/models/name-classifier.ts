/**
 * A recurrent classifier of short texts such as names: letters → embedding → RNN, LSTM or GRU → one vector → linear.
 * It knows its letters and its classes, so it is used with text alone. Training is in train-classifier.ts.
 */
import * as tf from "@tensorflow/tfjs";
import { padSequences, toTensor, Vocabulary } from "../data";
import { crossEntropy, Dropout, Embedding, GRU, hostTensor, Linear, LSTM, Module, ModuleList, RNN } from "../nn";
import { inEvaluation } from "../nn/module";
import { defaultGenerator } from "../random";
import type { TextClassifier } from "./classifier";

/** Marks where a text begins and ends; part of every vocabulary. */
const BEGIN = "^";
const END = "$";
/** Stands for letters that were not in training, and for those that are hidden in it. */
const UNKNOWN = "?";

/** Texts that are classified at once; more would only cost memory. */
const ROWS = 512;

export interface NameClassifierOptions {
  cell?: "RNN" | "LSTM" | "GRU";
  embeddingSize?: number;
  hiddenSize?: number;
  /** Reads the text from both ends. */
  bidirectional?: boolean;
  /** What becomes of the states: the last one of each direction, or the mean and the maximum over all steps. */
  pooling?: "last" | "mean+max";
  /** The probability of zeroing each number of a text's states, in training; in all its steps alike. */
  dropout?: number;
  /** The probability of hiding a letter of the text, in training. */
  letterDropout?: number;
  /** Gives the model heads that tell a letter from those before it (and after it), for `neighbourLoss`. */
  predictsNeighbours?: boolean;
}

/**
 * Scores of C classes for texts of T letters, begin and end mark included:
 * x [B, T] → embedding [B, T, E] → states [B, T, D·H] → dropout → pooling [B, P] → linear [B, C].
 */
export class NameClassifier extends Module implements TextClassifier {
  readonly vocabulary: Vocabulary;
  readonly classes: readonly string[];
  readonly pooling: "last" | "mean+max";
  readonly letterDropout: number;
  readonly embedding: Embedding;
  readonly rnn: RNN | LSTM | GRU;
  readonly dropout: Dropout;
  readonly fc: Linear;
  /** One for each direction. */
  readonly neighbours?: ModuleList<Linear>;

  /** `letters`: the letters it shall know, such as those of all training texts; case does not count. */
  constructor(
    letters: Iterable<string>,
    classes: readonly string[],
    {
      cell = "GRU",
      embeddingSize = 64,
      hiddenSize = 128,
      bidirectional = true,
      pooling = "last",
      dropout = 0.4,
      letterDropout = 0,
      predictsNeighbours = false,
    }: NameClassifierOptions = {},
  ) {
    super();
    const known = Array.from(letters, (text) => [...text.toLowerCase()]).flat();
    this.vocabulary = new Vocabulary([BEGIN, END, ...known], { unknown: UNKNOWN });
    this.classes = [...classes];
    this.pooling = pooling;
    this.letterDropout = letterDropout;
    const directions = bidirectional ? 2 : 1;
    this.embedding = new Embedding(this.vocabulary.size, embeddingSize);
    this.rnn = new { RNN, LSTM, GRU }[cell](embeddingSize, hiddenSize, { bidirectional, batchFirst: true });
    this.dropout = new Dropout(dropout);
    this.fc = new Linear(hiddenSize * directions * (pooling === "last" ? 1 : 2), classes.length);
    if (predictsNeighbours) {
      const heads = Array.from({ length: directions }, () => new Linear(hiddenSize, this.vocabulary.size));
      this.neighbours = new ModuleList(heads);
    }
  }

  /** A text as numbers of letters, lower-cased, between its marks: "Li" → the numbers of "^li$". */
  encode(text: string): Int32Array {
    return this.vocabulary.encode(BEGIN + text.toLowerCase() + END);
  }

  /** Numbers of letters x [B, T], of which `lengths` [B] count → scores [B, C]. */
  forward(x: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    return this.run(x, lengths).scores;
  }

  /** As `forward`, and the states of all steps after dropout (zero where a text has ended): [B, T, D·H]. */
  run(x: tf.Tensor, lengths: tf.Tensor): { scores: tf.Tensor; states: tf.Tensor } {
    const embedded = this.embedding.forward(this.hideLetters(x));
    const [output, last] = (this.rnn as GRU).forward(embedded, undefined, { lengths });
    if (this.pooling === "mean+max") {
      const states = this.dropSteps(output);
      return { scores: this.fc.forward(meanAndMax(states, lengths)), states };
    }
    const hidden = this.rnn instanceof LSTM ? (last as unknown as tf.Tensor[])[0]! : last; // [D, B, H]
    const joined = hidden.shape[0] === 1 ? tf.squeeze(hidden, [0]) : tf.concat(tf.unstack(hidden), 1); // [B, D·H]
    return { scores: this.fc.forward(this.dropout.forward(joined)), states: output };
  }

  /**
   * How well the states tell the neighbouring letters, as a scalar: the mean cross entropy of each letter given the ones
   * before it, plus, read from the end, given the ones after it. To learn from when labels are few (Rei 2017, "Semi-supervised
   * Multitask Learning for Sequence Labeling"). States from `run`; throws if the model was made without `predictsNeighbours`.
   */
  neighbourLoss(states: tf.Tensor, x: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    if (!this.neighbours) throw new Error("NameClassifier.neighbourLoss: make the model with predictsNeighbours: true");
    const [B, T] = x.shape as [number, number];
    const H = this.rnn.hiddenSize;
    const size = [B, T - 1];
    const isPair = tf.less(tf.range(1, T, 1, "int32"), tf.expandDims(lengths, 1)); // [B, T − 1]: step t and t + 1 are letters
    const losses = [...this.neighbours].map((head, backward) => {
      const from = tf.slice(states, [0, backward, backward * H], [...size, H]);
      const letters = tf.slice(x, [0, 1 - backward], size);
      const targets = tf.where(isPair, letters, tf.onesLike(letters).neg());
      return crossEntropy(head.forward(tf.reshape(from, [-1, H])), tf.reshape(targets, [-1]), { ignoreIndex: -1 });
    });
    return tf.addN(losses);
  }

  /** The probability of each class for each text: N rows of C. */
  predictProba(texts: readonly string[]): Float64Array[] {
    const sequences = texts.map((text) => this.encode(text));
    const order = [...sequences.keys()].sort((a, b) => sequences[a]!.length - sequences[b]!.length); // little padding
    const rows = new Array<Float64Array>(texts.length);
    for (let begin = 0; begin < order.length; begin += ROWS) {
      const part = order.slice(begin, begin + ROWS);
      const { ids, lengths } = padSequences(part.map((i) => sequences[i]!));
      const probabilities = () => tf.softmax(this.forward(toTensor(ids), toTensor(lengths)));
      const scores = tf.tidy(() => inEvaluation(this, probabilities).arraySync() as number[][]);
      part.forEach((i, row) => (rows[i] = Float64Array.from(scores[row]!)));
    }
    return rows;
  }

  /** In training, some letters as unknown ones. */
  private hideLetters(x: tf.Tensor): tf.Tensor {
    const { letterDropout } = this;
    if (!this.training || letterDropout === 0) return x;
    const draw = () => Int32Array.from(defaultGenerator.bernoulli(letterDropout, x.size));
    const hidden = tf.cast(hostTensor(draw, x.shape), "bool");
    return tf.where(hidden, tf.fill(x.shape, this.vocabulary.unknownIndex!, "int32"), x);
  }

  /** Dropout with one mask for all steps of a text (Gal and Ghahramani 2016); it also takes T times less drawing. */
  private dropSteps(states: tf.Tensor): tf.Tensor {
    const [B, , size] = states.shape as [number, number, number];
    return this.training && this.dropout.p > 0 ? tf.mul(states, this.dropout.forward(tf.ones([B, 1, size]))) : states;
  }
}

/** The mean and the maximum over the valid steps of states [B, T, F], which are zero after them: [B, 2F]. */
function meanAndMax(states: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
  const [B, T] = states.shape as [number, number];
  const valid = tf.cast(tf.less(tf.range(0, T, 1, "int32"), tf.expandDims(lengths, 1)), "float32"); // [B, T]
  const mean = tf.div(tf.sum(states, 1), tf.reshape(tf.cast(lengths, "float32"), [B, 1]));
  const floor = tf.mul(tf.sub(tf.expandDims(valid, 2), 1), 1e4); // far below any state where a text has ended
  return tf.concat([mean, tf.max(tf.add(states, floor), 1)], 1);
}
