// fails: sentiment judges by the state after the last word, as PyTorch does
// fails: sentiment does not care what stands behind the last word
// Takes the mean over all T states, padding included, so that the verdict depends on the other sentences of the batch.
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
    const [states] = this.gru.forward(words);
    return this.fc.forward(tf.mean(states, 1));
  }
}
