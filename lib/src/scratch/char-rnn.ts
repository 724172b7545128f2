/**
 * A character-level language model on `VanillaRNN`: it learns to predict the next character and writes text one sampled
 * character at a time. Not the fast way to train one: that is `nn.RNN` with batches.
 *
 * Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015).
 */
import { np, type RandomState } from "../random";
import { Matrix } from "./matrix";
import { VanillaRNN } from "./vanilla-rnn";

/** Options of `CharRNN.generate`. */
export interface GenerateOptions {
  /** How many characters to add to the seed. */
  length?: number;
  /** Below 1 the likely characters become likelier, above 1 less so; 0 always takes the likeliest. */
  temperature?: number;
}

/** A network that reads and writes the characters it was given; V = chars.length. */
export class CharRNN {
  readonly rnn: VanillaRNN;
  private readonly charToIdx: ReadonlyMap<string, number>;
  private readonly random: RandomState;

  /** Takes the characters in the order of their numbers, such as `vocabulary.tokens`. Throws if one comes twice. */
  constructor(
    readonly chars: readonly string[],
    readonly hiddenDim: number,
    { random = np.random }: { random?: RandomState } = {},
  ) {
    this.charToIdx = new Map(chars.map((char, i) => [char, i]));
    if (chars.length === 0 || this.charToIdx.size !== chars.length) {
      throw new RangeError(
        `CharRNN: expected distinct characters, got ${chars.length}, ${this.charToIdx.size} distinct`,
      );
    }
    this.random = random;
    this.rnn = new VanillaRNN(chars.length, hiddenDim, chars.length, { random });
  }

  /** The number of a character; throws if the network does not know it. */
  indexOf(char: string): number {
    const index = this.charToIdx.get(char);
    if (index === undefined) {
      const known = JSON.stringify(this.chars.join(""));
      throw new RangeError(`CharRNN: expected one of the characters ${known}, got ${JSON.stringify(char)}`);
    }
    return index;
  }

  /** A character as a one-hot column [V, 1]. */
  encodeChar(char: string): Matrix {
    return Matrix.oneHot(this.indexOf(char), this.chars.length);
  }

  /** One step of gradient descent on a text and the same text one character later; returns the loss before the step. */
  trainStep(inputChars: string, targetChars: string, learningRate: number): number {
    const inputs = Array.from(inputChars, (char) => this.encodeChar(char));
    const targets = Array.from(targetChars, (char) => this.indexOf(char));

    const { outputs } = this.rnn.forward(inputs);
    const loss = this.rnn.computeLoss(outputs, targets);
    const grads = this.rnn.backward(targets);
    this.rnn.updateParameters(grads, learningRate);
    return loss;
  }

  /** Continues the seed by `length` characters, each drawn from softmax(y / temperature). Throws if temperature < 0. */
  generate(seed: string, { length = 100, temperature = 1 }: GenerateOptions = {}): string {
    if (!(temperature >= 0)) {
      throw new RangeError(`CharRNN.generate: expected a temperature >= 0 (0 takes the likeliest), got ${temperature}`);
    }
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`CharRNN.generate: expected a length that is a whole number >= 0, got ${length}`);
    }
    if (seed === "") throw new RangeError("CharRNN.generate: expected a seed of at least one character, got none");

    const text = [...seed];
    const end = text.length + length;
    let h = Matrix.zeros(this.hiddenDim, 1);
    for (let t = 0; text.length < end; t++) {
      const next = this.rnn.step(this.encodeChar(text[t]!), h);
      h = next.h;
      if (t + 1 === text.length) text.push(this.chars[this.pick(next.y, temperature)]!);
    }
    return text.join("");
  }

  private pick(y: Matrix, temperature: number): number {
    const largest = y.max();
    if (!Number.isFinite(largest) || y.data.some(Number.isNaN)) {
      throw new RangeError("CharRNN.generate: expected finite scores, got NaN or Infinity: has training diverged?");
    }
    if (temperature === 0) return y.data.indexOf(largest);
    // Less the largest, so that no temperature above 0 is too small.
    const p = this.rnn.softmax(y.map((yi) => (yi - largest) / temperature));
    return this.random.choice(this.chars.length, { p: p.data });
  }
}
