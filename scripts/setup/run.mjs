// Runs the tools set-up needs (npm, pip, the compiler): their whole output goes to a log, one line of it is shown as
// progress, and none of them outlives us. Not a task runner: the order of things is in steps.mjs.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { causeIn, SetupError } from "./errors.mjs";
import { isWindows, logDir, root, shown } from "./paths.mjs";
import { progress } from "./progress.mjs";

/** @typedef {{ code: number, output: string, timedOut: boolean, log: string }} Result */

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
let stopped = false;

/** Who wants to know which tool runs (its process group), so that others can wait for it should we be killed. */
export const watcher = { tool: (/** @type {number | undefined} */ _pid) => {} };

/** Signals a child and everything it started. */
function signal(/** @type {import("node:child_process").ChildProcess} */ child, /** @type {NodeJS.Signals} */ name) {
  try {
    if (child.pid && !isWindows) process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // it has ended in the meantime
  }
}

/** Ends all running tools: politely, and after three seconds by force. Whoever awaits one waits for ever: we are leaving. */
export async function stopTools() {
  stopped = true;
  const ended = [...children].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of children) signal(child, "SIGTERM");
  const force = setTimeout(() => children.forEach((child) => signal(child, "SIGKILL")), 3000);
  await Promise.all(ended);
  clearTimeout(force);
}

/**
 * Runs a tool to its end and never throws: a command that cannot be started has the code 127.
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, fraction?: (line: string) => string | undefined }} options
 *   `log` names the file below build/logs; `fraction` turns a line of output into the progress shown
 * @returns {Promise<Result>}
 */
export function run(command, args, { log, cwd = root, env = process.env, timeoutMs, fraction }) {
  const logFile = path.join(logDir, `${log}.log`);
  mkdirSync(logDir, { recursive: true });
  writeFileSync(logFile, `$ ${[command, ...args].join(" ")}\n`);
  return new Promise((resolve) => {
    let output = "";
    let timedOut = false;
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: !isWindows, // its own process group, so that it can be ended with all it started
      shell: isWindows && /\.(cmd|bat)$/i.test(command),
    });
    children.add(child);
    watcher.tool(child.pid);
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          signal(child, "SIGKILL");
        }, timeoutMs)
      : undefined;
    const line = progress();
    const take = (/** @type {Buffer} */ chunk) => {
      const text = stripVTControlCharacters(chunk.toString());
      output = (output + text).slice(-100_000);
      try {
        appendFileSync(logFile, text);
      } catch {
        // a full disk must not hide the tool's own message
      }
      const last = text.split(/[\r\n]+/).filter((part) => part.trim());
      if (last.length) line.show(fraction?.(last[last.length - 1] ?? "") ?? last[last.length - 1] ?? "");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer);
      children.delete(child);
      line.end();
      if (stopped) return;
      watcher.tool(undefined);
      resolve({ code, output, timedOut, log: logFile });
    };
    child.on("error", (error) => {
      output += error.message;
      end(127);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/**
 * The error for a tool that failed: its cause if it is a common one, the last telling line of its output, and where the rest is.
 * @param {string} what
 * @param {Result} result
 * @param {string} [fix]
 */
export function failure(what, { code, output, timedOut, log }, fix) {
  const cause = causeIn(output);
  const lines = output.split("\n").filter((line) => line.trim() && !/complete log of this run/.test(line));
  const telling = lines.filter((line) => /error|fail|cannot|not found/i.test(line)).at(-1) ?? lines.at(-1) ?? "";
  const how = timedOut ? "took too long" : `failed (exit code ${code})`;
  const why = cause?.what ?? (telling.trim().slice(0, 200) || "it said nothing");
  return new SetupError(
    `${what} ${how}: ${why}`,
    `${fix ?? cause?.fix ?? "Read the log, mend what it says and run the same command again."} The whole output is in ${shown(log)}.`,
    cause?.hopeless,
  );
}
