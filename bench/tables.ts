/** A report as tables: rows of text, for the terminal and for the page alike. */
import { counted } from "./statistics";
import { duration, fastest, judge, peak, profile, times } from "./targets";
import type { ContenderResult, Report, WorkloadResult } from "./types";

export type Table = string[][];

/** One line for each contender: its times, and how many times as fast as the reference it is. */
export function workloadTable(workload: WorkloadResult): Table {
  const reference = fastest(workload, workload.reference);
  const against = reference ? `times as fast as ${reference.label}` : "ratio";
  const head = [`per ${workload.unit}`, "median", "best", "spread", "quiet rounds", against, "by best"];
  return [head, ...workload.contenders.map((contender) => contenderRow(contender, reference))];
}

function contenderRow(contender: ContenderResult, reference: ContenderResult | undefined): string[] {
  const { label, rounds, median, min, spread, failed, skipped } = contender;
  if (failed !== undefined) return [label, `failed: ${failed}`, "", "", "", "", ""];
  if (median === undefined) return [label, `left out: ${skipped ?? "no round was finished"}`, "", "", "", "", ""];
  const ratios = reference ? [times(reference.median! / median), times(reference.min! / min!)] : ["–", "–"];
  const quiet = rounds.filter((round) => round.quiet).length;
  return [
    label,
    duration(median),
    duration(min!),
    `${(spread! * 100).toFixed(0)} %`,
    `${quiet} of ${rounds.length}`,
    ...ratios,
  ];
}

/** What was wanted and what was reached, in the workloads of the report. */
export function targetTable(report: Report): Table {
  const ran = new Set(report.workloads.map(({ name }) => name));
  const judged = judge(report).filter(({ workload }) => report.complete || ran.has(workload));
  const rows = judged.map(({ title, target, reached, byMin, against, verdict }) => [
    title,
    target,
    reached,
    byMin,
    against,
    verdict,
  ]);
  return [["work", "target", "median", "best step", "against", ""], ...rows];
}

/** What a machine is called where there are several. */
export const machineName = ({ machine }: Report) =>
  [machine.processor, machine.vectors && `with ${machine.vectors}`].filter(Boolean).join(" ");

/** What was wanted and what was reached on each machine. */
export function overview(reports: readonly Report[]): Table {
  const judged = reports.map(judge);
  const rows = (judged[0] ?? []).map(({ title, target, against }, i) => [
    title,
    target,
    ...judged.map((rows) => {
      const { reached, byMin, verdict } = rows[i]!;
      const both = byMin === "–" ? reached : `${reached} (${byMin})`;
      return verdict === "missed" ? `${both}, missed` : both;
    }),
    against.replace(/:.*/, ""),
  ]);
  return [["work", "target", ...reports.map(machineName), "against"], ...rows];
}

/** For each target that was missed, where the time goes, as far as it was measured. */
export function missedNotes(report: Report): string[] {
  const gflops = peak(report);
  return judge(report)
    .filter(({ verdict }) => verdict === "missed")
    .map(({ title, workload: name, mine, reached, target }) => {
      const workload = report.workloads.find((other) => other.name === name)!;
      const contender = workload.contenders.find((other) => other.name === mine)!;
      const text = profile(workload, contender, gflops);
      return `${title}: ${reached}, wanted ${target}. ${text || "No profile: the products are not the bulk of this work, or the peak was not measured."}`;
    });
}

/** How quiet the machine was, in one sentence; undefined if nothing was measured. */
export function quietSentence(report: Report): string | undefined {
  const contenders = report.workloads.flatMap(({ contenders }) => contenders).filter(({ rounds }) => rounds.length);
  const rounds = contenders.flatMap(({ rounds }) => rounds);
  if (rounds.length === 0) return undefined;
  const quiet = rounds.filter((round) => round.quiet).length;
  const noisy = contenders.filter(({ rounds }) => counted(rounds).some((round) => !round.quiet));
  const trust = noisy.length
    ? ` ${noisy.length} of ${contenders.length} contenders had fewer than three quiet rounds: their times are worth little.`
    : "";
  return `${quiet} of ${rounds.length} rounds were quiet (other programs kept less than 0.2 of a core busy).${trust}`;
}

/** Aligned with spaces: the first column to the left, and text that fills the rest of a row as it is. */
export function toText(table: Table): string {
  const widths = table[0]!.map((_, i) =>
    Math.max(...table.filter((row) => row[2] !== "").map((row) => row[i]!.length)),
  );
  widths[0] = Math.max(...table.map(([first]) => first!.length));
  return table
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

/** As Markdown. */
export function toMarkdown([head, ...rows]: Table): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  return [line(head!), line(head!.map((_, i) => (i ? "--:" : "---"))), ...rows.map(line)].join("\n");
}
