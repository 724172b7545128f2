// Runs notebooks side by side, bakes pictures and pages of the results, and prints the table.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bakeFile } from "../bake.mjs";
import { exportNotebooks } from "../export.mjs";
import { SetupError } from "../setup/errors.mjs";
import { shown } from "../setup/paths.mjs";
import { setUp } from "../setup/steps.mjs";
import { closeRenderer } from "../svg/render.mjs";
import { runNotebook, stopNotebooks } from "./run.mjs";

/** @typedef {import("./run.mjs").Row} Row */

/**
 * Runs them all; resolves to the exit code: 0 if every notebook ran to its end without an error, 130 if stopped, else 1.
 * @param {import("./options.mjs").Options} options
 * @returns {Promise<number>}
 */
export async function runAll(options) {
  const { python, problems } = await setUp();
  if (!python)
    throw new SetupError(`Jupyter is missing: ${problems.join("; ")}.`, "`npm run doctor` shows the whole picture.");
  mkdirSync(options.out, { recursive: true });
  const mode = options.full ? "full" : "fast";
  const { length } = options.notebooks;
  console.log(`Running ${length} ${length === 1 ? "notebook" : "notebooks"} in the ${mode} mode …`);

  let stopped = false;
  onStop(() => {
    stopped = true;
    console.error("\nStopping; what has run is kept.");
    stopNotebooks();
  });
  const queue = [...options.notebooks.entries()];
  /** @type {Row[]} */
  const rows = [];
  const work = async () => {
    while (!stopped) {
      const [index, notebook] = queue.shift() ?? [];
      if (index === undefined || notebook === undefined) return;
      rows[index] = await runNotebook(notebook, options, python.python, showProgress);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, length) }, work));
  clearProgress();

  const written = rows.flatMap((row) => (existsSync(row.output) ? [row.output] : []));
  if (written.length && !stopped) await publish(written, options.html);
  for (const [index, notebook] of queue) rows[index] = notStarted(notebook, options.out); // left after Ctrl-C
  console.log(table(rows));
  if (options.json)
    writeFileSync(options.json, JSON.stringify({ version: 1, mode, notebooks: rows.map(relative) }, null, 2) + "\n");
  const failed = rows.filter((row) => !row.ok).length;
  console.log(`${rows.length - failed} passed, ${failed} failed; results are in ${shown(options.out)}`);
  return stopped ? 130 : Number(failed > 0);
}

/** Calls back at the first Ctrl-C; at one that comes a second later or more the process ends. (npm may send each twice.) */
function onStop(/** @type {() => void} */ stop) {
  let first = 0;
  const handle = () => {
    if (first && Date.now() - first > 1000) process.exit(130);
    if (!first) stop();
    first ||= Date.now();
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, handle);
}

/**
 * The row of a notebook that had to wait until it was too late.
 * @param {string} notebook
 * @param {string} out
 * @returns {Row}
 */
function notStarted(notebook, out) {
  const error = { name: "Stopped", message: "not started", cell: 0 };
  const output = path.join(out, path.basename(notebook));
  return { notebook, output, executed: 0, total: 0, seconds: 0, ok: false, error };
}

/** Adds pictures to the executed notebooks and makes their pages; a figure that cannot be drawn is said, not fatal. */
async function publish(/** @type {string[]} */ files, /** @type {boolean} */ html) {
  const errors = [];
  if (html) errors.push(...(await exportNotebooks(files)).errors);
  else
    for (const file of files) errors.push(...(await bakeFile(file)).errors.map((error) => `${shown(file)}: ${error}`));
  for (const error of errors) console.error(`No picture: ${error}`);
  await closeRenderer();
}

/** The rows with paths as a person reads them. */
function relative(/** @type {Row} */ row) {
  return { ...row, notebook: shown(row.notebook), output: shown(row.output) };
}

function showProgress(/** @type {Row} */ row) {
  if (!process.stderr.isTTY) return;
  process.stderr.write(
    `\r\x1b[K${path.basename(row.notebook, ".ipynb")}: cell ${row.executed} of ${row.total || "…"} done`,
  );
}

function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

/** The table of results as text. */
export function table(/** @type {Row[]} */ rows) {
  const lines = rows.map((row) => [
    path.basename(row.notebook, ".ipynb"),
    `${row.executed}/${row.total}`,
    row.seconds.toFixed(1),
    verdict(row),
  ]);
  const all = [["notebook", "cells", "seconds", "result"], ...lines];
  const width = (/** @type {number} */ column) => Math.max(...all.map((line) => line[column]?.length ?? 0));
  const [name, cells, seconds] = [width(0), width(1), width(2)];
  return all
    .map(([a = "", b = "", c = "", d = ""]) => `${a.padEnd(name)}  ${b.padStart(cells)}  ${c.padStart(seconds)}  ${d}`)
    .join("\n");
}

/** "ok", or the place and the message of the first error on one line. */
function verdict(/** @type {Row} */ { ok, error }) {
  if (ok || !error) return "ok";
  const { cell, hidden, name, message, source } = error;
  const place = hidden ? "after the last cell, " : cell ? `cell ${cell}, ` : "";
  const what = `${name}: ${message.split("\n")[0]}`;
  return `${place}${what.length > 110 ? `${what.slice(0, 109)}…` : what}${source && !hidden ? ` (${source.slice(0, 60)})` : ""}`;
}
