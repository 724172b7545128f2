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
export declare const targets: Target[];
/** The fastest of the named contenders by its median. */
export declare function fastest(workload: WorkloadResult | undefined, names: string[]): ContenderResult | undefined;
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
export declare function judge(report: Report): Reached[];
/** The best rate at which any contender multiplied matrices, in GFLOP/s. */
export declare function peak(report: Report): number | undefined;
/** Where the time of a contender goes: the products at the machine's peak, and the rest, over the nodes of the graph. */
export declare function profile(
  workload: WorkloadResult,
  contender: ContenderResult,
  gflops: number | undefined,
): string;
/** A ratio of times: "3.4×". */
export declare const times: (ratio: number) => string;
/** Milliseconds with the unit that fits: "11.3 ms", "148 µs". */
export declare function duration(milliseconds: number): string;
