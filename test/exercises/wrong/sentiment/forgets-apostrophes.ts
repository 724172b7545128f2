// fails: sentiment cuts a sentence into words
// Cuts at apostrophes: wasn't becomes "wasn" and "t", and the negation is gone.
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import * as nn from "../nn";

export const PAD = 0;

export function tokenise(sentence: string): string[] {
  const plain = sentence.toLowerCase().replaceAll("’", "'");
  return plain.match(/[a-z]+/gu) ?? [];
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
    const [, last] = this.gru.forward(words, undefined, { lengths });
    return this.fc.forward(tf.squeeze(last, [0]));
  }
}
