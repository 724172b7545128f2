/** `npm run bench` from the options to the files; what a round is stands in measure.ts. scripts/bench.mjs calls it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { backend } from "unrolled";
import { endAll } from "./contender";
import { QuietGate } from "./load";
import { describeMachine, describeVersions } from "./machine";
import { measure, type Settings } from "./measure";
import type { Options } from "../scripts/bench/options.mjs" with { "resolution-mode": "import" };
import { page } from "./page";
import { machineName, missedNotes, quietSentence, targetTable, toText, workloadTable } from "./tables";
import type { Report } from "./types";
import { findPython } from "./venv";
import { listed as allListed, type Listed } from "./workloads";

const root = path.join(__dirname, "..");
const build = path.join(root, "build");

/** Where the figures of docs/performance.md are kept: the last full run on each kind of machine. */
const resultsFolder = path.join(__dirname, "results");
export const pageFile = path.join(root, "docs", "performance.md");

/** The committed reports, in the order of their names. */
export function committedReports(): Report[] {
  if (!existsSync(resultsFolder)) return [];
  const files = readdirSync(resultsFolder).filter((name) => name.endsWith(".json"));
  return files.sort().map((name) => JSON.parse(readFileSync(path.join(resultsFolder, name), "utf8")) as Report);
}

/** The file for reports from this machine and its like: "amd-epyc-with-avx2-2-cores.json". */
function resultsFile(report: Report): string {
  const name = `${machineName(report)} ${report.machine.cores} cores`;
  return path.join(resultsFolder, `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.json`);
}

/** Runs the command; gives its exit code: 1 if a contender failed, 2 if the command line is wrong, 130 after Ctrl-C. */
export async function bench(options: Options, command: string): Promise<number> {
  let listed: readonly Listed[];
  try {
    if (options.from) return await show(JSON.parse(readFileSync(options.from, "utf8")) as Report, options);
    listed = select(allListed, options.only);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  if (options.list) {
    for (const { workload } of listed) console.log(`${workload.name.padEnd(14)} ${workload.title}`);
    return 0;
  }
  const python = options.python ? await findPython(console.log) : { missing: "--no-python" };
  let stopped = false;
  const stop = () => {
    if (stopped) process.exit(130); // whoever is in a hurry
    stopped = true;
    console.log("\nInterrupted: writing what was measured");
    endAll();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("exit", endAll);
  try {
    const progress = (text: string) => void process.stdout.write(`\r\x1b[2K${text}`);
    const report = await measureAll(listed, options, {
      python,
      command,
      stopped: () => stopped,
      say: console.log,
      ...(process.stdout.isTTY && { progress }),
    });
    const code = await show(report, options);
    return stopped ? 130 : code;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    process.off("exit", endAll);
    endAll();
  }
}

/** The workloads with these names; throws on a name that is not there. */
function select(listed: readonly Listed[], only: string[]): readonly Listed[] {
  const names = listed.map(({ workload }) => workload.name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no workload "${unknown}"; there are ${names.join(", ")}.`);
  return only.length ? listed.filter(({ workload }) => only.includes(workload.name)) : listed;
}

/** What a run needs besides its options. */
export interface Surroundings {
  python: Settings["python"];
  command?: string;
  stopped?: () => boolean;
  say?: (text: string) => void;
  progress?: (text: string) => void;
}

/** Measures the workloads one after the other and tells of each; when `stopped` says so, ends early with what there is. */
export async function measureAll(
  listed: readonly Listed[],
  options: Pick<Options, "quick" | "rounds" | "seconds" | "wait" | "only">,
  { python, command = "", stopped = () => false, say = () => {}, progress = () => {} }: Surroundings,
): Promise<Report> {
  const folder = path.join(build, "bench");
  mkdirSync(folder, { recursive: true });
  await backend.ready;
  const { quick, rounds, seconds } = options;
  const report: Report = {
    date: new Date().toISOString(),
    command,
    quick,
    complete: false,
    rounds,
    seconds,
    machine: describeMachine(),
    versions: describeVersions(python),
    notes: "missing" in python ? [`Without PyTorch and NumPy: ${python.missing}.`] : [],
    workloads: [],
  };
  const facts = Object.entries({ ...report.machine, ...report.versions }).map(([name, value]) => `${name}: ${value}`);
  say([...facts, ...report.notes].join("\n"));
  const settings: Settings = {
    rounds,
    seconds,
    quick,
    python,
    noGraphs: backend.name === "tensorflow" ? undefined : "needs native TensorFlow",
    gate: new QuietGate(options.wait),
    folder,
    stopped,
    progress,
  };
  for (const { workload, file } of listed) {
    if (stopped()) break;
    const result = await measure(workload, file, settings);
    report.workloads.push(result);
    say(
      [
        `\n${result.name}: ${result.title}`,
        toText(workloadTable(result)),
        ...result.notes.map((note) => `  ${note}`),
      ].join("\n"),
    );
  }
  report.complete = !stopped() && options.only.length === 0 && !("missing" in python);
  return report;
}

/** Prints the targets and writes the files. */
async function show(report: Report, options: Options): Promise<number> {
  console.log(`\nWhat was wanted, and what was reached\n${toText(targetTable(report))}`);
  const missed = missedNotes(report);
  if (missed.length) console.log(`\nWhere the time goes\n${missed.map((note) => `  ${note}`).join("\n")}`);
  console.log(`\n${quietSentence(report) ?? "Nothing was measured."}`);

  const write = async (file: string, text: string) => {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, text);
    console.log(`Written: ${path.relative(process.cwd(), path.resolve(file))}`);
  };
  const json = `${JSON.stringify(report, null, 1)}\n`;
  if (!options.from) await write(path.join(build, "bench.json"), json);
  if (options.json) await write(options.json, json);
  if (options.write && report.complete && !report.quick) {
    await write(resultsFile(report), await formatted(JSON.stringify(report), "json"));
    await write(pageFile, await formatted(page(committedReports()), "markdown"));
  } else if (options.write)
    console.log("docs/performance.md is left as it was: it needs a full run to its end, with PyTorch.");
  const failed = report.workloads.flatMap(({ contenders }) => contenders).filter((contender) => contender.failed);
  return failed.length ? 1 : 0;
}

/** A text as prettier wants it in this repository. */
export async function formatted(text: string, parser: "json" | "markdown"): Promise<string> {
  const { format, resolveConfig } = await import("prettier");
  return format(text, { ...(await resolveConfig(__filename)), parser });
}
