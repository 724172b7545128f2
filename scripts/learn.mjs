// `npm run learn [-- COMMAND [EXERCISE]]`: the exercises one after the other, for the learner.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readable, SetupError } = await import("./setup/errors.mjs");

try {
  const { readCommand, usage } = await import("./learn/options.mjs");
  const command = readCommand(process.argv.slice(2));
  if (command.name === "help") console.log(usage);
  else {
    const { runCommand } = await import("./learn/commands.mjs");
    process.exitCode = await runCommand(command);
  }
} catch (error) {
  const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ERR_MODULE_NOT_FOUND";
  const { message, fix } = missing
    ? new SetupError("The packages are not installed.", "`npm run setup` installs them.")
    : readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
