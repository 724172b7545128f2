/**
 * Exercise "seq2seq": from one sequence to another.
 *
 * The two sequences may differ in length, so no step of the one belongs to a step of the other. Two networks share the work. The
 * encoder reads the whole source; its last state is all that it says. The decoder begins with that state and writes the target, one
 * symbol after another, between two marks: it reads the start mark first, and is done when it writes the end mark.
 *
 *     source  a → b → c            target        c → b → a → $
 *             □ → □ → □ ── state ──────────────→ □ → □ → □ → □
 *                                  reads         ^   c   b   a
 *
 * In training the decoder reads the right symbols, whatever it has just written (teacher forcing), so that all steps can be
 * trained at once. When it translates nobody knows the right ones: there it reads what it wrote itself, always the likeliest.
 *
 * Letters of the shapes: B pairs in a batch, S symbols of the longest source, T of the longest target with its mark, V different
 * symbols in the targets, E numbers per symbol, H hidden units.
 */
import * as tf from "@tensorflow/tfjs";
import * as nn from "../nn";
import { NotImplementedError } from "./not-implemented";

/** What `translate` needs of a model. */
export interface EncoderDecoder {
  /** The source [B, S] and how many symbols of each row count [B], both int32 → the state [1, B, H] after reading it. */
  encode(source: tf.Tensor, lengths: tf.Tensor): tf.Tensor;
  /** Symbols to read [B, T], int32, and the state before → scores of what to write [B, T, V], and the state after [1, B, H]. */
  decode(inputs: tf.Tensor, state: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor];
}

/**
 * What the decoder reads and what it should write, when the right target is known. Neither list is the target itself.
 *
 *     target [5, 3, 4], start 0, end 1  →  inputs [0, 5, 3, 4], outputs [5, 3, 4, 1]
 */
export function teach(target: readonly number[], start: number, end: number): { inputs: number[]; outputs: number[] } {
  throw new NotImplementedError("seq2seq: teach");
}

/** Two embeddings, two GRUs, and a linear layer. */
export class Seq2Seq extends nn.Module implements EncoderDecoder {
  sourceEmbedding: nn.Embedding;
  encoder: nn.GRU;
  targetEmbedding: nn.Embedding;
  decoder: nn.GRU;
  fc: nn.Linear;

  constructor(sourceSize: number, targetSize: number, embeddingSize: number, hiddenSize: number) {
    super();
    this.sourceEmbedding = new nn.Embedding(sourceSize, embeddingSize);
    this.encoder = new nn.GRU(embeddingSize, hiddenSize, { batchFirst: true });
    this.targetEmbedding = new nn.Embedding(targetSize, embeddingSize);
    this.decoder = new nn.GRU(embeddingSize, hiddenSize, { batchFirst: true });
    this.fc = new nn.Linear(hiddenSize, targetSize);
  }

  /**
   * source [B, S] and lengths [B]  →  the state [1, B, H] after each source's own last symbol.
   *
   * `encoder.forward(x, undefined, { lengths })` returns [all states [B, S, H], last state [1, B, H]].
   */
  encode(source: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    throw new NotImplementedError("seq2seq: Seq2Seq.encode");
  }

  /** inputs [B, T] and the state before [1, B, H]  →  [scores [B, T, V], state after [1, B, H]]. */
  decode(inputs: tf.Tensor, state: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    throw new NotImplementedError("seq2seq: Seq2Seq.decode");
  }

  /** For training: source [B, S], its lengths [B] and the decoder's inputs [B, T]  →  scores [B, T, V]. */
  forward(source: tf.Tensor, lengths: tf.Tensor, inputs: tf.Tensor): tf.Tensor {
    throw new NotImplementedError("seq2seq: Seq2Seq.forward");
  }
}

/**
 * The target that the model writes for one source, without the marks. Encode the source; let the decoder read the start mark; take
 * the symbol with the highest score; stop if it is the end mark, or when `maxLength` symbols are written; else read it, with the
 * state after the last step, and go on.
 *
 *     reads start → writes 5,  reads 5 → writes 3,  reads 3 → writes end:   [5, 3]
 *
 * Here B is 1: `tf.tensor2d([[…]], undefined, "int32")` makes a tensor [1, n], `tf.tensor1d([n], "int32")` the lengths. The number of
 * the highest score is `tf.argMax(tf.reshape(scores, [-1])).dataSync()[0]!`.
 */
export function translate(
  model: EncoderDecoder,
  source: readonly number[],
  { start, end, maxLength = 30 }: { start: number; end: number; maxLength?: number },
): number[] {
  throw new NotImplementedError("seq2seq: translate");
}
