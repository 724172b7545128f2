// The author's check: every exercise has a stub that is "not started", a solution that passes, wrong answers that fail each
// for the reason they name, hints and points. Runs the judge as `npm run grade` does.
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { runTests, withRequirements } from "../../scripts/grade/grade.mjs";
import { createPool } from "../../scripts/grade/pool.mjs";
import { exerciseIds, ownStubs, readExercise, testFolder } from "../../scripts/grade/registry.mjs";
import { judge, type Verdict } from "../../scripts/grade/verdict.mjs";
import { readStubs } from "../../scripts/teach/stubs.mjs";

const solutionFolder = path.join(ownStubs, "..", "solutions");
const wrongFolder = (id: string) => path.join(testFolder, "wrong", id);

/** The first lines of a wrong answer: which tests it fails, in which state, and the misconception in a sentence. */
function readWrong(file: string) {
  const lines = readFileSync(file, "utf8").split("\n");
  const fails = lines.flatMap((line) => {
    const [, state = "fail", title = ""] = /^\/\/ fails(?: \((\w+)\))?: (.+)$/.exec(line.trim()) ?? [];
    return title ? [{ state, title }] : [];
  });
  return { fails, reason: lines.find((line) => /^\/\/ (?!fails\b)\S/.test(line)) };
}

describe("the exercises", () => {
  const ids = exerciseIds();
  const pool = createPool({ jobs: availableParallelism() });
  after(() => pool.close());

  /** What the judge says of an answer; the exercises it requires are our own solutions. */
  async function verdictOn(id: string, file: string): Promise<Verdict> {
    const exercise = readExercise(id);
    const source = (name: string) => readFileSync(path.join(solutionFolder, `${name}.ts`), "utf8");
    const required = Object.fromEntries(exercise.requires.map((name) => [name, source(name)]));
    // The stub as its author wrote it: in lib/src/exercises somebody may be learning.
    const own = path.dirname(file) === ownStubs ? readStubs()[id]! : readFileSync(file, "utf8");
    const sources = { ...required, [id]: own };
    const outcome = await runTests(pool, exercise, sources, { patience: 4 }); // on a busy machine, too
    const { verdict, problems } = judge(exercise, outcome);
    assert.deepEqual(problems, []);
    return verdict;
  }

  /** Starts them all when the first is asked for: the pool runs as many at once as there are cores. */
  const started = new Map<string, Promise<Verdict>>();
  const answers = ids.flatMap((id) => [
    { id, file: path.join(ownStubs, `${id}.ts`) },
    { id, file: path.join(solutionFolder, `${id}.ts`) },
    ...wrongAnswers(id).map((name) => ({ id, file: path.join(wrongFolder(id), name) })),
  ]);
  function verdictOf(file: string): Promise<Verdict> {
    if (!started.size)
      for (const answer of answers) {
        const work = verdictOn(answer.id, answer.file);
        work.catch(() => {}); // reported by the test that awaits it
        started.set(answer.file, work);
      }
    const verdict = started.get(file);
    assert.ok(verdict, `${file} is no answer`);
    return verdict;
  }

  function wrongAnswers(id: string): string[] {
    const folder = wrongFolder(id);
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
  }

  it("are listed once, each with a stub and a solution, and nothing else is there", () => {
    const stubs = readdirSync(ownStubs).filter((name) => name !== "not-implemented.ts");
    const files = ids.map((id) => `${id}.ts`).sort();
    assert.deepEqual(stubs.sort(), files, "lib/src/exercises and order.json");
    assert.deepEqual(readdirSync(solutionFolder).sort(), files, "lib/src/solutions and order.json");
    assert.deepEqual(
      readdirSync(path.join(testFolder, "wrong")).sort(),
      [...ids].sort(),
      "test/exercises/wrong and order.json",
    );
  });

  it("require only exercises that come before them", () => {
    const plan = [...withRequirements(ids, ids).keys()];
    assert.deepEqual(plan, ids, "in the order of their requirements");
  });

  for (const id of ids)
    describe(id, () => {
      it("has a title, a summary, three hints and points for its tests", () => {
        const { title, summary, notebook, from, hints, tests, deadlineMs } = readExercise(id);
        for (const [name, text] of Object.entries({ title, summary, notebook, from })) assert.ok(text.trim(), name);
        assert.equal(hints.length, 3, "three hints");
        assert.equal(new Set(hints).size, 3, "three different hints");
        assert.ok(Object.keys(tests).length >= 2, "two tests or more");
        for (const name of Object.keys(tests)) assert.ok(name.startsWith(`${id} `), `"${name}" starts with the id`);
        assert.ok(deadlineMs <= 10_000, "a deadline of 10 s at most");
      });

      it("has a stub that is not started", async function () {
        this.timeout(120_000);
        const { state, points, tests } = await verdictOf(path.join(ownStubs, `${id}.ts`));
        assert.equal(state, "not started");
        assert.equal(points, 0);
        for (const test of tests) assert.equal(test.state, "not started", `${test.name}: ${test.message}`);
      });

      it("has a solution that earns all points", async function () {
        this.timeout(120_000);
        const { state, points, maxPoints, tests } = await verdictOf(path.join(solutionFolder, `${id}.ts`));
        for (const test of tests) assert.equal(test.state, "pass", `${test.name}: ${test.message} ${test.trace ?? ""}`);
        assert.equal(state, "pass");
        assert.equal(points, maxPoints);
      });

      it("has at least three wrong answers", () => {
        assert.ok(wrongAnswers(id).length >= 3, `there are ${wrongAnswers(id).length}`);
      });

      for (const name of wrongAnswers(id))
        it(`fails the wrong answer "${name.replace(/\.ts$/, "")}" for its reason`, async function () {
          this.timeout(120_000);
          const file = path.join(wrongFolder(id), name);
          const { fails, reason } = readWrong(file);
          assert.ok(fails.length, "its first line is: // fails: <full test title>");
          assert.ok(reason, "a comment says what the misconception is");
          const verdict = await verdictOf(file);
          for (const { title, state } of fails) {
            const test = verdict.tests.find((test) => test.name === title);
            assert.ok(test, `there is no test "${title}"`);
            assert.equal(test.state, state, `${title}: ${test.message}`);
          }
          for (const test of verdict.tests)
            if (!fails.some(({ title }) => title === test.name))
              assert.ok(["pass", "fail"].includes(test.state), `${test.name} ends in ${test.state}: ${test.message}`);
          assert.ok(verdict.points < verdict.maxPoints);
        });
    });
});
