// A lock file, so that two set-ups of one clone take turns. Its holder touches it every few seconds; it is stale
// when its process is gone, or (another machine, a recycled process number) when nobody touched it for two minutes.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "./paths.mjs";

/** @typedef {{ pid: number, host: string, id: string }} Holder */

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

/** Whether a process of this machine runs (also under another user). */
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
export function isStale({ pid, host, id, ageMs }) {
  if (ageMs > STALE_MS) return true;
  if (pid === undefined) return ageMs > TOUCH_MS; // its writer died between creating and writing it
  return host === hostname() && (pid === process.pid ? !ours.has(id) : !isRunning(pid));
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
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (held: Partial<Holder>) => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, pollMs = 300 } = {}) {
  const id = randomUUID();
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waits = 0; ;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), id }), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
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
    return await work();
  } finally {
    clearInterval(touch);
    process.off("exit", release);
    release();
  }
}
