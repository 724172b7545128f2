// From the results of the tests to the state and the points of an exercise, and from those to the sum. Pure.

/**
 * @typedef {import("./errors.mjs").State} State
 * @typedef {import("./registry.mjs").Exercise} Exercise
 * @typedef {import("./worker.mjs").TestResult & { points: number, maxPoints: number }} TestVerdict
 *
 * @typedef {object} Verdict
 * @property {string} id
 * @property {string} title
 * @property {State} state
 * @property {string} message why there is no better state; "" for one that passed
 * @property {number} points
 * @property {number} maxPoints
 * @property {TestVerdict[]} tests in the order of their declaration
 */

/** The state of an exercise is that of its worst test; only all tests together make it "not started". */
const worst = /** @type {const} */ (["error", "timeout", "fail", "not started"]);

/**
 * The verdict on an exercise whose tests ran, and what is wrong with the tests themselves.
 * @param {Exercise} exercise
 * @param {import("./pool.mjs").Outcome} outcome
 * @returns {{ verdict: Verdict, problems: string[] }}
 */
export function judge(exercise, { tests, problem }) {
  const { id, title, hints } = exercise;
  const problems = problem ? [`${id}: ${problem}`] : [];
  const declared = Object.entries(exercise.tests);
  if (declared.length === 0) problems.push(`${id}: ${id}.json declares no tests`);
  for (const { name } of tests)
    if (!(name in exercise.tests)) problems.push(`${id}: the test "${name}" is not declared in ${id}.json`);
  /** @type {TestVerdict[]} */
  const verdicts = declared.map(([name, maxPoints]) => {
    const [result, twice] = tests.filter((test) => test.name === name);
    if (twice) problems.push(`${id}: the test "${name}" ran twice`);
    if (result) return { ...result, points: result.state === "pass" ? maxPoints : 0, maxPoints };
    if (!problem) problems.push(`${id}: the declared test "${name}" did not run`);
    return didNotRun(name, "error", "the test did not run", maxPoints);
  });
  const failed = verdicts.filter(({ state }) => state === "fail");
  const [first] = failed;
  if (first && hints[0] && !failed.some(({ hint }) => hint)) first.hint = hints[0];
  const states = verdicts.map(({ state }) => state);
  /** @type {State} */
  let state = worst.find((state) => states.includes(state)) ?? "pass";
  if (state === "not started" && states.includes("pass")) state = "fail";
  if (problems.length) state = "error";
  const sum = verdicts.reduce((total, { points }) => total + points, 0);
  const message = problems[0] ?? (state === "pass" ? "" : summary(verdicts, state));
  return {
    verdict: { id, title, state, message, points: sum, maxPoints: maxPointsOf(exercise), tests: verdicts },
    problems,
  };
}

function summary(/** @type {TestVerdict[]} */ tests, /** @type {State} */ state) {
  if (state === "not started") return tests[0]?.message ?? "";
  const passed = tests.filter((test) => test.state === "pass").length;
  const first = tests.find((test) => test.state === state) ?? tests.find((test) => test.state !== "pass");
  return `${passed} of ${tests.length} tests pass; ${first?.name}: ${first?.message.split("\n")[0]}`;
}

/**
 * The verdict on an exercise whose tests did not run: skipped, or its file is missing.
 * @param {Exercise} exercise
 * @param {State} state
 * @param {string} message
 * @returns {Verdict}
 */
export function withoutRunning(exercise, state, message) {
  const tests = Object.entries(exercise.tests).map(([name, maxPoints]) => didNotRun(name, state, message, maxPoints));
  return { id: exercise.id, title: exercise.title, state, message, points: 0, maxPoints: maxPointsOf(exercise), tests };
}

/**
 * @param {string} name
 * @param {State} state
 * @param {string} message
 * @param {number} maxPoints
 * @returns {TestVerdict}
 */
function didNotRun(name, state, message, maxPoints) {
  return { name, state, message, ms: 0, points: 0, maxPoints };
}

/** The points that all tests of an exercise together are worth. */
export function maxPointsOf(/** @type {Exercise} */ exercise) {
  return Object.values(exercise.tests).reduce((sum, points) => sum + points, 0);
}
