// `npm test`: sets up what is missing, then type check, lint, format, mocha and every notebook headless in fast mode.
// `--quick` leaves the notebooks out. Each check and each notebook counts as one test in the last line.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { runTests } = await import("./setup/tests.mjs");
const { passed, failed } = await runTests({ quick: process.argv.includes("--quick") });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
