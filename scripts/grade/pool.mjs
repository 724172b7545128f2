// The judge's processes: as many as asked for, kept from one exercise to the next, replaced when one ends. They are ours and
// trusted, but a learner's code may find a way to end one: then its children are ended here, and the run goes on.
import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isWindows, root } from "../setup/paths.mjs";
import { sweep } from "./sweep.mjs";

/**
 * @typedef {import("./worker.mjs").Task} Task
 * @typedef {import("./worker.mjs").TestResult} TestResult
 * @typedef {import("./worker.mjs").Message} Message
 *
 * @typedef {object} Outcome
 * @property {TestResult[]} tests
 * @property {string} [problem] what is wrong with the judge, not with the learner's code
 * @property {boolean} [stopped]
 *
 * @typedef {object} Pool
 * @property {(task: Task, options: { limitMs: number, signal?: AbortSignal, onTest?: (test: TestResult) => void }) => Promise<Outcome>} run
 * @property {() => void} close ends all processes; to be called even after an error
 */

const script = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * @param {{ jobs: number }} options
 * @returns {Pool}
 */
export function createPool({ jobs }) {
  /** @type {Judge[]} */
  const idle = [];
  /** @type {Set<Judge>} */
  const all = new Set();
  /** @type {((judge: Judge | undefined) => void)[]} */
  const queue = [];
  let closed = false;
  /** @returns {Promise<Judge | undefined>} */
  const take = () => {
    if (closed) return Promise.resolve(undefined);
    const free = idle.pop();
    if (free) return Promise.resolve(free);
    if (all.size < jobs) return Promise.resolve(start());
    return new Promise((resolve) => queue.push(resolve));
  };
  const start = () => {
    const judge = new Judge();
    all.add(judge);
    return judge;
  };
  const give = (/** @type {Judge} */ judge) => {
    if (!judge.alive) {
      all.delete(judge);
      judge.close();
    }
    const next = closed ? undefined : queue.shift();
    if (next) next(judge.alive ? judge : start());
    else if (judge.alive) idle.push(judge);
  };
  return {
    async run(task, options) {
      const judge = await take();
      if (!judge) return { tests: [], stopped: true };
      try {
        return await judge.run(task, options);
      } finally {
        give(judge);
      }
    },
    close() {
      closed = true;
      for (const next of queue.splice(0)) next(undefined);
      for (const judge of all) judge.close();
      all.clear();
      idle.length = 0;
    },
  };
}

/** One process with mocha in it. */
class Judge {
  alive = true;
  #stderr = "";
  /** @type {Map<number, { marker: string, folder: string }>} learner processes that run, by process group */
  #children = new Map();
  /** @type {((message: Message) => void) | undefined} */
  #listener;
  /** @type {((reason: string) => void) | undefined} */
  #ended;
  #closed = false;

  constructor() {
    this.process = fork(script, [], {
      cwd: root,
      execArgv: ["--import", path.join(root, "node_modules", "tsx", "dist", "loader.mjs")],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.process.stderr?.on("data", (chunk) => (this.#stderr = (this.#stderr + chunk).slice(-4000)));
    this.process.on("message", (/** @type {Message} */ message) => {
      if (message.event !== "child") this.#listener?.(message);
      else if (message.runs) this.#children.set(message.pid, message);
      else this.#children.delete(message.pid);
    });
    this.process.on("error", (error) => this.#end(error.message));
    this.process.on("exit", (code, signal) => this.#end(`ended with ${signal ?? `exit code ${code}`}`));
  }

  #end(/** @type {string} */ reason) {
    this.alive = false;
    this.#killChildren();
    this.#ended?.(`the judge's own process ${reason}${this.#stderr ? `\n${this.#stderr.trim()}` : ""}`);
  }

  #killChildren() {
    for (const [pid, { marker, folder }] of this.#children) {
      try {
        process.kill(isWindows ? pid : -pid, "SIGKILL");
      } catch {
        // it is gone
      }
      sweep(marker);
      rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
    }
    this.#children.clear();
  }

  /**
   * @param {Task} task
   * @param {{ limitMs: number, signal?: AbortSignal, onTest?: (test: TestResult) => void }} options
   * @returns {Promise<Outcome>}
   */
  run(task, { limitMs, signal, onTest }) {
    return new Promise((resolve) => {
      /** @type {TestResult[]} */
      const tests = [];
      const finish = (/** @type {Omit<Outcome, "tests">} */ rest) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
        this.#listener = this.#ended = undefined;
        resolve({ tests, ...rest });
      };
      const stop = () => {
        this.close();
        finish({ stopped: true });
      };
      const timer = setTimeout(() => {
        this.close();
        finish({ problem: `the tests did not end within ${Math.round(limitMs / 1000)} s` });
      }, limitMs);
      if (signal?.aborted) return stop();
      signal?.addEventListener("abort", stop);
      this.#listener = (message) => {
        if (message.event === "test") {
          tests.push(message.test);
          onTest?.(message.test);
        } else if (message.event === "done") finish(message.problem ? { problem: message.problem } : {});
      };
      this.#ended = (reason) => finish(this.#closed ? { stopped: true } : { problem: reason });
      if (!this.alive) this.#ended(`the judge's own process could not be started: ${this.#stderr}`);
      else this.process.send(task);
    });
  }

  /** Ends the process and what it started. */
  close() {
    this.alive = false;
    this.#closed = true;
    this.process.kill("SIGKILL");
    this.#killChildren();
  }
}
