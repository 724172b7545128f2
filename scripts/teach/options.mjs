// The options of `npm run grade:class`.
import path from "node:path";
import { parseArgs } from "node:util";
import { defaultJobs } from "../grade/grade.mjs";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {string} folder with the submissions
 * @property {string[]} exercises none: all
 * @property {string} out
 * @property {number} jobs
 * @property {boolean} fresh
 */

export const usage = `Usage: npm run grade:class -- FOLDER [options]

FOLDER holds one folder or .zip for each learner, with the learner's lib/src/exercises in it. Writes class.csv, and a
folder for each learner with results.json and report.md. Run again after an interruption or with late submissions: what
was graded and has not changed is kept.

  --exercise ID   grade only this exercise; may be repeated (default: all)
  --out FOLDER    where the results go (default build/class)
  --jobs N        how many exercises are graded at once (default ${defaultJobs})
  --fresh         grade again what was graded before
  --help          this text

Exit code: 0 all submissions were graded, 2 some could not be (class.csv says why), 130 stopped.`;

/**
 * Reads the command line; throws a SetupError that shows the usage.
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        exercise: { type: "string", multiple: true },
        out: { type: "string" },
        jobs: { type: "string" },
        fresh: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    const [folder = "", ...rest] = positionals;
    if (!values.help && (!folder || rest.length)) throw new Error(`expected one folder, got ${positionals.length}`);
    const jobs = values.jobs === undefined ? defaultJobs : Number(values.jobs);
    if (!(Number.isInteger(jobs) && jobs > 0))
      throw new Error(`--jobs: expected a number above 0, got "${values.jobs}"`);
    return {
      help: values.help ?? false,
      folder: path.resolve(folder),
      exercises: values.exercise ?? [],
      out: path.resolve(values.out ?? path.join(root, "build", "class")),
      jobs,
      fresh: values.fresh ?? false,
    };
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}
