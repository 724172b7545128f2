import type { Options } from "../scripts/bench/options.mjs" with { "resolution-mode": "import" };
import type { Report } from "./types";
import { type Listed } from "./workloads";
/** Where the figures of docs/performance.md are kept. */
export declare const resultsFile: string;
export declare const pageFile: string;
/** Runs the command; gives its exit code: 1 if a contender failed, 2 if the command line is wrong, 130 after Ctrl-C. */
export declare function bench(args: string[]): Promise<number>;
/** Measures the workloads one after the other and tells of each; `stopped` ends it early. */
export declare function measureAll(
  listed: readonly Listed[],
  options: Pick<Options, "quick" | "python" | "rounds" | "seconds" | "wait" | "only">,
  stopped?: () => boolean,
  command?: string,
): Promise<Report>;
/** A text as prettier wants it in this repository. */
export declare function formatted(text: string, parser: "json" | "markdown"): Promise<string>;
