// `npm run grade:class -- FOLDER`: grades a folder of submissions into a table and a report for each.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readOptions, usage } = await import("./teach/options.mjs");
const { readable } = await import("./setup/errors.mjs");

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else {
    const { gradeClass } = await import("./teach/class.mjs");
    const stop = new AbortController();
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => stop.abort());
    process.exitCode = await gradeClass(options, { signal: stop.signal });
  }
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
