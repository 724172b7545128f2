/**
 * Names invented letter by letter, in the manner of a language: a model of "^Khoury$" that sees the language at every step.
 * The loop that draws and feeds back is text.ts.
 */
import * as tf from "@tensorflow/tfjs";
import type { Vocabulary } from "../data";
import * as nn from "../nn";
import { inEvaluation } from "../nn/module";
import type { SampleOptions } from "./sampling";
import { generateTexts, stepOf } from "./text";

export interface NameGeneratorOptions {
  /** E, the size of a letter's vector. */
  embeddingSize?: number;
  /** The size of a language's vector, which stands beside every letter's. */
  languageSize?: number;
  /** H */
  hiddenSize?: number;
}

/**
 * Scores the next letter from the letters so far and the language: a GRU over [letter; language] at each step.
 *
 * The language enters as in PyTorch's tutorial "Generating Names with a Character-Level RNN" (S. Robertson), which has a plain
 * RNN and one-hot vectors: https://docs.pytorch.org/tutorials/intermediate/char_rnn_generation_tutorial.html
 */
export class NameGenerator extends nn.Module {
  letters: nn.Embedding;
  languages: nn.Embedding;
  gru: nn.GRU;
  fc: nn.Linear;

  constructor(vocabSize: number, languageCount: number, options: NameGeneratorOptions = {}) {
    super();
    const { embeddingSize = 32, languageSize = 32, hiddenSize = 128 } = options;
    this.letters = new nn.Embedding(vocabSize, embeddingSize);
    this.languages = new nn.Embedding(languageCount, languageSize);
    this.gru = new nn.GRU(embeddingSize + languageSize, hiddenSize, { batchFirst: true });
    this.fc = new nn.Linear(hiddenSize, vocabSize);
  }

  /** x [B, T] letters, language [B], state [1, B, H] or zeros → scores [B, T, V] and the state after. */
  forward(x: tf.Tensor, language: tf.Tensor, state?: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    const letters = this.letters.forward(x); // [B, T, E]
    const languages = tf.expandDims(this.languages.forward(language), 1); // [B, 1, languageSize]
    const input = tf.concat([letters, tf.tile(languages, [1, x.shape[1]!, 1])], 2);
    const [states, last] = this.gru.forward(input, state); // [B, T, H]
    return [this.fc.forward(states), last];
  }
}

/** What `generateNames` needs of a model: `NameGenerator`, or one like it. */
export interface NameModel {
  /** Whose `numEmbeddings` says how many languages there are. */
  readonly languages: { readonly numEmbeddings: number };
  forward(x: tf.Tensor, language: tf.Tensor, state?: tf.Tensor): readonly [scores: tf.Tensor, state: tf.Tensor];
}

export interface GenerateNamesOptions extends SampleOptions {
  /** What a name begins after. */
  start?: string;
  /** What ends a name. */
  stop?: string;
  /** The most letters of a name; one that has not ended by then is cut off. */
  maxLength?: number;
}

/**
 * One invented name for each language number, drawn side by side. A name is empty where the end is drawn first. A module is
 * put into evaluation mode for the time.
 * Throws on start and stop marks or languages that the model does not know, and on sampling options that cannot be.
 */
export function generateNames(
  model: NameModel,
  vocabulary: Vocabulary,
  languages: readonly number[],
  { start = "^", stop = "$", maxLength = 20, ...sampling }: GenerateNamesOptions = {},
): string[] {
  if (languages.length === 0) return [];
  const count = model.languages.numEmbeddings;
  const unknown = languages.find((language) => !(Number.isInteger(language) && language >= 0 && language < count));
  if (unknown !== undefined) {
    throw new RangeError(`generateNames: expected languages from 0 to ${count - 1}, got ${unknown}`);
  }
  const language = tf.tensor1d([...languages], "int32"); // [B]
  try {
    const step = stepOf({ forward: (x, state?: tf.Tensor) => model.forward(x, language, state) });
    const seeds = languages.map(() => start);
    const generate = () => generateTexts(step, vocabulary, seeds, { ...sampling, length: maxLength, stop });
    const texts = model instanceof nn.Module ? inEvaluation(model, generate) : generate();
    return texts.map((text) => text.slice(start.length));
  } finally {
    language.dispose();
  }
}
