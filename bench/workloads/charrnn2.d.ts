import type { Workload } from "../types";
import { TextModel } from "./models";
export declare const sizes: {
  B: number;
  T: number;
  E: number;
  H: number;
  V: number;
  L: number;
};
/** The batch and the model, drawn from seed 0 in PyTorch's order. */
export declare function charRNN(): {
  x: import("@tensorflow/tfjs-core").Tensor<import("@tensorflow/tfjs-core").Rank>;
  y: import("@tensorflow/tfjs-core").Tensor<import("@tensorflow/tfjs-core").Rank>;
  model: TextModel;
};
/** Two recurrences, the input products of the second layer, and the head: see `flops` in alice.ts. */
export declare const flops: number;
export declare const workloads: Workload[];
