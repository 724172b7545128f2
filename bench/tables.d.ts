import type { Report, WorkloadResult } from "./types";
export type Table = string[][];
/** One line for each contender: its times, and how many times as fast as the reference it is. */
export declare function workloadTable(workload: WorkloadResult): Table;
/** What was wanted and what was reached, in the workloads of the report. */
export declare function targetTable(report: Report): Table;
/** For each target that was missed, where the time goes, as far as it was measured. */
export declare function missedNotes(report: Report): string[];
/** How quiet the machine was, in one sentence; undefined if nothing was measured. */
export declare function quietSentence(report: Report): string | undefined;
/** Aligned with spaces: the first column to the left, and text that fills the rest of a row as it is. */
export declare function toText(table: Table): string;
/** As Markdown. */
export declare function toMarkdown([head, ...rows]: Table): string;
