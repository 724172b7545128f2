/**
 * Measures one workload: starts all contenders, compares their first results, and then lets them work in interleaved
 * rounds, A B C A B C, so that a slow minute of the machine hits all of them.
 */
import { isDeepStrictEqual } from "node:util";
import { ContenderProcess, type Prepared, type RoundAnswer } from "./contender";
import { watchLoad, type QuietGate } from "./load";
import { QUIET, summarise } from "./statistics";
import type { Contender, ContenderResult, Workload, WorkloadResult } from "./types";

export interface Settings {
  rounds: number;
  /** How long a contender works in each round. */
  seconds: number;
  quick: boolean;
  /** The interpreter with PyTorch and NumPy, or why there is none. */
  python: { executable: string } | { missing: string };
  /** Why compiled steps cannot run here, if they cannot. */
  noGraphs?: string | undefined;
  gate: QuietGate;
  /** A folder for what the contenders share. */
  folder: string;
  stopped: () => boolean;
  progress?: (text: string) => void;
}

interface Entry {
  contender: Contender;
  result: ContenderResult;
  process?: ContenderProcess;
  first?: number[];
}

/** All rounds of a workload. `file` is where its definition is, for the contenders' processes. Never throws for one of them. */
export async function measure(workload: Workload, file: string, settings: Settings): Promise<WorkloadResult> {
  const { python, quick, stopped, progress = () => {} } = settings;
  const { name, title, unit, reference, flops, notes = [] } = workload;
  const entries: Entry[] = workload.contenders
    .filter(({ slow }) => !(slow && quick))
    .map((contender) => {
      const { name, label, party, threads } = contender;
      return { contender, result: { name, label, party, threads, rounds: [] } };
    });
  const result: WorkloadResult = {
    name,
    title,
    unit,
    reference,
    notes,
    contenders: entries.map(({ result }) => result),
  };
  if (flops !== undefined) result.flops = flops;

  try {
    const env = (await workload.prepare?.(settings.folder)) ?? {};
    for (const entry of entries) {
      const { contender } = entry;
      if (typeof contender.run !== "function" && "missing" in python) entry.result.skipped = python.missing;
      else if (contender.graph && settings.noGraphs) entry.result.skipped = settings.noGraphs;
      else {
        const executable = "executable" in python ? python.executable : undefined;
        entry.process = new ContenderProcess(file, name, contender, { python: executable, env });
      }
    }
    progress(`${name}: starting`);
    // Started side by side: nothing is timed yet.
    await Promise.all(entries.map((entry) => attempt(entry, () => prepare(entry))));
    compareFirst(entries, reference);
    for (const entry of live(entries)) {
      if (stopped()) break;
      progress(`${name}: ${entry.contender.label} warms up`);
      await attempt(entry, () => warmUp(entry, workload, settings));
    }
    for (let round = 1; round <= settings.rounds && !stopped(); round++) {
      for (const entry of live(entries)) {
        progress(`${name}: round ${round} of ${settings.rounds}, ${entry.contender.label}`);
        await settings.gate.wait(stopped);
        if (stopped()) break;
        await attempt(entry, () => oneRound(entry, workload, settings));
      }
    }
  } catch (error) {
    for (const { result } of entries) result.failed ??= (error as Error).message;
  } finally {
    for (const { process } of entries) process?.end();
    progress("");
  }
  for (const { result } of entries)
    if (result.rounds.length && !result.failed) Object.assign(result, summarise(result.rounds));
  return result;

  /** Does something with a contender; what goes wrong is its own failure, unless we are stopping anyway. */
  async function attempt(entry: Entry, action: () => Promise<void>): Promise<void> {
    if (!entry.process) return;
    try {
      await action();
    } catch (error) {
      if (stopped()) entry.result.skipped = "interrupted";
      else entry.result.failed = (error as Error).message;
      entry.process.end();
    }
  }
}

const live = (entries: Entry[]) =>
  entries.filter(({ process, result }) => process && !result.failed && !result.skipped);

const checksOf = ({ checks = 3 }: Contender) => checks;

async function prepare(entry: Entry): Promise<void> {
  const { first, seconds } = await entry.process!.ask<Prepared>(
    { do: "prepare", checks: checksOf(entry.contender) },
    entry.contender.slow ? 300 : 120,
  );
  entry.first = first;
  entry.result.setupSeconds = seconds;
}

/**
 * All contenders compute the same: the first results of each must agree with those of the reference, or of the first
 * contender that runs where there is no reference. One that does not agree is not timed.
 */
function compareFirst(entries: Entry[], reference: string[]): void {
  const candidates = live(entries).filter(({ contender }) => checksOf(contender) > 0);
  const judge = candidates.find(({ contender }) => reference.includes(contender.name)) ?? candidates[0];
  for (const { contender, result, first, process } of candidates) {
    const { tolerance = 1e-4 } = contender;
    const count = Math.round(
      (Math.min(checksOf(contender), checksOf(judge!.contender)) / checksOf(judge!.contender)) * judge!.first!.length,
    );
    const [expected, actual] = [judge!.first!.slice(0, count), first!.slice(0, count)];
    const same =
      expected.length === actual.length &&
      expected.every((x, i) => Math.abs(actual[i]! - x) <= tolerance * Math.abs(x));
    if (same || isDeepStrictEqual(expected, actual)) continue;
    const list = (values: number[]) =>
      values
        .slice(0, 5)
        .map((x) => x.toPrecision(7))
        .join(", ");
    result.failed = `it computes something else than ${judge!.contender.label}: ${list(actual)} instead of ${list(expected)}`;
    process!.end();
  }
}

/** The steps of a round, if the workload fixes them. */
const stepsOf = ({ steps }: Workload, quick: boolean) => steps && (quick ? Math.ceil(steps / 4) : steps);

function limit({ seconds }: Settings): number {
  return 60 + 20 * seconds;
}

async function warmUp(entry: Entry, workload: Workload, settings: Settings): Promise<void> {
  // A compiled step is built in its third call and audited in its tenth: both lie behind it after twelve more.
  const least = entry.contender.graph ? 12 : settings.quick ? 1 : 3;
  const steps = stepsOf(workload, settings.quick);
  const order = { do: "round", seconds: settings.seconds / 2, least, steps: steps && Math.min(steps, 12) };
  const { reason } = await entry.process!.ask<RoundAnswer>(order, limit(settings));
  if (entry.contender.graph && reason) throw new Error(`it runs eagerly: ${reason}`);
}

async function oneRound(entry: Entry, workload: Workload, settings: Settings): Promise<void> {
  const { perStep = 1 } = workload;
  const order = {
    do: "round",
    seconds: settings.seconds,
    least: settings.quick ? 1 : 3,
    steps: stepsOf(workload, settings.quick),
  };
  const foreignOf = watchLoad();
  const { median, min, steps, cpu, rss, graph } = await entry.process!.ask<RoundAnswer>(order, limit(settings));
  const foreign = foreignOf(cpu);
  const { result } = entry;
  result.rounds.push({
    median: median / perStep,
    min: min / perStep,
    units: steps * perStep,
    foreign: Math.round(foreign * 100) / 100,
    quiet: foreign < QUIET,
  });
  result.megabytes = Math.round(rss / 1e6);
  if (graph) result.graph = graph;
}
