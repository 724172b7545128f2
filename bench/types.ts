/**
 * The words of the benchmarks: a workload is one kind of work; its contenders do that work, each in a process of its own.
 * Nothing here runs.
 */

/** What a contender made of itself, ready to work. */
export interface Runner {
  /** Does one unit of work and returns what it computed: the loss, or the numbers of the tokens it wrote. */
  step(): number | readonly number[] | Promise<number>;
  /** A compiled step, whose reason (if any) for running eagerly is reported. */
  compiled?: {
    readonly reason: string | undefined;
    readonly stats: { operations: number; nodes: number; engine: string | undefined };
  };
}

/** Whose code does the work. */
export type Party = "Unrolled" | "PyTorch" | "NumPy" | "tf.layers" | "tfjs" | "brain.js" | "TensorFlow";

/** One way to do the work of a workload. */
export interface Contender {
  /** Short and unique in its workload, for machines. */
  name: string;
  /** What tables call it. */
  label: string;
  party: Party;
  /** How many threads it may compute with. */
  threads: number;
  /** Left out of `--quick`. */
  slow?: boolean;
  env?: Record<string, string>;
  /** Makes the runner, in a Node process; or the script and its arguments, in a Python process. */
  run: (() => Runner | Promise<Runner>) | { script: string; args: string[] };
  /** Whether it must run as a graph, which needs native TensorFlow. */
  graph?: boolean;
  /** How many of its first results must agree with the reference (default 3; 0 for another model). */
  checks?: number;
  /** By how much they may differ, relatively (default 1e-4). */
  tolerance?: number;
}

/** One kind of work, done by all contenders on the same data from the same seed. */
export interface Workload {
  name: string;
  /** The sizes are in it: B batch, T time, E embedding, H hidden, V vocabulary, L layers. */
  title: string;
  /** The unit that `perStep` counts: "step", "character". */
  unit: string;
  /** Units in one call of `step` (default 1). */
  perStep?: number;
  /** Steps in each round (quick: a quarter), timed as a whole; by default as many as fit, each timed. */
  steps?: number;
  /** The contenders' names that the others are compared with, of which the fastest counts. */
  reference: string[];
  /** Floating-point operations of one unit that no way of computing can save, if they are the bulk of the work. */
  flops?: number;
  /** Remarks for the table. */
  notes?: string[];
  contenders: Contender[];
  /** Writes what the contenders read into the folder; returns the environment that tells them. */
  prepare?: (folder: string) => Promise<Record<string, string>>;
}

/** One round of one contender; times in milliseconds per unit. */
export interface Round {
  median: number;
  min: number;
  /** Units that were done. */
  units: number;
  /** Cores that other programs kept busy meanwhile. */
  foreign: number;
  quiet: boolean;
}

/** What a compiled step consists of. */
export interface GraphFacts {
  operations: number;
  nodes: number;
  /** Share of the step's time that passes inside its one call to TensorFlow; the rest is JavaScript. */
  nativeShare?: number;
}

/** What became of a contender. */
export interface ContenderResult {
  name: string;
  label: string;
  party: Party;
  threads: number;
  rounds: Round[];
  /** Over the quiet rounds if there are three or more (or all are quiet), else over all. */
  median?: number;
  min?: number;
  /** (highest − lowest round median) / median. */
  spread?: number;
  /** Why there is no (trustworthy) time: it failed, or it cannot run here. */
  failed?: string;
  skipped?: string;
  /** Seconds to start, build and do the first steps; resident memory at the end. */
  setupSeconds?: number;
  megabytes?: number;
  graph?: GraphFacts;
}

export interface WorkloadResult {
  name: string;
  title: string;
  unit: string;
  reference: string[];
  flops?: number;
  notes: string[];
  contenders: ContenderResult[];
}

/** Everything a run found out: build/bench.json. */
export interface Report {
  date: string;
  command: string;
  quick: boolean;
  /** Whether it was interrupted or covers only some workloads. */
  complete: boolean;
  rounds: number;
  seconds: number;
  machine: Record<string, string>;
  versions: Record<string, string>;
  notes: string[];
  workloads: WorkloadResult[];
}
