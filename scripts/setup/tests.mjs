// The parts of `npm test` and their sum.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { slowNotice } from "./binding.mjs";
import { compilerCommand } from "./build.mjs";
import { readable } from "./errors.mjs";
import { readJson, root } from "./paths.mjs";
import { setUp } from "./steps.mjs";

/** @typedef {{ passed: number, failed: number, failures: string[] }} Count `failures`: what failed, a text each. */

const modules = path.join(root, "node_modules");
const report = path.join(root, "build", "test");

/**
 * Runs a Node script of ours or of a package with its output shown; gives its exit code.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function node(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
    child.on("error", () => resolve(127));
    child.on("close", (code, signal) => {
      if (signal) console.error(`${path.basename(args[0] ?? "")} was ended by ${signal}`);
      resolve(code ?? 1);
    });
  });
}

/**
 * The count of something that has only its exit code to show.
 * @param {number} code
 * @param {string} title
 * @returns {Count}
 */
function single(code, title) {
  return {
    passed: Number(code === 0),
    failed: Number(code !== 0),
    failures: code === 0 ? [] : [`${title}: see above`],
  };
}

/** One check, counted as one test. */
async function check(/** @type {string} */ title, /** @type {string[]} */ args) {
  const started = Date.now();
  const code = await node(args);
  console.log(`${code === 0 ? "✔" : "✗"} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return single(code, title);
}

/**
 * Mocha's tests; a run that ends without its report counts as one failure more.
 * @param {string} title
 * @param {string[]} files none: all of test/
 */
async function mocha(title, files = []) {
  const file = path.join(report, "mocha.json");
  rmSync(file, { force: true });
  const reporter = path.join(root, "scripts", "setup", "mocha-reporter.cjs");
  const code = await node([
    path.join(modules, "mocha", "bin", "mocha.js"),
    "--reporter",
    reporter,
    "--reporter-option",
    `counts=${file}`,
    ...files,
  ]);
  const { passed = 0, failed = 0, pending = 0, failures = [] } = readJson(file) ?? {};
  console.log(`${code === 0 ? "✔" : "✗"} ${title}: ${passed} passed, ${failed} failed, ${pending} skipped`);
  if (code !== 0 && !failed) return { passed, failed: 1, failures: [`${title}: ended with exit code ${code}`] };
  return { passed, failed, failures };
}

/** Every notebook, headless, in fast mode. */
async function notebooks() {
  const script = path.join(root, "scripts", "notebooks.mjs");
  if (!existsSync(script)) return { passed: 0, failed: 0, failures: [] };
  const file = path.join(report, "notebooks.json");
  rmSync(file, { force: true });
  const code = await node([script, "--json", file]);
  return countNotebooks(readJson(file), code);
}

/**
 * Counts the report of scripts/notebooks.mjs; without a readable one its exit code is the single result.
 * @param {any} result
 * @param {number} code
 * @returns {Count}
 */
export function countNotebooks(result, code) {
  const list = result?.notebooks;
  if (!Array.isArray(list)) return single(code, "notebooks");
  const failures = list
    .filter(({ ok }) => ok !== true)
    .map(({ notebook, error }) => `${notebook}, cell ${error?.cell}: ${error?.name}: ${error?.message}`);
  const passed = list.length - failures.length;
  if (code !== 0 && !failures.length) return { ...single(code, "notebooks"), passed };
  return { passed, failed: failures.length, failures };
}

/**
 * Everything, one after the other; a failed part does not keep the next from running. With `files` only their tests.
 * @param {{ quick: boolean, files?: string[] }} options
 * @returns {Promise<Count>}
 */
export async function runTests({ quick, files = [] }) {
  /** @type {Count} */
  const total = { passed: 0, failed: 0, failures: [] };
  const add = (/** @type {Count} */ { passed, failed, failures }) => {
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  };
  try {
    mkdirSync(report, { recursive: true });
    const { problems } = await setUp();
    const failures = problems.map((/** @type {string} */ problem) => `set-up: ${problem}`);
    add({ passed: Number(!failures.length), failed: Number(failures.length > 0), failures });
    console.log(failures.length ? `✗ set-up: ${problems.join("; ")}` : "✔ set-up");
    const notice = slowNotice();
    if (notice) console.log(`  ${notice}`);
  } catch (error) {
    const { message, fix } = readable(error);
    console.error(`✗ set-up: ${message}\n  What to do: ${fix}`);
    return { passed: 0, failed: 1, failures: [`set-up: ${message}`] };
  }
  if (files.length) {
    add(await mocha("mocha", files));
    return total;
  }
  add(await check("types", compilerCommand([])));
  add(await check("lint", [path.join(modules, "eslint", "bin", "eslint.js"), "."]));
  add(
    await check("format", [path.join(modules, "prettier", "bin", "prettier.cjs"), "--check", "--log-level=warn", "."]),
  );
  add(await mocha("mocha"));
  if (quick) console.log("- notebooks: left out (--quick)");
  else {
    add(await notebooks());
    add(await mocha("fidelity", [path.join("test", "fidelity", "printed.ts")]));
  }
  return total;
}
