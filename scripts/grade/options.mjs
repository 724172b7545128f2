// The options of `npm run grade`.
import path from "node:path";
import { parseArgs } from "node:util";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";
import { defaultJobs } from "./grade.mjs";
import { exerciseIds, stubFolder, suggestion } from "./registry.mjs";

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {string[]} exercises ids; none: all
 * @property {string} submission folder
 * @property {string} json where the report goes
 * @property {string | undefined} junit
 * @property {string | undefined} gradescope
 * @property {string | undefined} summary
 * @property {boolean} verbose
 * @property {number} jobs
 * @property {number} patience
 */

export const usage = `Usage: npm run grade [-- EXERCISE …] [options]

EXERCISE is the name of an exercise (one-hot); none means all of them.

  --submission FOLDER  grade the ${stubFolder} of this folder (default: this repository's)
  --json FILE          where the report goes (default build/grade/results.json)
  --junit FILE         also write it as JUnit XML
  --gradescope FILE    also write it as Gradescope's results.json
  --summary FILE       also append it as Markdown (default on GitHub Actions: the step's summary)
  --verbose            show every test, stacks, and all that the code printed
  --jobs N             how many exercises are graded at once (default ${defaultJobs})
  --patience FACTOR    multiply all deadlines, on a slow or busy machine (default 1)
  --help               this text

Exit code: 0 all passed, 1 some did not, 2 the grader itself failed, 130 stopped by Ctrl-C.`;

/**
 * Reads the command line; throws a SetupError that shows the usage, or the nearest exercise.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Options}
 */
export function readOptions(args, env = process.env) {
  const { values, positionals } = parse(args);
  const number = (/** @type {"jobs" | "patience"} */ name, /** @type {number} */ fallback) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value > 0 && value < Infinity))
      throw new SetupError(`--${name}: expected a number above 0, got "${values[name]}".`, usage);
    return value;
  };
  if (!values.help) {
    const known = exerciseIds();
    const unknown = positionals.find((id) => !known.includes(id));
    if (unknown !== undefined) throw new SetupError(`There is no exercise "${unknown}".`, suggestion(unknown, known));
  }
  return {
    help: values.help ?? false,
    exercises: positionals,
    submission: path.resolve(values.submission ?? root),
    json: path.resolve(values.json ?? path.join(root, "build", "grade", "results.json")),
    junit: values.junit,
    gradescope: values.gradescope,
    summary: values.summary ?? (env.GITHUB_ACTIONS === "true" ? env.GITHUB_STEP_SUMMARY || undefined : undefined),
    verbose: values.verbose ?? false,
    jobs: Math.ceil(number("jobs", defaultJobs)),
    patience: number("patience", 1),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        submission: { type: "string" },
        json: { type: "string" },
        junit: { type: "string" },
        gradescope: { type: "string" },
        summary: { type: "string" },
        verbose: { type: "boolean", short: "v" },
        jobs: { type: "string" },
        patience: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}
