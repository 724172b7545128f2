// Grades a submission: `gradeSubmission` is what `npm run grade`, the learner's and the teacher's commands and `check()`
// share. Prints nothing and writes nothing: events and the report go to the caller.
import { availableParallelism } from "node:os";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";
import { takeIn } from "./intake.mjs";
import { createPool } from "./pool.mjs";
import { exerciseIds, readExercise, suggestion, testFolder } from "./registry.mjs";
import { judge, maxPointsOf, withoutRunning } from "./verdict.mjs";

/**
 * @typedef {import("./registry.mjs").Exercise} Exercise
 * @typedef {import("./verdict.mjs").Verdict} Verdict
 * @typedef {import("./worker.mjs").TestResult} TestResult
 * @typedef {import("./pool.mjs").Pool} Pool
 *
 * @typedef {object} Report
 * @property {1} version of this schema: docs/grading.md
 * @property {boolean} complete false while exercises are still to come, and after Ctrl-C
 * @property {number} points
 * @property {number} maxPoints
 * @property {Verdict[]} exercises those that are done, in course order
 * @property {string[]} notes what was ignored in the submission
 * @property {string[]} problems what is wrong with the grader itself: the result is not to be trusted, exit code 2
 *
 * @typedef {{ type: "start", id: string, title: string } | { type: "test", id: string, test: TestResult }
 *   | { type: "exercise", verdict: Verdict, done: number, total: number, report: Report }} Event
 *
 * @typedef {object} Options
 * @property {string} [submission] a folder with lib/src/exercises; default: this repository
 * @property {string[]} [exercises] ids; default: all
 * @property {number} [jobs] how many exercises are graded at once; default: one a core
 * @property {number} [patience] factor on all deadlines, for a slow or busy machine
 * @property {AbortSignal} [signal] stops early; the report then holds what is done
 * @property {(event: Event) => void} [onEvent]
 * @property {string} [folder] the exercises' tests and declarations; default: test/exercises
 * @property {boolean} [fenced] false leaves out Node's permission model: only to test what remains without it
 * @property {Pool} [pool] judges to share between several calls; the caller closes it
 */

export const defaultJobs = Math.max(1, availableParallelism());

/**
 * Grades the exercises of one submission. Throws a SetupError for an exercise or a folder that does not exist; whatever
 * the learner's code does is in the report.
 * @param {Options} [options]
 * @returns {Promise<Report>}
 */
export async function gradeSubmission({
  submission = root,
  exercises: wanted,
  jobs = defaultJobs,
  patience = 1,
  signal,
  onEvent = () => {},
  folder = testFolder,
  fenced = true,
  pool,
} = {}) {
  const known = exerciseIds(folder);
  const chosen = choose(wanted, known);
  const plan = withRequirements(chosen, known, folder);
  const intake = takeIn(submission, [...plan.keys()], known);
  /** @type {Map<string, Verdict>} */
  const verdicts = new Map();
  /** @type {string[]} */
  const problems = [];
  const report = () =>
    makeReport(
      chosen.flatMap((id) => plan.get(id) ?? []),
      verdicts,
      intake.notes,
      problems,
    );

  const judges = pool ?? createPool({ jobs: Math.min(jobs, plan.size) });
  /** @type {Map<string, Promise<Verdict | undefined>>} */
  const running = new Map();
  /** @returns {Promise<Verdict | undefined>} */
  const start = (/** @type {Exercise} */ exercise) => {
    const { id } = exercise;
    const before = exercise.requires.map((other) => /** @type {Promise<Verdict>} */ (running.get(other)));
    const work = Promise.all(before).then(async (required) => {
      if (signal?.aborted) return undefined;
      const verdict = await gradeExercise(exercise, required);
      if (!verdict) return undefined;
      verdicts.set(id, verdict);
      if (chosen.includes(id)) {
        const done = chosen.filter((name) => verdicts.has(name)).length;
        onEvent({ type: "exercise", verdict, done, total: chosen.length, report: report() });
      }
      return verdict;
    });
    running.set(id, work);
    return work;
  };
  /** @returns {Promise<Verdict | undefined>} */
  const gradeExercise = async (/** @type {Exercise} */ exercise, /** @type {(Verdict | undefined)[]} */ required) => {
    const { id, title } = exercise;
    const without = intake.missing[id];
    if (without) return withoutRunning(exercise, without.state, without.message);
    const blocker = required.find((verdict) => verdict?.state !== "pass");
    if (blocker) return withoutRunning(exercise, "skipped", `depends on ${blocker.id} (${blocker.state})`);
    onEvent({ type: "start", id, title });
    const outcome = await runTests(judges, exercise, intake.sources, {
      signal,
      patience,
      folder,
      fenced,
      onTest: (test) => onEvent({ type: "test", id, test }),
    });
    if (outcome.stopped) return undefined;
    const found = judge(exercise, outcome);
    problems.push(...found.problems);
    return found.verdict;
  };
  try {
    await Promise.all([...plan.values()].map(start));
  } finally {
    if (!pool) judges.close();
  }
  return report();
}

