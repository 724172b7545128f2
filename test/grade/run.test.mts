// `npm run grade` as a person or a server runs it: exit codes, reports, Ctrl-C, two at once; and the adapters' formats.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
// @ts-expect-error: the package has no types
import { JSDOM } from "jsdom";
import { gradeSubmission, type Report } from "../../scripts/grade/grade.mjs";
import { gradescopeOf } from "../../scripts/grade/gradescope.mjs";
import { junitOf } from "../../scripts/grade/junit.mjs";
import { readExercise } from "../../scripts/grade/registry.mjs";
import { summaryOf } from "../../scripts/grade/summary.mjs";
import { reportText } from "../../scripts/grade/terminal.mjs";
import { judge } from "../../scripts/grade/verdict.mjs";
import { isWindows, readJson, root } from "../../scripts/setup/paths.mjs";

const exercises = fileURLToPath(new URL("exercises", import.meta.url));

/** The output and exit code of `npm run grade`, and how to interrupt it. */
function grade(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [path.join(root, "scripts", "grade.mjs"), ...args], {
    env: { ...process.env, GITHUB_ACTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, text })),
  );
  return { child, ended };
}

describe("npm run grade", function () {
  this.timeout(60_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "unrolled-grade-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function submissionOf(name: string, source: string): string {
    const stubs = path.join(folder, name, "lib", "src", "exercises");
    mkdirSync(stubs, { recursive: true });
    writeFileSync(path.join(stubs, "one-hot.ts"), source);
    return path.join(folder, name);
  }
  const solution = () => readFileSync(path.join(root, "lib", "src", "solutions", "one-hot.ts"), "utf8");

  it("ends with 0 if all passed, and writes all its reports", async () => {
    const file = (name: string) => path.join(folder, "reports", name);
    const { code, text } = await grade([
      ...["one-hot", "--submission", submissionOf("right", solution()), "--json", file("r.json")],
      ...["--junit", file("r.xml"), "--gradescope", file("g.json"), "--summary", path.join(folder, "s.md")],
    ]).ended;
    assert.equal(code, 0, text);
    assert.match(text, /one-hot +10\/10 +✔ pass/);
    const report = readJson(file("r.json")) as Report;
    assert.equal(report.version, 1);
    assert.equal(report.complete, true);
    assert.equal(report.exercises[0]?.state, "pass");
    assert.equal(readJson(file("g.json")).score, report.maxPoints);
    assert.match(readFileSync(file("r.xml"), "utf8"), /<testsuite name="one-hot"/);
    assert.match(readFileSync(path.join(folder, "s.md"), "utf8"), /\| one-hot \| 10\/10 \| pass \|/);
    assert.deepEqual(readdirSync(path.join(folder, "reports")).sort(), ["g.json", "r.json", "r.xml"]);
  });

  it("ends with 1 if one did not, and adds to the step's summary on GitHub Actions", async () => {
    const summary = path.join(folder, "step.md");
    const submission = submissionOf("wrong", solution().replace(/return [^;]+;/, "return [];"));
    const args = ["one-hot", "--submission", submission, "--json", path.join(folder, "wrong.json")];
    const { code, text } = await grade(args, { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary }).ended;
    assert.equal(code, 1, text);
    assert.match(text, /one-hot: fail, \d of 10 points/);
    assert.match(text, /expected .+\n +got /);
    assert.match(text, /at lib\/src\/exercises\/one-hot\.ts:\d+/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(text, /\x1b/, "no colours in a pipe");
    assert.match(readFileSync(summary, "utf8"), /### 0 of 1 exercise passed/);
  });

  it("ends with 2 for what is not there, and suggests the nearest exercise", async () => {
    const typo = await grade(["one-hto"]).ended;
    assert.equal(typo.code, 2);
    assert.match(typo.text, /There is no exercise "one-hto"\.\nDid you mean "one-hot"\?/);
    const option = await grade(["--jsn", "x"]).ended;
    assert.equal(option.code, 2);
    assert.match(option.text, /Usage: npm run grade/);
    const missing = await grade(["--submission", "/nowhere"]).ended;
    assert.equal(missing.code, 2);
    assert.match(missing.text, /There is no folder \/nowhere/);
  });

  it("ends with 2 if the report cannot be written, but still shows the result", async () => {
    const submission = submissionOf("right", solution());
    const below = path.join(folder, "a-file");
    writeFileSync(below, "");
    const { code, text } = await grade(["one-hot", "--submission", submission, "--json", path.join(below, "r.json")])
      .ended;
    assert.equal(code, 2);
    assert.match(text, /one-hot +10\/10 +✔ pass/);
    assert.match(text, /The grader failed: The report could not be written to .*r\.json/);
    if (!existsSync("/dev/full")) return;
    const full = await grade(["one-hot", "--submission", submission, "--json", "/dev/full"]).ended;
    assert.equal(full.code, 2);
    assert.match(full.text, /the disk is full/);
  });

  it("leaves the report and no process when it is interrupted", async function () {
    if (isWindows) this.skip();
    const marker = path.join(folder, "home");
    mkdirSync(marker);
    const json = path.join(folder, "stopped.json");
    const submission = submissionOf("endless", "for (;;);");
    const run = grade(["--submission", submission, "--json", json, "--patience", "100"], { TMPDIR: marker });
    while (!readdirSync(marker).some((name) => name.startsWith("unrolled-grade-"))) await sleep(20);
    await sleep(300);
    run.child.kill("SIGINT");
    const { code, text } = await run.ended;
    assert.equal(code, 130, text);
    assert.match(text, /Stopped: the report holds what was graded until then/);
    assert.equal((readJson(json) as Report).complete, false);
    assert.deepEqual(
      readdirSync(marker).filter((name) => name.startsWith("unrolled-grade-")),
      [],
    );
    if (process.platform !== "linux") return;
    const left = () =>
      readdirSync("/proc").filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(`TMPDIR=${marker}`);
        } catch {
          return false;
        }
      });
    for (let i = 0; i < 40 && left().length; i++) await sleep(50); // the compiler ends when its judge is gone
    assert.deepEqual(left(), []);
  });

  it("may run twice at once, into the same report", async () => {
    const args = [
      "one-hot",
      "--submission",
      submissionOf("right", solution()),
      "--json",
      path.join(folder, "same.json"),
    ];
    const runs = await Promise.all([grade(args).ended, grade(args).ended]);
    for (const { code, text } of runs) assert.equal(code, 0, text);
    assert.equal((readJson(path.join(folder, "same.json")) as Report).complete, true);
  });
});

