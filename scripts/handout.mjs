// `npm run handout -- FOLDER`: the course as learners get it, without solutions.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readOptions, usage, writeHandout } = await import("./teach/handout.mjs");
const { readable } = await import("./setup/errors.mjs");
const { shown } = await import("./setup/paths.mjs");

try {
  const { help, folder } = readOptions(process.argv.slice(2));
  console.log(help ? usage : `${writeHandout(folder)} files written to ${shown(folder)}, without solutions.`);
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
