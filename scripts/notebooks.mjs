// `npm run notebooks [-- 01 03] [--full]`: runs notebooks headless and shows a table of what happened.
// Executed notebooks (also partial ones) and HTML pages go to build/notebooks. Any error makes the exit code 1.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readOptions, usage } = await import("./notebooks/options.mjs");
const { readable } = await import("./setup/errors.mjs");

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else {
    const { runAll } = await import("./notebooks/run-all.mjs");
    process.exitCode = await runAll(options);
  }
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
