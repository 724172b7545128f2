// `npm test`: sets up what is missing, then type check, lint, format, mocha and every notebook headless in fast mode.
// `--quick` leaves the notebooks out; with files or folders of test/ only their tests run (`npm test -- test/compile`). Each
// check and each notebook counts as one test in the last line.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { parseArgs } = await import("node:util");
const { runTests } = await import("./setup/tests.mjs");
const { quick, files } = options();
const { passed, failed, failures } = await runTests({ quick, files });
if (failures.length)
  console.log(`\nWhat failed:\n${failures.map((text) => `✗ ${text.replaceAll("\n", "\n  ")}`).join("\n")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: "boolean", default: false } },
    });
    return { quick: values.quick, files: positionals };
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\nUsage: npm test [-- --quick] [-- FILE …]`);
    process.exit(2);
  }
}
