// `npm run setup`: sets up whatever is missing, and tries again what could not be done the last time. `npm start` and
// `npm test` do the same without trying again.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/steps.mjs");
const { readable } = await import("./setup/errors.mjs");

const started = performance.now();
try {
  const { problems, changed } = await setUp({ retry: true });
  if (!changed) console.log(`Everything is set up (checked in ${(performance.now() - started).toFixed(0)} ms).`);
  process.exitCode = problems.length ? 1 : 0;
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`Set-up failed: ${message}\nWhat to do: ${fix}`);
  process.exitCode = 1;
}
