/**
 * How busy the machine is with other programs' work. A benchmark with two threads on two cores is only worth something on
 * a quiet machine: PyTorch's thread pool collapses to a tenth of its speed when another program takes one of the cores.
 */
import { readFileSync } from "node:fs";
import os from "node:os";
import { QUIET } from "./statistics";

/** Seconds that all cores together have been busy since some moment, with anything. */
export function busySeconds(): number {
  try {
    // cpu user nice system idle iowait irq softirq steal …, in hundredths of a second. Stolen time is another program, too.
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "latin1")
      .split(/\s+/, 9)
      .map(Number);
    return (user! + nice! + system! + irq! + softirq! + (steal ?? 0)) / 100;
  } catch {
    return os.cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + (user + nice + sys + irq) / 1000, 0);
  }
}

/** Starts a measurement; the function that comes back tells how many cores others kept busy, given our own CPU seconds. */
export function watchLoad(): (ownSeconds: number) => number {
  const begin = performance.now();
  const busy = busySeconds();
  const parent = process.cpuUsage();
  return (ownSeconds) => {
    const { user, system } = process.cpuUsage(parent);
    const foreign = busySeconds() - busy - ownSeconds - (user + system) / 1e6;
    return Math.max(0, foreign / ((performance.now() - begin) / 1000));
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Waits for a quiet machine, but no longer than a budget of seconds that all calls of one run share.
 */
export class QuietGate {
  constructor(private budget: number) {}

  /** Lets the last contender's threads go to sleep; then waits while others work and there is budget left. */
  async wait(stopped: () => boolean): Promise<void> {
    for (let first = true; !stopped(); first = false) {
      const load = watchLoad();
      const milliseconds = first ? 200 : 1000;
      await pause(milliseconds);
      if (load(0) < QUIET) return;
      if (!first) this.budget -= 1;
      if (this.budget <= 0) return;
    }
  }
}
