/** docs/performance.md: every figure comes from a report, nothing is typed by hand. */
import { missedNotes, quietSentence, targetTable, toMarkdown, workloadTable } from "./tables";
import { duration, peak, profile } from "./targets";
import type { Report } from "./types";

/** The page as Markdown (prettier has not seen it yet). */
export function page(report: Report): string {
  const { machine, versions, workloads, notes } = report;
  const missed = missedNotes(report);
  const list = (lines: string[]) => lines.map((line) => `- ${line}`).join("\n");
  const facts = Object.entries({ ...machine, ...versions }).map(([name, value]) => `${name}: ${value}`);
  const bounded = workloads.filter(({ flops }) => flops !== undefined);
  const profiles = bounded.flatMap((workload) =>
    workload.contenders
      .filter(({ party, median }) => party === "Unrolled" && median !== undefined)
      .flatMap((contender) => {
        const text = profile(workload, contender, peak(report));
        return text ? [`${workload.name}, ${contender.label}: ${text}`] : [];
      }),
  );
  const sections = workloads.map(({ name, title, ...workload }) =>
    [`### ${name}`, title, toMarkdown(workloadTable({ name, title, ...workload })), ...workload.notes].join("\n\n"),
  );
  return `${[
    "# Performance",
    intro,
    `Measured on ${report.date.slice(0, 10)}, ${report.rounds} rounds. ${quietSentence(report) ?? ""}`,
    list([...facts, ...notes]),
    "## What was wanted, and what was reached",
    "How many times as fast as the other side, in the same work on the same data from the same seed.",
    toMarkdown(targetTable(report)),
    missed.length ? `Where a target was missed:\n\n${list(missed)}` : "Every target that was measured was reached.",
    "## The physical limit",
    limitText(report),
    list(profiles),
    "## All measurements",
    ...sections,
    "### Memory",
    "Resident memory of each process at the end of its last round.",
    toMarkdown(memoryTable(report)),
  ].join("\n\n")}\n`;
}

const intro = `This page is made by \`npm run bench -- --write\`; it is not edited by hand.

Each contender is a process of its own that lives through all rounds; the rounds are interleaved (A B C A B C), so that a slow
minute hits everybody. Before anything is timed, the first results of all contenders are compared: same data, same seed, same
losses, or the same text. A step is a whole one: forward, backward, clipping where the original clips, the optimizer, and the loss
read as a number. A table shows the median of the round medians, the best step (the mean of a millisecond of steps where one
is shorter), and how far the round medians lie apart. Ratios are good to about 20 %; the one by medians and the one by best
steps bracket the truth. PyTorch with two threads suffers most from other programs, which is why only quiet rounds count
where there are enough.`;

function limitText(report: Report): string {
  const gflops = peak(report);
  const alice = report.workloads.find(({ name }) => name === "alice-rnn");
  if (gflops === undefined || alice?.flops === undefined) return "Not measured.";
  const ideal = alice.flops / gflops / 1e6;
  const own = alice.contenders.find(({ name }) => name === "compiled");
  const share = own?.median
    ? ` The compiled step reaches ${((100 * ideal) / own.median).toFixed(0)} % of that (${((100 * ideal) / own.min!).toFixed(0)} % in its best step).`
    : "";
  return (
    `The Alice step needs ${(alice.flops / 1e9).toFixed(2)} GFLOP of matrix products, and this machine multiplies large matrices at ` +
    `${gflops.toFixed(0)} GFLOP/s with all its threads: a step cannot take less than ${duration(ideal)}.${share} Below, for each of ` +
    "our contenders, the time of its products at that rate, and what is left for everything else."
  );
}

function memoryTable(report: Report): string[][] {
  const rows = report.workloads
    .filter(({ name }) => ["alice-text", "alice-rnn", "hihell"].includes(name))
    .flatMap(({ name, contenders }) =>
      contenders
        .filter(({ megabytes }) => megabytes !== undefined)
        .map(({ label, megabytes, setupSeconds }) => [name, label, `${megabytes} MB`, `${setupSeconds!.toFixed(1)} s`]),
    );
  return [["workload", "contender", "memory", "start and first steps"], ...rows];
}
