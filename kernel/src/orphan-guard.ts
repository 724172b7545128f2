/**
 * Ends the kernel when the process that started it is gone (stock kernels live on, with all their memory).
 * A worker thread watches, so that even a busy loop in a cell cannot keep a kernel alive.
 */
import { isMainThread, Worker } from "node:worker_threads";

const everyMs = 1000;

/** Starts the watch. */
export function guardAgainstOrphanhood(): void {
  new Worker(__filename, { resourceLimits: { maxOldGenerationSizeMb: 8 } }).unref();
}

if (!isMainThread) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent || !isAlive(parent)) process.kill(process.pid, "SIGKILL");
  }, everyMs);
}

/** Windows keeps the number of a dead parent, so asking for the number alone is not enough. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it lives, but belongs to somebody else
  }
}
