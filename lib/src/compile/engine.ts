/** What computes a graph: the face that TensorFlow's sessions (session.ts) and this library's loops (loops/) have in common. */
import type * as tf from "@tensorflow/tfjs";
import type { Slot } from "./analyse";
import type { Holder, Meta } from "./native";

/** A value to feed: what a tensor or variable holds, or a bare id of TensorFlow's. */
export type Input = Holder | number;

/** A host value to feed. */
export interface Drawn {
  readonly meta: Meta;
  readonly values: Float32Array | Int32Array;
}

/** Who computes a graph. */
export type Engine = "TensorFlow" | "loops";

/** A graph that is ready to run. */
export interface Graph {
  readonly engine: Engine;
  /** Whether TensorFlow's pool of threads runs it, and not the thread that calls it. */
  readonly isPooled: boolean;
  /** How many nodes it has. */
  readonly nodes: number;
  /** Equal for equal graphs. */
  readonly digest: string;
  /** Computes the outputs. Throws, with the place in the learner's code, and has changed nothing then. */
  run(inputs: readonly Input[], drawn: readonly Drawn[]): Outputs;
  free(): void;
}

/** What a call computed, by position. */
export interface Outputs {
  read(i: number): Float64Array;
  /** The output as a tensor, which is the caller's then. */
  tensor(i: number): tf.Tensor;
  /** Makes the output the new value of a variable or kept tensor. */
  store(i: number, slot: Slot): void;
  /** Frees what was neither made a tensor nor stored. */
  free(): void;
}
