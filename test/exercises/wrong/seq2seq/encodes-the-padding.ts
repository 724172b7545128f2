// fails: seq2seq encodes each source up to its own last symbol, as PyTorch does
// fails: seq2seq hands the encoder's state to the decoder
// Reads the filled-up rows to the end, so that the state of a short source is washed out.
import * as tf from "@tensorflow/tfjs";
import * as nn from "../nn";

export interface EncoderDecoder {
  encode(source: tf.Tensor, lengths: tf.Tensor): tf.Tensor;
  decode(inputs: tf.Tensor, state: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor];
}

export function teach(target: readonly number[], start: number, end: number): { inputs: number[]; outputs: number[] } {
  return { inputs: [start, ...target], outputs: [...target, end] };
}

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

  encode(source: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
    const [, last] = this.encoder.forward(this.sourceEmbedding.forward(source));
    return last;
  }

  decode(inputs: tf.Tensor, state: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    const [states, last] = this.decoder.forward(this.targetEmbedding.forward(inputs), state);
    return [this.fc.forward(states), last];
  }

  forward(source: tf.Tensor, lengths: tf.Tensor, inputs: tf.Tensor): tf.Tensor {
    return this.decode(inputs, this.encode(source, lengths))[0];
  }
}

export function translate(
  model: EncoderDecoder,
  source: readonly number[],
  { start, end, maxLength = 30 }: { start: number; end: number; maxLength?: number },
): number[] {
  return tf.tidy(() => {
    const written: number[] = [];
    let state = model.encode(tf.tensor2d([[...source]], undefined, "int32"), tf.tensor1d([source.length], "int32"));
    let token = start;
    while (written.length < maxLength) {
      const [scores, after] = model.decode(tf.tensor2d([[token]], undefined, "int32"), state);
      token = tf.argMax(tf.reshape(scores, [-1])).dataSync()[0]!;
      if (token === end) break;
      written.push(token);
      state = after;
    }
    return written;
  });
}
