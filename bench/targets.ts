/** What the project wants to reach, and how a report compares with it. */
import type { ContenderResult, Report, WorkloadResult } from "./types";

/** One comparison: how many times as fast `mine` is as the fastest of `others`, in one workload. */
export interface Target {
  title: string;
  workload: string;
  mine: string;
  /** Default: the workload's reference. */
  others?: string[];
  /** The ratio of times that is wanted. */
  ratio: number;
}

export const targets: Target[] = [
  { title: "Alice step, RNN", workload: "alice-rnn", mine: "compiled", ratio: 3 },
  { title: "Alice end to end, with its loader", workload: "alice-text", mine: "compiled", ratio: 4 },
  { title: "Alice step, LSTM", workload: "alice-lstm", mine: "compiled", ratio: 2.1 },
  { title: "Alice step, GRU", workload: "alice-gru", mine: "compiled", ratio: 2.4 },
  { title: "CharRNN of two layers", workload: "charrnn2", mine: "compiled", ratio: 4.5 },
  { title: "hihell", workload: "hihell", mine: "compiled", ratio: 4.5 },
  { title: "hello world", workload: "hello", mine: "compiled", ratio: 4.5 },
  { title: "LSTM tagger", workload: "tagger", mine: "compiled", ratio: 4.5 },
  {
    title: "plain tf ops, Alice: compiled against eager",
    workload: "tape-alice",
    mine: "compiled",
    others: ["eager"],
    ratio: 2.5,
  },
  {
    title: "plain tf ops, CharRNN: compiled against eager",
    workload: "tape-charrnn2",
    mine: "compiled",
    others: ["eager"],
    ratio: 10,
  },
  { title: "plain tf ops, Alice in two half batches", workload: "tape-alice", mine: "halves", ratio: 2 },
  { title: "a model nobody planned for (GRU loop)", workload: "gru-pool", mine: "compiled", ratio: 3 },
  { title: "VanillaRNN from scratch against NumPy", workload: "vanilla", mine: "scratch", ratio: 2.2 },
  { title: "generation with a carried state", workload: "generate", mine: "generate", ratio: 8 },
  { title: "Alice step against tf.layers", workload: "alice-rnn", mine: "compiled", others: ["layers"], ratio: 10 },
  { title: "Alice step on WebAssembly against tf.layers", workload: "wasm", mine: "eager", ratio: 7 },
  { title: "name classifier", workload: "names", mine: "compiled", ratio: 1 },
];

/** A training that shall not take longer than a limit, computed from the time of its step. */
const trainings = [
  {
    title: "50 epochs of Alice (from the time of a step, end to end)",
    workload: "alice-text",
    steps: 50 * 532,
    limit: 6 * 60,
    time: (seconds: number) => `${(seconds / 60).toFixed(1)} min`,
  },
  {
    title: "an epoch of the best name classifier: 20,050 names (from the time of a step)",
    workload: "names",
    steps: Math.ceil(20_050 / 64),
    limit: 3,
    time: (seconds: number) => `${seconds.toFixed(1)} s`,
  },
];

const measured = (workload: WorkloadResult | undefined, name: string): ContenderResult | undefined =>
  workload?.contenders.find((contender) => contender.name === name && contender.median !== undefined);

/** The fastest of the named contenders by its median. */
export function fastest(workload: WorkloadResult | undefined, names: string[]): ContenderResult | undefined {
  const all = names.flatMap((name) => measured(workload, name) ?? []);
  return all.sort((a, b) => a.median! - b.median!)[0];
}

/** What a target came to. */
export interface Reached {
  title: string;
  target: string;
  /** By medians and by best steps; or what there is instead of a ratio. */
  reached: string;
  byMin: string;
  against: string;
  verdict: "reached" | "missed" | "not measured";
  workload: string;
  mine: string;
}

