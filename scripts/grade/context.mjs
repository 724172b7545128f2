// Whose code is graded now, and what became of it: shared between the worker that runs mocha and the tests. Kept on
// globalThis, because tests load this module as CommonJS and the worker as an ES module: there are two copies of it.
import path from "node:path";
import { readStub } from "./intake.mjs";
import { ownStubs, stubFolder, testFolder } from "./registry.mjs";

/**
 * @typedef {object} Context
 * @property {(id: string) => string} sourceOf the learner's code of an exercise; throws a LearnerError if there is none
 * @property {string} folder of the exercises' tests and declarations
 * @property {boolean} fenced whether children run behind Node's permission model (only the judge's own tests leave it out)
 * @property {number} patience factor on all deadlines, for a slow or busy machine
 * @property {string | undefined} where the line of the function that was called last
 * @property {number} ms how long the running test's code took, its loading included
 * @property {string} output what the running test's code printed, after `takeOutput`
 * @property {() => void} takeOutput
 * @property {Set<import("./process.mjs").LearnerProcess>} children those that run now
 * @property {((child: import("./process.mjs").LearnerProcess, runs: boolean) => void) | undefined} onChild
 */

const key = Symbol.for("unrolled.grade");

/** @returns {Context} */
export function context() {
  const store = /** @type {Record<symbol, Context | undefined>} */ (/** @type {unknown} */ (globalThis));
  return (store[key] ??= fromEnvironment());
}

/**
 * Plain `npx mocha test/exercises/<id>.ts`: the repository's own stubs, or those of UNROLLED_SUBMISSION.
 * @returns {Context}
 */
function fromEnvironment() {
  const submission = process.env.UNROLLED_SUBMISSION;
  const folder = submission ? path.resolve(submission, stubFolder) : ownStubs;
  return {
    sourceOf: (id) => readStub(folder, id),
    folder: testFolder,
    fenced: true,
    patience: 1,
    where: undefined,
    ms: 0,
    output: "",
    takeOutput: () => {},
    children: new Set(),
    onChild: undefined,
  };
}
