/** One step of the Alice model of notebook 01 on a batch of random characters; with an LSTM and a GRU in its place, too. */
import { tf } from "unrolled";
import type { Contender, Runner, Workload } from "../types";
import { TextModel, type CellName } from "./models";
export declare const sizes: {
  B: number;
  T: number;
  E: number;
  H: number;
  V: number;
};
/** The batch and the model, drawn from seed 0 in PyTorch's order. */
export declare function alice(cell: CellName): {
  x: tf.Tensor<tf.Rank>;
  y: tf.Tensor<tf.Rank>;
  model: TextModel;
};
/**
 * Products that no way of computing can save, with the input products folded into a table of V rows: forwards, backwards
 * and for the weights, of the recurrence (2GH² for each row and time step; none back into the initial state) and of the head (2HV).
 */
export declare function flops(gates: number): number;
/** The same model in tf.layers, from the same weights. */
export declare function layers(): Promise<Runner>;
/** tf.layers as a contender. */
export declare const tfLayers: Contender;
export declare const workloads: Workload[];
