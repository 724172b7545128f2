// Finds processes that left their group (setsid, detached) by the marker that every descendant inherits in its
// environment, and ends them. Linux only; a process that cleans its own environment escapes: see docs/grading.md.
import { readFileSync, readdirSync } from "node:fs";

/** Kills every process of ours whose environment holds the marker; returns their ids. */
export function sweep(/** @type {string} */ marker) {
  if (process.platform !== "linux") return [];
  /** @type {number[]} */
  const found = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!pid || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(marker)) continue;
      process.kill(pid, "SIGKILL");
      found.push(pid);
    } catch {
      // another user's, or gone
    }
  }
  return found;
}
