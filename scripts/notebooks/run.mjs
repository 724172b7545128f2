// Runs one notebook in a Python process of its own (execute.py) within its limits, and leaves no kernel behind.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "../setup/paths.mjs";

/** @typedef {{ name: string, message: string, cell: number, hidden?: boolean, source?: string }} Problem */

/**
 * What became of a notebook.
 * @typedef {object} Row
 * @property {string} notebook path
 * @property {string} output path of the executed (or partly executed) notebook
 * @property {number} executed code cells that ran well
 * @property {number} total code cells
 * @property {number} seconds
 * @property {boolean} ok
 * @property {Problem | null} error the first one
 */

const execute = path.join(root, "scripts", "notebooks", "execute.py");

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Asks every running notebook to stop; each saves what it has and ends its kernel. */
export function stopNotebooks() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs a notebook and resolves to its row, whatever happens. A kernel that ends before it has said a word is started once more:
 * Jupyter looks for free ports, lets go of them, and passes them on to the kernel, so that of kernels that start at one time
 * two may be given the same port.
 * @param {string} notebook
 * @param {import("./options.mjs").Options} options
 * @param {string} python
 * @param {(row: Row) => void} onProgress
 * @returns {Promise<Row>}
 */
export async function runNotebook(notebook, options, python, onProgress) {
  const row = await runOnce(notebook, options, python, onProgress);
  const isStillborn = row.total === 0 && /Kernel died before replying/.test(row.error?.message ?? "");
  return isStillborn ? runOnce(notebook, options, python, onProgress) : row;
}

/** @type {typeof runNotebook} */
async function runOnce(notebook, options, python, onProgress) {
  const output = path.join(options.out, path.basename(notebook));
  rmSync(output, { force: true });
  const args = [execute, notebook, output, "--cell-timeout", String(options.cellTimeout)];
  if (options.kernel) args.push("--kernel", options.kernel);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", UNROLLED_FAST: "1" };
  if (options.full) delete env.UNROLLED_FAST;
  const child = spawn(python, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);

  /** @type {Row} */
  const row = { notebook, output, executed: 0, total: 0, seconds: 0, ok: false, error: null };
  let kernelPid = 0;
  let finished = false;
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr = (stderr + chunk).slice(-4000)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const event = parse(line);
    if (event?.event === "kernel") kernelPid = event.pid;
    if (event?.event === "cell" || event?.event === "done") {
      row.executed = Math.max(row.executed, event.executed);
      row.total = Math.max(row.total, event.total);
    }
    if (event?.event === "done") {
      finished = true;
      row.error = event.error;
    }
    onProgress(row);
  });

  // The limit of the whole notebook: first ask (it saves the notebook and ends its kernel), then insist.
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
  }, options.timeout * 1000);
  const begin = performance.now();
  await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  clearTimeout(limit);
  running.delete(child);
  endKernel(kernelPid);

  row.seconds = Math.round((performance.now() - begin) / 10) / 100;
  if (late)
    row.error = {
      name: "Timeout",
      message: `the notebook ran longer than ${options.timeout} s`,
      cell: row.executed + 1,
    };
  else if (!finished)
    row.error = {
      name: "RunnerFailed",
      message: stderr.trim().split("\n").at(-1) || "it ended without a report",
      cell: 0,
    };
  row.ok = row.error === null;
  return row;
}

/**
 * An event of execute.py, or undefined for a line that some library printed.
 * @param {string} line
 * @returns {any}
 */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A kernel that outlived its runner (killed by force) is ended here. */
function endKernel(/** @type {number} */ pid) {
  try {
    if (pid) process.kill(pid, "SIGKILL");
  } catch {
    // It is gone, as it should be.
  }
}
