// `npm run fidelity [-- --no-run]`: runs the ports of the Python notebooks, compares what they print, and what the library
// computes, with the originals, and writes docs/fidelity.md. `--no-run` takes build/notebooks as it is.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { spawnSync } = await import("node:child_process");
const { mkdirSync, readFileSync, rmSync, writeFileSync } = await import("node:fs");
const { default: path } = await import("node:path");
const { root } = await import("./setup/paths.mjs");
const { page } = await import("./fidelity/page.mjs");

const found = path.join(root, "build", "test", "fidelity.json");
const target = path.join(root, "docs", "fidelity.md");

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [more]
 */
function node(args, more = {}) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...more } }).status;
}

if (!process.argv.includes("--no-run") && node(["scripts/notebooks.mjs", "01", "02", "03", "04", "05"]) !== 0)
  process.exit(1);

mkdirSync(path.dirname(found), { recursive: true });
rmSync(found, { force: true });
const mocha = ["node_modules/mocha/bin/mocha.js", "--reporter", "dot"];
const files = ["printed.ts", "numpy.test.ts", "pytorch.test.ts"].map((name) => `test/fidelity/${name}`);
const failed = node([...mocha, ...files], { UNROLLED_FIDELITY: found }) !== 0;

mkdirSync(path.dirname(target), { recursive: true });
writeFileSync(target, await page(JSON.parse(readFileSync(found, "utf8"))));
console.log(`Written: ${path.relative(root, target)}`);
process.exitCode = Number(failed);
