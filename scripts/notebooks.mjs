// `npm run notebooks [-- 01 03] [--full]`: runs notebooks headless and shows a table of what happened.
// Executed notebooks (also partial ones) and HTML pages go to build/notebooks. Any error makes the exit code 1.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureSetup } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const usage = `Usage: npm run notebooks [-- NAME …] [options]

NAME is a number (01), a name (01-hello-world-to-alice) or the path of any notebook; none means all of notebooks/.

  --full              train in full (default: the fast mode, UNROLLED_FAST=1)
  --jobs N            how many notebooks run at once (default ${defaultJobs()})
  --cell-timeout S    limit for one cell in seconds (default 600, with --full 3600)
  --timeout S         limit for one notebook in seconds (default 900, with --full 7200)
  --kernel NAME       kernel to use (default: the notebook's own; tslab-stock is the unchanged tslab)
  --out FOLDER        where results go (default build/notebooks)
  --no-html           leave out the HTML pages
  --json FILE         also write the results as JSON
  --help              this text`;

function defaultJobs() {
  // Two cores are what one training notebook can use; more at once only makes them wait for each other.
  return Math.max(1, Math.floor(availableParallelism() / 2));
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        full: { type: "boolean", default: false },
        jobs: { type: "string" },
        "cell-timeout": { type: "string" },
        timeout: { type: "string" },
        kernel: { type: "string" },
        out: { type: "string" },
        html: { type: "boolean", default: true },
        json: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
      allowNegative: true,
    });
    const number = (name, fallback) => {
      const value = values[name] === undefined ? fallback : Number(values[name]);
      if (!(value > 0)) throw new Error(`--${name}: expected a number above 0, got "${values[name]}"`);
      return value;
    };
    return {
      names: positionals,
      full: values.full,
      help: values.help,
      html: values.html,
      json: values.json,
      kernel: values.kernel,
      out: resolve(root, values.out ?? "build/notebooks"),
      jobs: Math.ceil(number("jobs", defaultJobs())),
      cellTimeout: number("cell-timeout", values.full ? 3600 : 600),
      timeout: number("timeout", values.full ? 7200 : 900),
    };
  } catch (error) {
    fail(`${error.message}\n\n${usage}`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

/** The notebooks a name stands for: a path, a whole name, or its number. */
function findNotebooks(names) {
  const folder = join(root, "notebooks");
  const all = readdirSync(folder).filter((name) => name.endsWith(".ipynb")).sort();
  if (names.length === 0) return all.map((name) => join(folder, name));
  return names.map((name) => {
    if (name.endsWith(".ipynb") && existsSync(name)) return resolve(name);
    const found = all.filter((file) => file === name || file === `${name}.ipynb` || file.startsWith(`${name}-`));
    if (found.length !== 1) fail(`No notebook "${name}". There are: ${all.map((file) => file.slice(0, -6)).join(", ")}; a path to any .ipynb works too.`);
    return join(folder, found[0]);
  });
}

/** True while a process with this id exists. */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const running = new Set();

/** Runs one notebook in a process of its own; resolves to its row of the table, whatever happens. */
async function runNotebook(notebook, options, python, onProgress) {
  const target = join(options.out, basename(notebook));
  rmSync(target, { force: true });
  const args = [join(root, "scripts/notebooks/execute.py"), notebook, target, "--cell-timeout", String(options.cellTimeout)];
  if (options.kernel) args.push("--kernel", options.kernel);
  const env = { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", UNROLLED_FAST: options.full ? "" : "1" };
  if (options.full) delete env.UNROLLED_FAST;
  const child = spawn(python, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const row = { notebook: relative(root, notebook), output: relative(root, target), executed: 0, total: 0, seconds: 0, error: null };
  const begin = performance.now();
  let kernelPid, done, stderr = "";
  child.stderr.on("data", (chunk) => (stderr = (stderr + chunk).slice(-4000)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      return; // not ours: something a library printed
    }
    if (event.event === "kernel") kernelPid = event.pid;
    if (event.event === "cell") Object.assign(row, { executed: event.executed, total: event.total });
    if (event.event === "done") done = event;
    onProgress(row);
  });
  // The whole-notebook limit: first ask (it saves the notebook and ends its kernel), then insist.
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  }, options.timeout * 1000);
  await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  clearTimeout(limit);
  running.delete(child);
  if (kernelPid && alive(kernelPid)) process.kill(kernelPid, "SIGKILL");
  row.seconds = Math.round((performance.now() - begin) / 10) / 100;
  if (done?.total) Object.assign(row, { executed: done.executed, total: done.total });
  row.error = done ? done.error : { name: "RunnerFailed", message: stderr.trim().split("\n").at(-1) ?? "no report", cell: 0 };
  if (late) row.error = { name: "Timeout", message: `the notebook ran longer than ${options.timeout} s`, cell: row.executed + 1 };
  row.ok = row.error === null;
  return row;
}

function describe(row) {
  if (row.ok) return "ok";
  const { cell, hidden, name, message, source } = row.error;
  const place = hidden ? "after the last cell" : cell ? `cell ${cell}` : "";
  const first = message.split("\n")[0];
  return [place, `${name}: ${first}`.slice(0, 100), source && !hidden ? `(${source.slice(0, 50)})` : ""].filter(Boolean).join(" ");
}

function printTable(rows) {
  const cells = rows.map((row) => [basename(row.notebook, ".ipynb"), `${row.executed}/${row.total}`, row.seconds.toFixed(1), describe(row)]);
  const table = [["notebook", "cells", "seconds", "result"], ...cells];
  const width = [0, 1, 2].map((column) => Math.max(...table.map((line) => line[column].length)));
  for (const [name, count, seconds, result] of table) console.log(`${name.padEnd(width[0])}  ${count.padStart(width[1])}  ${seconds.padStart(width[2])}  ${result}`);
}

async function main() {
  const options = readOptions();
  if (options.help) return console.log(usage);
  const notebooks = findNotebooks(options.names);
  if (notebooks.length === 0) fail("No notebooks to run: notebooks/ has none.");
  const { python } = await ensureSetup();
  mkdirSync(options.out, { recursive: true });
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      console.error("\nStopping; partial notebooks are kept.");
      for (const child of running) child.kill("SIGTERM");
      queue.length = 0;
      process.exitCode = 130;
    });
  }
  const queue = notebooks.map((notebook, index) => ({ notebook, index }));
  const rows = [];
  const progress = (row) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${basename(row.notebook, ".ipynb")}  cell ${row.executed}/${row.total}`);
  };
  console.log(`Running ${notebooks.length} notebook${notebooks.length > 1 ? "s" : ""} in the ${options.full ? "full" : "fast"} mode …`);
  const worker = async () => {
    for (let job; (job = queue.shift()); ) rows[job.index] = await runNotebook(job.notebook, options, python, progress);
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, notebooks.length) }, worker));
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const finished = rows.filter(Boolean);
  await publish(finished, options, python);
  printTable(finished);
  if (options.json) writeFileSync(options.json, JSON.stringify({ version: 1, mode: options.full ? "full" : "fast", results: finished }, null, 2) + "\n");
  const failed = finished.filter((row) => !row.ok).length;
  console.log(`Notebooks: ${finished.length - failed} passed, ${failed} failed (in ${relative(process.cwd(), options.out) || "."})`);
  if (failed > 0 || finished.length < notebooks.length) process.exitCode ||= 1;
}

/** Bakes pictures into the executed notebooks and makes their HTML pages; a partial notebook gets both too. */
async function publish(rows, options, python) {
  const written = rows.map((row) => resolve(root, row.output)).filter((file) => existsSync(file));
  if (written.length === 0) return;
  const { bakeNotebooks } = await import("./bake.mjs");
  await bakeNotebooks(written);
  if (!options.html) return;
  const { exportNotebooks } = await import("./export.mjs");
  await exportNotebooks(written, { python });
}

await main();
