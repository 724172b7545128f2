// A lock file, so that two set-ups of one clone take turns. It is stale when its process is gone together with the tool it
// had started (after `kill -9` an orphaned `npm ci` still writes), or when its holder, who touches it every few seconds,
// has not done so for two minutes (another machine, a recycled process number).
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson, writeJson } from "./paths.mjs";

/** @typedef {{ pid: number, host: string, id: string, tool?: number }} Holder tool: process group of the running tool */

const STALE_MS = 120_000;
const TOUCH_MS = 5_000;

/** The ids of the locks this very process holds. */
const ours = new Set();

/**
 * Who holds the lock; undefined when it is free.
 * @param {string} file
 * @returns {(Partial<Holder> & { ageMs: number }) | undefined}
 */
export function holder(file) {
  try {
    const ageMs = Date.now() - statSync(file).mtimeMs;
    return { .../** @type {Partial<Holder>} */ (readJson(file)), ageMs };
  } catch {
    return undefined;
  }
}

/** Whether a process (below zero: a process group) of this machine runs, also under another user. */
function isRunning(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Whether a lock belongs to nobody any more (also: our own process number in a lock that we do not hold).
 * @param {Partial<Holder> & { ageMs: number }} held
 */
export function isStale({ pid, host, id, tool, ageMs }) {
  if (ageMs > STALE_MS) return true;
  if (pid === undefined) return ageMs > TOUCH_MS; // its writer died between creating and writing it
  if (host !== hostname() || (tool && isRunning(-tool))) return false;
  return pid === process.pid ? !ours.has(id) : !isRunning(pid);
}

/**
 * Removes a stale lock. A second file keeps two waiters from doing so at once (the slower one would remove the faster one's new lock).
 * @param {string} file
 */
function removeStale(file) {
  const guard = `${file}.stale`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch {
    if ((holder(guard)?.ageMs ?? 0) > TOUCH_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    const held = holder(file);
    if (held && isStale(held)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Does the work while holding the lock; waits for its turn and calls `onWait` once with the holder.
 * @template T
 * @param {string} file
 * @param {(setTool: (pid: number | undefined) => void) => Promise<T>} work tells the lock which tool it runs
 * @param {{ onWait?: (held: Partial<Holder>) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, pollMs = 300 } = {}) {
  const id = randomUUID();
  const self = { pid: process.pid, host: hostname(), id };
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waits = 0; ;) {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: "wx" });
      break;
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === "ENOSPC") rmSync(file, { force: true }); // created, but empty
      if (code !== "EEXIST") throw error;
    }
    const held = holder(file);
    if (held && isStale(held)) removeStale(file);
    else if (held && waits++ === 0) onWait?.(held);
    await sleep(pollMs);
  }
  ours.add(id);
  const release = () => {
    ours.delete(id);
    if (holder(file)?.id === id) rmSync(file, { force: true });
  };
  const touch = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // someone deleted it by hand: the work goes on
    }
  }, TOUCH_MS);
  touch.unref();
  process.once("exit", release);
  try {
    return await work((tool) => {
      try {
        if (holder(file)?.id === id) writeJson(file, { ...self, tool });
      } catch {
        // a full disk: the tool's own message tells
      }
    });
  } finally {
    clearInterval(touch);
    process.off("exit", release);
    release();
  }
}
