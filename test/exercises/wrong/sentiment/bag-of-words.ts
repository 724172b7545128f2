// fails: sentiment judges by the state after the last word, as PyTorch does
// fails: sentiment cares about the order of words
// fails: sentiment learns to judge sentences it has never seen
// Takes the mean of the words' vectors instead of reading them: counting good and bad words cannot tell the twins apart.
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import * as nn from "../nn";

export const PAD = 0;

export function tokenise(sentence: string): string[] {
  const plain = sentence.toLowerCase().replaceAll("’", "'");
  return plain.match(/[\p{L}']+/gu) ?? [];
}

export function toBatch(
  sentences: readonly (readonly string[])[],
  vocabulary: Vocabulary,
): { ids: number[][]; lengths: number[] } {
  const lengths = sentences.map((words) => words.length);
  const longest = Math.max(...lengths);
  const ids = sentences.map((words) => {
    const filler = new Array<number>(longest - words.length).fill(PAD);
    return [...vocabulary.encode(words), ...filler];
  });
  return { ids, lengths };
}

export class SentimentModel extends nn.Module {
  embedding: nn.Embedding;
  gru: nn.GRU;
  fc: nn.Linear;

  constructor(vocabSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    this.embedding = new nn.Embedding(vocabSize, embeddingSize);
    this.gru = new nn.GRU(embeddingSize, hiddenSize, { batchFirst: true });
    this.fc = new nn.Linear(hiddenSize, 2);
  }

  forward(ids: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    const words = this.embedding.forward(ids);
    const [states] = this.gru.forward(tf.zerosLike(words));
    const mask = tf.cast(tf.less(tf.range(0, ids.shape[1]!), tf.expandDims(lengths, 1)), "float32");
    const sum = tf.sum(tf.mul(words, tf.expandDims(mask, 2)), 1);
    const mean = tf.div(sum, tf.expandDims(tf.cast(lengths, "float32"), 1));
    const width = this.gru.hiddenSize;
    const fitted = tf.slice(tf.concat([mean, tf.zeros([ids.shape[0]!, width])], 1), [0, 0], [ids.shape[0]!, width]);
    const last = tf.expandDims(tf.add(fitted, tf.mul(tf.sum(states), 0)), 0);
    return this.fc.forward(tf.squeeze(last, [0]));
  }
}
