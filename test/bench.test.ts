/** The benchmarks: that they measure, judge and report; never how fast anything is. */
import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { page } from "../bench/page";
import { committedReports, formatted, measureAll, pageFile } from "../bench/run";
import { counted, median, sample, summarise } from "../bench/statistics";
import { judge, targets } from "../bench/targets";
import type { Report, Round, WorkloadResult } from "../bench/types";
import { listed } from "../bench/workloads";
import { workloads } from "./support/bench-workload";

const python = { missing: "this is a test" };
const options = { quick: true, rounds: 1, seconds: 0.02, wait: 0, only: [] };
const support = path.join(__dirname, "support", "bench-workload.ts");

const round = (median: number, min: number, quiet: boolean): Round => ({ median, min, units: 1, foreign: 0, quiet });

/** A report in which `mine` takes 1 ms and all others take `others` ms, in every workload. */
function report(others: number): Report {
  const result = (name: string): WorkloadResult => {
    const { workload } = listed.find((entry) => entry.workload.name === name)!;
    const { title, unit, reference, flops } = workload;
    const mine = targets.filter((target) => target.workload === name).map((target) => target.mine);
    const contenders = workload.contenders.map(({ name, label, party, threads }) => {
      const time = mine.includes(name) ? 1 : others;
      const rounds = [round(time, time / 2, true)];
      return { name, label, party, threads, rounds, ...summarise(rounds), setupSeconds: 1, megabytes: 100 };
    });
    return { name, title, unit, reference, ...(flops !== undefined && { flops }), notes: [], contenders };
  };
  const machine = { processor: "a | b" };
  const names = listed.map(({ workload }) => workload.name);
  const rest = { date: "2026-01-02", command: "", quick: false, complete: true, rounds: 1, seconds: 1, notes: [] };
  return { ...rest, machine, versions: {}, workloads: names.map(result) };
}

describe("bench: statistics", () => {
  it("takes the median of odd and even numbers of values", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
  });

  it("counts quiet rounds only, once there are three", () => {
    const noisy = round(9, 1, false);
    const quiet = [round(2, 2, true), round(3, 2, true), round(4, 2.5, true)];
    assert.deepEqual(counted([noisy, ...quiet]), quiet);
    assert.deepEqual(counted([noisy, quiet[0]]), [noisy, quiet[0]]);
    assert.deepEqual(summarise([noisy, ...quiet]), { median: 3, min: 2, spread: 2 / 3 });
  });

  it("samples as often and as long as it is told", async () => {
    let calls = 0;
    const step = () => ++calls;
    assert.equal((await sample(step, { seconds: 0, least: 1, steps: 7 })).steps, 7);
    assert.equal(calls, 7);
    const { steps, min, median } = await sample(step, { seconds: 0.02, least: 5 });
    assert.equal(calls, 7 + steps);
    assert.ok(steps >= 5 && min <= median);
  });
});

describe("bench: measuring", function () {
  this.timeout(60_000);

  it("times those that agree, and tells of each of the others why it did not", async () => {
    const [workload] = workloads;
    const said: string[] = [];
    const { workloads: results, complete } = await measureAll([{ workload, file: support }], options, {
      python,
      say: (text) => said.push(text),
    });
    const [{ contenders }] = results;
    const find = (name: string) => contenders.find((contender) => contender.name === name)!;
    assert.deepEqual(
      contenders.map(({ name }) => name),
      ["fast", "slow", "lying", "broken", "vanishing", "different", "foreign"], // the slow are left out of a quick run
    );
    for (const name of ["fast", "slow", "different"]) {
      const { failed, rounds, median, min, megabytes } = find(name);
      assert.equal(failed, undefined, name);
      assert.equal(rounds.length, 1);
      assert.ok(min! > 0 && min! <= median! && megabytes! > 10, name);
    }
    assert.match(find("lying").failed!, /something else than the slow one: 1\.001.* instead of 1\.000/);
    assert.match(find("broken").failed!, /cannot count/);
    assert.match(find("vanishing").failed!, /exit code 3/);
    assert.equal(find("foreign").skipped, "this is a test");
    assert.equal(complete, false, "without PyTorch nothing is complete");
    const text = said.join("\n");
    assert.match(text, /times as fast as the slow one/);
    assert.match(text, /the broken one +failed: cannot count/);
    assert.match(text, /the foreign one +left out: this is a test/);
  });

  it("stops when told to and keeps what there is", async () => {
    let rounds = 0;
    const stopped = () => rounds >= 2;
    const progress = (text: string) => void (rounds += Number(text.includes("round")));
    const endless = { ...options, rounds: 1000 };
    const [workload] = workloads;
    const result = await measureAll([{ workload, file: support }], endless, { python, stopped, progress });
    assert.equal(result.complete, false);
    assert.equal(result.workloads[0].contenders[0].rounds.length, 1);
  });

  it("runs a workload of ours and of the graph compiler", async () => {
    const chosen = listed.filter(({ workload }) => ["vanilla", "hihell"].includes(workload.name));
    const { workloads: results } = await measureAll(chosen, options, { python });
    for (const { name, contenders } of results) {
      for (const { party, failed, skipped, rounds } of contenders) {
        assert.equal(failed, undefined, `${name}, ${party}`);
        if (skipped === undefined) assert.equal(rounds.length, 1);
      }
      assert.ok(contenders.some(({ party, median }) => party === "Unrolled" && median! > 0));
    }
  });
});

