// The judge against clumsy and hostile submissions: each gets its named state and loses points only where it deserves, none
// outlives its deadline by a second, and no process or folder is left.
import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gradeSubmission, type Report } from "../../scripts/grade/grade.mjs";
import { createPool, type Pool } from "../../scripts/grade/pool.mjs";
import { isWindows, root } from "../../scripts/setup/paths.mjs";
import { mark, submissions, titles, writeSubmission, type Submission } from "./submissions.mjs";

const exercises = fileURLToPath(new URL("exercises", import.meta.url));
const deadlineMs = 600;

/** Processes of this run that are still there: by their number on the command line, or by the folder in their environment. */
function survivors(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
      return command.includes(mark) || environment.includes(`TMPDIR=${folder}/unrolled-grade-`);
    } catch {
      return false;
    }
  });
}

describe("the judge, with hostile submissions", () => {
  if (isWindows) return;
  const folder = mkdtempSync(path.join(tmpdir(), "unrolled-hostile-"));
  const temporary = process.env.TMPDIR;
  let pool: Pool;
  const reports = new Map<Submission, Promise<Report>>();

  before(() => {
    process.env.TMPDIR = folder;
    process.env.GITHUB_TOKEN = "secret";
    pool = createPool({ jobs: availableParallelism() });
    for (const [i, submission] of submissions.entries()) {
      const place = path.join(folder, `submission-${i}`);
      writeSubmission(submission, place);
      const work = gradeSubmission({
        submission: place,
        exercises: [submission.exercise ?? "sum"],
        folder: exercises,
        fenced: submission.fenced ?? true,
        pool,
      });
      work.catch(() => {}); // said by the test that awaits it
      reports.set(submission, work);
    }
  });
  after(() => {
    pool.close();
    delete process.env.GITHUB_TOKEN;
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    rmSync(folder, { recursive: true, force: true });
  });

  it("are at least forty", () => {
    assert.ok(submissions.length >= 40);
    assert.equal(new Set(submissions.map(({ name }) => name)).size, submissions.length, "different names");
  });

  for (const submission of submissions)
    it(`knows what to say of ${submission.name}`, async function () {
      this.timeout(180_000);
      const report = await reports.get(submission);
      assert.ok(report);
      const [verdict] = report.exercises;
      assert.ok(verdict);
      const { states, exercise = "sum" } = submission;
      const expected = Object.fromEntries(
        Object.entries(titles[exercise]).map(([key, title]) => [
          title,
          typeof states === "string" ? states : ((states as Record<string, string>)[key] ?? "pass"),
        ]),
      );
      const got = Object.fromEntries(verdict.tests.map(({ name, state }) => [name, state]));
      const messages = verdict.tests.map(({ message }) => message).join("\n");
      assert.deepEqual(got, expected, messages);
      assert.equal(verdict.points, Object.values(expected).filter((state) => state === "pass").length);
      if (submission.name !== "the judge killed by a program") assert.deepEqual(report.problems, []);

      const first = verdict.tests.find(({ state }) => state !== "pass");
      if (submission.message) assert.match(first?.message ?? "", submission.message);
      if (submission.hint) assert.match(first?.hint ?? "", submission.hint);
      if (submission.trace) assert.match(first?.trace ?? "", submission.trace);
      if (submission.where) assert.match(first?.where ?? "", submission.where);
      if (submission.output) assert.match(verdict.tests.find(({ output }) => output)?.output ?? "", submission.output);
      for (const note of submission.notes ?? [])
        assert.ok(
          report.notes.some((text) => note.test(text)),
          `${note} among\n${report.notes.join("\n")}`,
        );
      const text = JSON.stringify(report, (key, value: unknown) => (key === "output" ? "" : value));
      assert.ok(text.length < 40_000, `a report of ${text.length} characters`);
      const values = [report.notes, verdict.tests.map(({ message, hint, trace }) => [message, hint, trace])];
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(values.flat(2).join("\n"), /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      if (exercise === "sum")
        for (const { name, ms } of verdict.tests) assert.ok(ms < deadlineMs + 1000, `${name} took ${ms} ms`);
    });

  it("leaves no process, no folder, and the repository as it was", async function () {
    this.timeout(180_000);
    await Promise.allSettled(reports.values());
    pool.close();
    if (process.platform === "linux") assert.deepEqual(survivors(folder), []);
    const left = readdirSync(folder).filter((name) => name.startsWith("unrolled-grade-"));
    assert.deepEqual(left, []);
    assert.ok(existsSync(path.join(exercises, "sum.ts")));
    assert.ok(!existsSync(path.join(root, "lib", "dist", "forged.js")));
  });
});
