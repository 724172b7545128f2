/** The models of the workloads, and how a step becomes a runner. Their PyTorch twins are in python/. */
import { nn, tf } from "unrolled";
import type { Contender, Runner } from "../types";
/** Numbers from 0 to high − 1, as `torch.randint(high, shape)` draws them. */
export declare function randomIds(high: number, shape: number[]): tf.Tensor;
export type CellName = "RNN" | "LSTM" | "GRU";
/** Embedding → recurrent layers → linear: tokens [B, T] → scores [B, T, V] and the states after them. */
export declare class TextModel extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.RNN | nn.LSTM | nn.GRU;
  fc: nn.Linear;
  constructor(vocabulary: number, embedding: number, hidden: number, cell?: CellName, numLayers?: number);
  forward(x: tf.Tensor, state?: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor];
}
/** One step of training on all time steps of a batch; `clip` limits the norm of the gradients. */
export declare function trainer(
  model: TextModel,
  {
    lr,
    clip,
  }: {
    lr: number;
    clip?: number;
  },
): (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;
/** A step on ever the same tensors, operation by operation. */
export declare function eagerly<A extends tf.Tensor[]>(step: (...args: A) => tf.Tensor, ...args: A): Runner;
/** The same step as one graph. */
export declare function compiled<A extends tf.Tensor[]>(step: (...args: A) => tf.Tensor, ...args: A): Runner;
/** Operation by operation on two threads, as tfjs-node does it where nobody says otherwise. */
export declare const twoThreadsEach: {
  TF_NUM_INTRAOP_THREADS: string;
};
/** A contender in PyTorch: a script of python/ that takes its number of threads first. */
export declare function pytorch(threads: number, script: string, ...args: (string | number)[]): Contender;
/** Our library: compiled, and as it runs without that. */
export declare function unrolled(
  make: () => [step: (...args: tf.Tensor[]) => tf.Tensor, ...args: tf.Tensor[]],
): Contender[];
