// `npm run grade [-- exercise …]`: grades lib/src/exercises, the learner's own or a submission's. docs/grading.md
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readable, SetupError } = await import("./setup/errors.mjs");

try {
  const { readOptions, usage } = await import("./grade/options.mjs");
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else {
    const { run } = await import("./grade/run.mjs");
    process.exitCode = await run(options);
  }
} catch (error) {
  const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ERR_MODULE_NOT_FOUND";
  const { message, fix } = missing
    ? new SetupError("The packages are not installed.", "`npm run setup` installs them.")
    : readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
