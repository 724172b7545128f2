// `npm run names`: trains the classifiers of docs/names.md and writes that page. The work is in bench/names/.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readable, SetupError } = await import("./setup/errors.mjs");

const usage = `Usage: npm run names [-- options]

Trains the classifiers of docs/names.md on several splits of the names and writes that page. Takes half an hour to an hour; each
result is kept in bench/names/results.json at once, so Ctrl-C loses one model at most, and the same command goes on.

  --only KEY      only this row of the table (may be given several times)
  --by name|line  only this way of splitting
  --seeds N       so many splits (default 5)
  --fresh         forgets the results so far
  --help          this text`;

/** The options; throws a SetupError that shows the usage. */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        by: { type: "string", multiple: true, default: [] },
        seeds: { type: "string", default: "5" },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const seeds = Number(values.seeds);
    if (!Number.isInteger(seeds) || seeds < 1)
      throw new Error(`--seeds: expected a whole number, got "${values.seeds}".`);
    const unknown = values.by.find((by) => by !== "name" && by !== "line");
    if (unknown !== undefined) throw new Error(`--by: expected "name" or "line", got "${unknown}".`);
    return { ...values, by: values.by.length ? values.by : ["name", "line"], seeds };
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}

try {
  const options = readOptions();
  if (options.help) console.log(usage);
  else {
    const load = createRequire(import.meta.url);
    load("tsx/cjs/api").register();
    await load("../bench/names/run.ts").run(options);
  }
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
