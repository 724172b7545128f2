/** docs/performance.md: every figure comes from a report, nothing is typed by hand. */
import { machineName, missedNotes, overview, quietSentence, toMarkdown, workloadTable } from "./tables";
import { duration, peak, profile, times } from "./targets";
import type { Report } from "./types";

/** The page as Markdown (prettier has not seen it yet), from one report for each machine. */
export function page(reports: readonly Report[]): string {
  return `${[
    "# Performance",
    intro,
    "## What was wanted, and what was reached",
    "How many times as fast as the other side, in the same work on the same data from the same seed: by medians, and in brackets by best steps.",
    toMarkdown(overview(reports)),
    ...reports.flatMap(machineSections),
  ].join("\n\n")}\n`;
}

/** All that was measured on one machine. */
function machineSections(report: Report): string[] {
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
  const tables = workloads.flatMap(({ title, ...workload }) => [
    `**${title}**`,
    toMarkdown(workloadTable({ title, ...workload })),
    ...workload.notes,
  ]);
  return [
    `## ${machineName(report)}`,
    `Measured on ${report.date.slice(0, 10)}, ${report.rounds} rounds. ${quietSentence(report) ?? ""}`,
    list([...facts, ...notes]),
    "### Missed targets",
    missed.length ? list(missed) : "None: every target that was measured was reached.",
    "### The physical limit",
    limitText(report),
    list(profiles),
    "### Times",
    ...tables,
    "### Memory",
    "Resident memory of each process at the end of its last round.",
    toMarkdown(memoryTable(report)),
  ];
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
    `${gflops.toFixed(0)} GFLOP/s with all its threads: a step cannot take less than ${duration(ideal)}.${share}${productsText(report)} Below, ` +
    "for each of our contenders, the time of its products at that rate, and what is left for everything else."
  );
}

/** How fast TensorFlow multiplies beside PyTorch: so much of the lead is not ours. */
function productsText(report: Report): string {
  const products = report.workloads.find(({ name }) => name === "peak");
  const [own, other] = ["TensorFlow", "PyTorch"].map(
    (party) => products?.contenders.find((contender) => contender.party === party)?.min,
  );
  if (own === undefined || other === undefined) return "";
  return ` TensorFlow multiplies large matrices ${times(other / own)} as fast as PyTorch here: the wider the vectors, the more of the lead comes from that.`;
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
