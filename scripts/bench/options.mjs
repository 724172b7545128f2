// The options of `npm run bench`.
import { parseArgs } from "node:util";
import { SetupError } from "../setup/errors.mjs";

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean} list
 * @property {boolean} quick
 * @property {boolean} write also writes docs/performance.md
 * @property {boolean} python measures PyTorch and NumPy, too
 * @property {string[]} only names of workloads; none means all
 * @property {string | undefined} json where the report goes, besides build/bench.json
 * @property {string | undefined} from a report to show (and write) instead of measuring
 * @property {number} rounds
 * @property {number} seconds how long a contender works in each round
 * @property {number} wait seconds to wait for a quiet machine, in all
 */

export const usage = `Usage: npm run bench [-- options]

Measures the library against PyTorch, NumPy, tf.layers and brain.js: the same work from the same seed, in interleaved rounds.
Takes about 10 minutes on a machine that does nothing else; a busy one is waited for, and noisy rounds are marked.
Ctrl-C ends it and keeps what was measured.

  --quick         fewer and shorter rounds, without the slowest contenders: under 3 minutes, no figures to quote
  --only NAME     only this workload (may be given several times, or as a,b; --list shows them)
  --rounds N      rounds of each contender (default 7, quick 2)
  --seconds S     how long a contender works in a round (default 0.8, quick 0.2)
  --wait S        how long to wait for a quiet machine, in all (default 90, quick 10)
  --no-python     without PyTorch and NumPy: makes no venv, downloads nothing
  --json FILE     also write the report there (it is always in build/bench.json)
  --write         also write docs/performance.md; needs a full run
  --from FILE     measure nothing: show (and with --write, write) this report
  --list          the names of the workloads
  --help          this text`;

/**
 * Reads the command line; throws a SetupError that shows the usage.
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const values = parse(args);
  const { quick } = values;
  const number = (/** @type {"rounds" | "seconds" | "wait"} */ name, /** @type {number} */ fallback) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!(value >= 0 && value < 1e6) || (name !== "wait" && value === 0)) {
      throw new SetupError(`--${name}: expected a number above 0, got "${values[name]}".`, usage);
    }
    return value;
  };
  const options = {
    help: values.help,
    list: values.list,
    quick,
    write: values.write,
    python: !values["no-python"],
    only: values.only.flatMap((names) => names.split(",")),
    json: values.json,
    from: values.from,
    rounds: Math.ceil(number("rounds", quick ? 2 : 7)),
    seconds: number("seconds", quick ? 0.2 : 0.8),
    wait: number("wait", quick ? 10 : 90),
  };
  if (options.write && !options.from && (quick || options.only.length || !options.python)) {
    throw new SetupError("--write needs a full run: leave out --quick, --only and --no-python.", usage);
  }
  return options;
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: "boolean", short: "h", default: false },
        list: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        "no-python": { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        json: { type: "string" },
        from: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        wait: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}
