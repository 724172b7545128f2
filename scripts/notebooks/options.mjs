// The options of `npm run notebooks`, and which notebooks the names on its command line stand for.
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";

/**
 * @typedef {object} Options
 * @property {string[]} notebooks absolute paths, in the order of the table
 * @property {boolean} full trains in full instead of the fast mode
 * @property {boolean} help
 * @property {boolean} html
 * @property {string | undefined} json where the results go as JSON
 * @property {string | undefined} kernel
 * @property {string} out
 * @property {number} jobs
 * @property {number} cellTimeout seconds
 * @property {number} timeout seconds
 */

// A training notebook keeps two cores busy; more at once would only wait for each other.
const defaultJobs = Math.max(1, Math.floor(availableParallelism() / 2));

export const usage = `Usage: npm run notebooks [-- NAME …] [options]

NAME is a number (01), a name (01-hello-world-to-alice) or the path of any notebook; none means all of notebooks/.

  --full              train in full (default: the fast mode, UNROLLED_FAST=1)
  --jobs N            how many notebooks run at once (default ${defaultJobs})
  --cell-timeout S    limit for one cell in seconds (default 600, with --full 3600)
  --timeout S         limit for one notebook in seconds (default 900, with --full 7200)
  --kernel NAME       kernel to use (default: the notebook's own; tslab-stock is the unchanged tslab)
  --out FOLDER        where results go (default build/notebooks)
  --no-html           leave out the HTML pages
  --json FILE         also write the results as JSON
  --help              this text`;

/**
 * Reads the command line; throws a SetupError that shows the usage.
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values, positionals } = parse(args);
  const number = (/** @type {"jobs" | "cell-timeout" | "timeout"} */ name, /** @type {number} */ fallback) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value > 0)) throw new SetupError(`--${name}: expected a number above 0, got "${values[name]}".`, usage);
    return value;
  };
  const full = values.full ?? false;
  return {
    notebooks: values.help ? [] : findNotebooks(positionals),
    full,
    help: values.help ?? false,
    html: !values["no-html"],
    json: values.json,
    kernel: values.kernel,
    out: path.resolve(values.out ?? path.join(root, "build", "notebooks")),
    jobs: Math.ceil(number("jobs", defaultJobs)),
    cellTimeout: number("cell-timeout", full ? 3600 : 600),
    timeout: number("timeout", full ? 7200 : 900),
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        full: { type: "boolean" },
        jobs: { type: "string" },
        "cell-timeout": { type: "string" },
        timeout: { type: "string" },
        kernel: { type: "string" },
        out: { type: "string" },
        "no-html": { type: "boolean" },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}

/**
 * The notebooks that names stand for: a path, a whole name, or its number.
 * @param {string[]} names
 * @param {string} [folder]
 * @returns {string[]}
 */
export function findNotebooks(names, folder = path.join(root, "notebooks")) {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  const known = all.map((file) => file.slice(0, -".ipynb".length)).join(", ");
  if (names.length === 0) {
    if (all.length === 0) throw new SetupError(`There is no notebook in ${folder}.`, "Name the path of one.");
    return all.map((name) => path.join(folder, name));
  }
  const found = names.map((name) => {
    if (name.endsWith(".ipynb") && existsSync(name)) return path.resolve(name);
    const matches = all.filter((file) => file === name || file === `${name}.ipynb` || file.startsWith(`${name}-`));
    const [only] = matches;
    if (matches.length === 1 && only) return path.join(folder, only);
    throw new SetupError(`There is no notebook "${name}".`, `There are: ${known}. The path of any .ipynb works, too.`);
  });
  const unique = [...new Set(found)];
  const files = unique.map((file) => path.basename(file));
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice)
    throw new SetupError(
      `Two of the notebooks are called ${twice}.`,
      "Run them one after the other, with different --out folders.",
    );
  return unique;
}
