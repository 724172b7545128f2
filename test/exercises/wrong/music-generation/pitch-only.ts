// fails: music-generation writes notes as words, with the end after them
// fails (error): music-generation reads words as notes, up to the end
// fails: music-generation gets every note back as it was
// fails: music-generation learns eight tunes by heart
// Leaves the lengths out of the words, so that all notes come back one beat long.
import * as tf from "@tensorflow/tfjs";
import { sample, type SampleOptions, type Step } from "../generate";
import { pitchName, pitchNumber, type Note } from "../music";
import * as nn from "../nn";

export const END = "end";

export function toTokens(notes: readonly Note[]): string[] {
  const words = notes.map(({ pitch, beats }) => `${pitch === null ? "R" : pitchName(pitch)}`);
  return [...words, END];
}

export function toNotes(tokens: readonly string[]): Note[] {
  const end = tokens.indexOf(END);
  const words = end < 0 ? tokens : tokens.slice(0, end);
  return words.map((word) => {
    const name = word;
    return { pitch: name === "R" ? null : pitchNumber(name), beats: 1 };
  });
}

export class MelodyModel extends nn.Module {
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  fc: nn.Linear;

  constructor(vocabSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    this.embedding = new nn.Embedding(vocabSize, embeddingSize);
    this.lstm = new nn.LSTM(embeddingSize, hiddenSize, { batchFirst: true });
    this.fc = new nn.Linear(hiddenSize, vocabSize);
  }

  forward(x: tf.Tensor, state?: nn.LSTMState): [scores: tf.Tensor, state: nn.LSTMState] {
    const [states, last] = this.lstm.forward(this.embedding.forward(x), state);
    return [this.fc.forward(states), last];
  }
}

export function continueMelody<S>(
  step: Step<S>,
  seed: readonly number[],
  end: number,
  { length = 60, ...sampling }: { length?: number } & SampleOptions = {},
): number[] {
  let last: ReturnType<Step<S>> | undefined;
  for (const token of seed) last = step(Int32Array.of(token), last?.state);
  const written: number[] = [];
  while (last && written.length < length) {
    const token = sample(last.scores, sampling);
    if (token === end) break;
    written.push(token);
    last = step(Int32Array.of(token), last.state);
  }
  return written;
}