describe("bench: workloads and targets", () => {
  it("names each workload and contender once, with references that exist", () => {
    const names = listed.map(({ workload }) => workload.name);
    assert.equal(new Set(names).size, names.length);
    for (const { workload, file } of listed) {
      const contenders = workload.contenders.map(({ name }) => name);
      assert.equal(new Set(contenders).size, contenders.length, workload.name);
      for (const name of workload.reference) assert.ok(contenders.includes(name), `${workload.name}: ${name}`);
      assert.ok(existsSync(file), file);
      for (const { run } of workload.contenders) {
        if (typeof run === "function") continue;
        assert.ok(existsSync(path.join(__dirname, "../bench/python", run.script)), run.script);
      }
    }
  });

  it("compares with contenders that exist", () => {
    for (const { workload: name, mine, others = [] } of targets) {
      const { workload } = listed.find((entry) => entry.workload.name === name)!;
      for (const wanted of [mine, ...others]) {
        assert.ok(
          workload.contenders.some(({ name }) => name === wanted),
          `${name}: ${wanted}`,
        );
      }
    }
  });

  it("says what is reached, missed and not measured", () => {
    const verdicts = (report: Report) =>
      new Set(
        judge(report)
          .slice(0, targets.length)
          .map(({ verdict }) => verdict),
      );
    assert.deepEqual(verdicts(report(100)), new Set(["reached"]));
    assert.deepEqual(verdicts(report(0.9)), new Set(["missed"]));
    assert.deepEqual(verdicts({ ...report(1), workloads: [] }), new Set(["not measured"]));
    const [first] = judge(report(100));
    assert.deepEqual([first.reached, first.byMin], ["100×", "100×"]);
  });

  it("computes whole trainings from the time of a step", () => {
    const trainings = judge(report(2)).slice(targets.length);
    assert.deepEqual(
      trainings.map(({ reached, against }) => [reached, against.replace(/.*: /, "")]),
      [
        ["0.4 min", "0.9 min"], // 26,600 steps of 1 ms
        ["0.3 s", "0.6 s"], // 314 steps
      ],
    );
  });
});

describe("bench: docs/performance.md", () => {
  it("has every target, every workload and where the time of a missed one goes", () => {
    const text = page([report(2)]);
    for (const { title } of targets) assert.ok(text.includes(title), title);
    for (const { workload } of listed) assert.ok(text.includes(workload.title), workload.name);
    // 2 · 3 · 128² · 256 · (3 · 40 − 1) for the recurrence and 3 · 2 · 128 · 39 · 10,240 for the head
    assert.ok(text.includes("Alice step, GRU: 2.0×, wanted ≥ 2.4×. 3.30 GFLOP take"));
    assert.ok(text.includes("processor: a | b"));
  });

  it("sets machines side by side", () => {
    const [fast, slow] = ["wide", "narrow"].map((vectors, i) => ({
      ...report(i ? 2 : 100),
      machine: { processor: "CPU", vectors },
    }));
    const text = page([fast!, slow!]);
    assert.match(text, /\| work \| target \| CPU with wide \| CPU with narrow \| against \|/);
    assert.match(text, /\| Alice step, GRU \| ≥ 2\.4× \| 100× \(100×\) \| 2\.0× \(2\.0×\), missed \| PyTorch/);
    assert.match(
      text,
      /## CPU with wide[^]*None: every target[^]*## CPU with narrow[^]*Alice step, GRU: 2\.0×, wanted/,
    );
  });

  it("is what the README quotes", () => {
    const readme = readFileSync(path.join(__dirname, "..", "README.md"), "utf8");
    for (const report of committedReports()) {
      const { reached } = judge(report)[0]!; // the Alice step
      assert.match(readme, new RegExp(`${reached}[^.×]*${report.machine.vectors}`));
    }
  });

  it("is what the committed results say, to the letter", async () => {
    const reports = committedReports();
    assert.ok(reports.length > 0 && reports.every(({ complete, quick }) => complete && !quick));
    assert.equal(readFileSync(pageFile, "utf8"), await formatted(page(reports), "markdown"));
  });
});