/** Every target with what this report has for it. */
export function judge(report: Report): Reached[] {
  const find = (name: string) => report.workloads.find((workload) => workload.name === name);
  const rows = targets.map(({ title, workload: name, mine, others, ratio }): Reached => {
    const workload = find(name);
    const own = measured(workload, mine);
    const other = fastest(workload, others ?? workload?.reference ?? []);
    const row = { title, target: `≥ ${ratio}×`, workload: name, mine };
    if (!own || !other) return { ...row, reached: "–", byMin: "–", against: "–", verdict: "not measured" };
    const byMedian = other.median! / own.median!;
    const isClose = byMedian < ratio && times(byMedian) === times(ratio);
    return {
      ...row,
      reached: isClose ? `${byMedian.toPrecision(3)}×` : times(byMedian), // not "2.1×, wanted ≥ 2.1×"
      byMin: times(other.min! / own.min!),
      against: other.label,
      verdict: byMedian >= ratio ? "reached" : "missed",
    };
  });
  for (const { title, workload, steps, limit, time } of trainings) {
    const own = measured(find(workload), "compiled");
    const torch = fastest(find(workload), ["torch-2", "torch-1"]);
    const seconds = own && (own.median! * steps) / 1000;
    rows.push({
      title,
      target: `≤ ${time(limit).replace(".0", "")}`,
      reached: seconds === undefined ? "–" : time(seconds),
      byMin: "–",
      against: torch ? `${torch.label}: ${time((torch.median! * steps) / 1000)}` : "–",
      verdict: seconds === undefined ? "not measured" : seconds <= limit ? "reached" : "missed",
      workload,
      mine: "compiled",
    });
  }
  return rows;
}

/** The best rate at which any contender multiplied matrices, in GFLOP/s. */
export function peak(report: Report): number | undefined {
  const workload = report.workloads.find(({ name }) => name === "peak");
  const times = workload?.contenders.flatMap(({ min }) => min ?? []) ?? [];
  return times.length ? workload!.flops! / Math.min(...times) / 1e6 : undefined;
}

/**
 * Where the time of a contender goes: the products at the machine's peak, and the rest, over the nodes of the graph. Where the
 * products are not the bulk of the work: TensorFlow's part and JavaScript's.
 */
export function profile(workload: WorkloadResult, contender: ContenderResult, gflops: number | undefined): string {
  const { median, graph } = contender;
  if (median === undefined) return "";
  if (workload.flops === undefined || gflops === undefined) {
    if (graph?.nativeShare === undefined) return "";
    const inside = median * graph.nativeShare;
    const perNode = `${graph.nodes} graph nodes of ${((inside * 1000) / graph.nodes).toFixed(1)} µs`;
    return `Of ${duration(median)}, ${duration(inside)} pass in one call to TensorFlow (${perNode} on average) and ${duration(median - inside)} in JavaScript: arguments, host values, the loss.`;
  }
  // The peak is that of all threads together; a contender with one thread has its part of it.
  const rate = contender.threads === 1 ? gflops / 2 : gflops;
  const ideal = workload.flops / rate / 1e6;
  const share = `${flopText(workload.flops)} take ${duration(ideal)} at the peak of ${rate.toFixed(0)} GFLOP/s: ${percent(ideal / median)} of ${duration(median)}`;
  if (!graph) return `${share}.`;
  const perNode = ((median - ideal) * 1000) / graph.nodes;
  return `${share}. The rest is ${duration(median - ideal)} for ${graph.nodes} graph nodes, ${perNode.toFixed(1)} µs each.`;
}

/** A ratio of times: "3.4×". */
export const times = (ratio: number) => `${ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2)}×`;

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

const flopText = (flops: number) => {
  if (flops >= 1e8) return `${(flops / 1e9).toFixed(2)} GFLOP`;
  return flops >= 1e6 ? `${(flops / 1e6).toFixed(1)} MFLOP` : `${(flops / 1e3).toFixed(0)} kFLOP`;
};

/** Milliseconds with the unit that fits: "11.3 ms", "148 µs". */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1) return `${milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toPrecision(3)} ms`;
  const micro = milliseconds * 1000;
  return `${micro >= 100 ? micro.toFixed(0) : micro.toPrecision(2)} µs`;
}
