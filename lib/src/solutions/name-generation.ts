/** Our answer to the exercise "name-generation". */
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import { sample, type SampleOptions, type Step } from "../generate";
import * as nn from "../nn";

export interface NamePair {
  x: Int32Array;
  y: Int32Array;
}

export function namePair(name: string, vocabulary: Vocabulary): NamePair {
  const ids = vocabulary.encode(`^${name}$`);
  return { x: ids.slice(0, -1), y: ids.slice(1) };
}

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

  forward(x: tf.Tensor, state?: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    const letters = this.embedding.forward(x); // [B, T, E]
    const [states, last] = this.rnn.forward(letters, state); // [B, T, H] and [1, B, H]
    return [this.fc.forward(states), last]; // [B, T, V]
  }
}

export function nameLoss(scores: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(scores, [-1, scores.shape[2]!]); // [B·T, V]
  return nn.crossEntropy(rows, tf.reshape(y, [-1]), { ignoreIndex: -1 });
}

export function writeName<S>(
  step: Step<S>,
  vocabulary: Vocabulary,
  { maxLength = 20, ...sampling }: { maxLength?: number } & SampleOptions = {},
): string {
  let name = "";
  let letter = "^";
  let state: S | undefined;
  while (name.length < maxLength) {
    const { scores, state: after } = step(vocabulary.encode(letter), state);
    letter = vocabulary.token(sample(scores, sampling));
    if (letter === "$") break;
    name += letter;
    state = after;
  }
  return name;
}
