// Watches how much memory a process and all it started really use: V8's own limit counts neither typed arrays nor
// TensorFlow's tensors. Reads /proc on Linux; elsewhere it asks `ps`, less often.
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { isWindows } from "../setup/paths.mjs";

const pageBytes = 4096;

/** The resident bytes of a process and its descendants on Linux. */
export function residentBytes(/** @type {number} */ pid) {
  let bytes = 0;
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    try {
      bytes += Number(readFileSync(`/proc/${next}/statm`, "utf8").split(" ")[1]) * pageBytes;
      for (const task of readdirSync(`/proc/${next}/task`)) {
        const children = readFileSync(`/proc/${next}/task/${task}/children`, "utf8").trim();
        if (children) queue.push(...children.split(" ").map(Number));
      }
    } catch {
      // it has ended in the meantime
    }
  }
  return bytes;
}

/**
 * Calls back once when a process takes more than allowed. Returns the end of the watch.
 * @param {number | undefined} pid
 * @param {number} limit megabytes
 * @param {() => void} exceeded
 */
export function watchMemory(pid, limit, exceeded) {
  if (pid === undefined || isWindows) return () => {};
  const check = (/** @type {number} */ bytes) => {
    if (bytes <= limit * 1024 * 1024) return;
    clearInterval(timer);
    exceeded();
  };
  const timer =
    process.platform === "linux"
      ? setInterval(() => check(residentBytes(pid)), 40)
      : setInterval(() => {
          execFile("ps", ["-o", "rss=", "-g", String(pid)], (error, stdout) => {
            if (!error) check(1024 * stdout.split("\n").reduce((sum, line) => sum + (Number(line) || 0), 0));
          });
        }, 500);
  timer.unref();
  return () => clearInterval(timer);
}
