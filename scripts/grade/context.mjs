// Whose files are graded now, and what the running test's code printed: shared between the supervisor's worker and the
// tests. On globalThis, because tests load this module as CommonJS and the worker as an ES module: two copies.
import path from "node:path";
import { ownStubs, stubFolder } from "./registry.mjs";

/**
 * @typedef {object} Context
 * @property {(id: string) => string} fileOf the learner's file of an exercise
 * @property {boolean} fenced whether children run behind Node's permission model (only the judge's own tests leave it out)
 * @property {{ name: string | undefined, where: string | undefined } | undefined} lastCall
 * @property {string} output
 */

const key = Symbol.for("unrolled.grade");

/** @returns {Context} */
export function context() {
  const store = /** @type {Record<symbol, Context | undefined>} */ (/** @type {unknown} */ (globalThis));
  return (store[key] ??= fromEnvironment());
}

/** Plain `npx mocha test/exercises/<id>.ts`: the repository's own stubs, or UNROLLED_SUBMISSION's. */
function fromEnvironment() {
  const submission = process.env.UNROLLED_SUBMISSION;
  const folder = submission ? path.join(submission, ...stubFolder.split("/")) : ownStubs;
  return {
    fileOf: (/** @type {string} */ id) => path.join(folder, `${id}.ts`),
    fenced: true,
    lastCall: undefined,
    output: "",
  };
}