describe("gradeSubmission", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "unrolled-grade-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const good = `export function sum(list: number[]): number { let s = 0; for (const x of list) s += x; return s; }
export function scale(list: number[], k: number): number[] { return list.map((x) => k * x); }
export async function later(x: number): Promise<number> { return x; }`;
  const mean =
    "export function mean(list: number[], sum: (list: number[]) => number) { return sum(list) / list.length; }";

  function write(name: string, sum: string): string {
    const stubs = path.join(folder, name, "lib", "src", "exercises");
    mkdirSync(stubs, { recursive: true });
    writeFileSync(path.join(stubs, "sum.ts"), sum);
    writeFileSync(path.join(stubs, "after-sum.ts"), mean);
    return path.join(folder, name);
  }

  it("joins an exercise with those it requires", async () => {
    const report = await gradeSubmission({
      submission: write("joined", good),
      exercises: ["after-sum"],
      folder: exercises,
    });
    assert.deepEqual(
      report.exercises.map(({ id, state, points }) => ({ id, state, points })),
      [{ id: "after-sum", state: "pass", points: 2 }],
    );
  });

  it("skips an exercise if one it requires has not passed", async () => {
    const submission = write("skipped", good.replace("s += x", "s -= x"));
    const { exercises: verdicts } = await gradeSubmission({ submission, exercises: ["after-sum"], folder: exercises });
    assert.equal(verdicts[0]?.state, "skipped");
    assert.equal(verdicts[0]?.message, "depends on sum (fail)");
  });

  it("gives the same report twice, but for the time", async () => {
    const submission = write("twice", good.replace("s += x", "s += x * Number(console.log(x) ?? 1)"));
    const grade = async () => {
      const report = await gradeSubmission({ submission, exercises: ["sum", "after-sum"], folder: exercises });
      return JSON.stringify(report, (key, value) => (key === "ms" ? 0 : value));
    };
    assert.equal(await grade(), await grade());
  });
});

describe("judge", () => {
  const exercise = { ...readExercise("sum", exercises), tests: { "sum a": 1, "sum b": 2 } };
  const test = (name: string) => ({ name, state: "pass" as const, message: "", ms: 1 });

  it("takes a declared test that did not run for a failure of the run", () => {
    const { verdict, problems } = judge(exercise, { tests: [test("sum a")] });
    assert.equal(verdict.state, "error");
    assert.deepEqual(problems, ['sum: the declared test "sum b" did not run']);
  });

  it("takes a test that is not declared, and no test at all, for a failure of the run", () => {
    const all = [test("sum a"), test("sum b")];
    assert.deepEqual(judge(exercise, { tests: all }).problems, []);
    assert.match(judge(exercise, { tests: [...all, test("sum c")] }).problems[0] ?? "", /"sum c" is not declared/);
    assert.match(judge(exercise, { tests: [...all, test("sum a")] }).problems[0] ?? "", /"sum a" ran twice/);
    assert.match(judge({ ...exercise, tests: {} }, { tests: [] }).problems[0] ?? "", /declares no tests/);
  });
});

describe("the adapters", () => {
  const nasty = 'a | b <script>alert("1")</script> & `x` ]]>\n\nsecond\u0001';
  const report: Report = {
    version: 1,
    complete: true,
    points: 1,
    maxPoints: 6,
    exercises: [
      {
        ...{ id: "one", title: "One", state: "fail", message: nasty, points: 1, maxPoints: 6 },
        tests: [
          { name: "one passes", state: "pass", message: "", ms: 2, points: 1, maxPoints: 1 },
          {
            name: "one fails",
            state: "fail",
            message: nasty,
            ms: 3,
            points: 0,
            maxPoints: 2,
            output: nasty,
            where: "a.ts:1",
          },
          { name: "one hangs", state: "timeout", message: "no", ms: 600, points: 0, maxPoints: 2 },
          { name: "one waits", state: "not started", message: "not yet", ms: 0, points: 0, maxPoints: 1 },
        ],
      },
    ],
    notes: [],
    problems: [],
  };

  it("write XML that a parser reads, with the counts of JUnit", () => {
    const { document } = new JSDOM(junitOf(report), { contentType: "text/xml" }).window;
    const suite = document.querySelector("testsuite");
    assert.equal(suite?.getAttribute("tests"), "4");
    assert.equal(suite?.getAttribute("failures"), "1");
    assert.equal(suite?.getAttribute("errors"), "1");
    assert.equal(suite?.getAttribute("skipped"), "1");
    assert.equal(document.querySelectorAll("testcase > failure").length, 1);
    assert.match(document.querySelector("failure")?.textContent ?? "", /<script>alert\("1"\)<\/script> & `x` \]\]>/);
  });

  it("give Gradescope the points of each test", () => {
    const result = gradescopeOf(report) as {
      score: number;
      tests: { score: number; max_score: number; status: string }[];
    };
    assert.equal(result.score, 1);
    assert.deepEqual(
      result.tests.map(({ score }) => score),
      [1, 0, 0, 0],
    );
    assert.deepEqual(
      result.tests.map(({ max_score }) => max_score),
      [1, 2, 2, 1],
    );
    assert.deepEqual(
      result.tests.map(({ status }) => status),
      ["passed", "failed", "failed", "failed"],
    );
  });

  it("keep Markdown and HTML out of GitHub's summary", () => {
    const text = summaryOf(report);
    assert.doesNotMatch(text, /<script>/);
    assert.match(text, /\| one \| 1\/6 \| fail \| a \\\| b &lt;script&gt;/);
  });

  it("say once in GitHub's summary what several tests have in common", () => {
    const [one] = report.exercises;
    const broken = ["a", "b"].map((name) => ({ ...one!.tests[2]!, name, state: "error" as const, message: "no `}`" }));
    const text = summaryOf({ ...report, exercises: [{ ...one!, tests: broken }] });
    assert.equal(text.split("no `}`").length - 1, 1);
    assert.match(text, /<summary>a: error<br>b: error<\/summary>/);
  });

  it("say every state in a word on the terminal", () => {
    const text = reportText(report, { colours: false, verbose: true });
    for (const state of ["pass", "fail", "timeout", "not started"]) assert.match(text, new RegExp(`[✔✗·] ${state}`));
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(text, /\x1b/);
  });
});
