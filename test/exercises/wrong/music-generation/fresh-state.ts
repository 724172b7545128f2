// fails: music-generation goes on from the pair of states it is given
// fails: music-generation learns eight tunes by heart
// Starts from a state of zeros at every call, so that in writing each note knows only the one before it.
import * as tf from "@tensorflow/tfjs";
import { sample, type SampleOptions, type Step } from "../generate";
import { pitchName, pitchNumber, type Note } from "../music";
import * as nn from "../nn";

export const END = "end";

export function toTokens(notes: readonly Note[]): string[] {
  const words = notes.map(({ pitch, beats }) => `${pitch === null ? "R" : pitchName(pitch)}:${beats}`);
  return [...words, END];
}

export function toNotes(tokens: readonly string[]): Note[] {
  const end = tokens.indexOf(END);
  const words = end < 0 ? tokens : tokens.slice(0, end);
  return words.map((word) => {
    const [name, beats] = word.split(":") as [string, string];
    return { pitch: name === "R" ? null : pitchNumber(name), beats: Number(beats) };
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
    const [states, last] = this.lstm.forward(this.embedding.forward(x));
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