/**
 * Runs an exercise's tests on these sources.
 * @param {Pool} pool
 * @param {Exercise} exercise
 * @param {Record<string, string>} sources id → code, the required exercises' too
 * @param {{ signal?: AbortSignal | undefined, onTest?: (test: TestResult) => void, folder?: string,
 *   fenced?: boolean, patience?: number }} [options]
 */
export async function runTests(
  pool,
  exercise,
  sources,
  { signal, onTest, folder = testFolder, fenced = true, patience = 1 } = {},
) {
  const { id, requires, deadlineMs, tests } = exercise;
  const needed = Object.fromEntries(
    [id, ...requires].flatMap((name) => (sources[name] === undefined ? [] : [[name, sources[name]]])),
  );
  // Far more than the tests' own deadlines add up to: only a fault of the judge gets there.
  const limitMs = 60_000 + Object.keys(tests).length * (deadlineMs * patience + 5_000);
  return pool.run({ id, sources: needed, folder, fenced, patience }, { limitMs, signal, onTest });
}

/**
 * The wanted ids in course order. Throws a SetupError that suggests the nearest for one that does not exist.
 * @param {string[] | undefined} wanted
 * @param {string[]} known
 */
function choose(wanted, known) {
  if (!wanted?.length) return known;
  const unknown = wanted.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new SetupError(`There is no exercise "${unknown}".`, suggestion(unknown, known));
  return known.filter((id) => wanted.includes(id));
}

/**
 * The chosen exercises with all they require, each after its requirements.
 * @param {string[]} chosen
 * @param {string[]} known
 * @returns {Map<string, Exercise>}
 */
export function withRequirements(chosen, known, folder = testFolder) {
  /** @type {Map<string, Exercise>} */
  const plan = new Map();
  const visit = (/** @type {string} */ id, /** @type {string[]} */ path) => {
    if (plan.has(id)) return;
    if (path.includes(id)) throw new Error(`exercises require one another in a circle: ${[...path, id].join(" → ")}`);
    if (!known.includes(id)) throw new Error(`${path.at(-1)}.json requires "${id}", which is not in order.json`);
    const exercise = readExercise(id, folder);
    for (const other of exercise.requires) visit(other, [...path, id]);
    plan.set(id, exercise);
  };
  for (const id of chosen) visit(id, []);
  return plan;
}

/**
 * @param {Exercise[]} exercises
 * @param {Map<string, Verdict>} verdicts
 * @param {string[]} notes
 * @param {string[]} problems
 * @returns {Report}
 */
function makeReport(exercises, verdicts, notes, problems) {
  const done = exercises.flatMap(({ id }) => verdicts.get(id) ?? []);
  return {
    version: 1,
    complete: done.length === exercises.length,
    points: done.reduce((sum, { points }) => sum + points, 0),
    maxPoints: exercises.reduce((sum, exercise) => sum + maxPointsOf(exercise), 0),
    exercises: done,
    notes: [...notes],
    problems: [...problems],
  };
}
