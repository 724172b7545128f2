/**
 * A contender's process as the bench sees it: starts it, sends it orders, waits for the answers and ends it. What the
 * orders mean is in child.ts.
 */
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Contender, GraphFacts } from "./types";

/** The answer to "prepare". */
export interface Prepared {
  /** What its first steps computed. */
  first: number[];
  seconds: number;
}

/** The answer to "round": milliseconds per step, and what it took. */
export interface RoundAnswer {
  median: number;
  min: number;
  steps: number;
  /** CPU seconds of all threads. */
  cpu: number;
  /** Resident bytes. */
  rss: number;
  /** Why a compiled step runs eagerly. */
  reason?: string;
  graph?: GraphFacts;
}

const running = new Set<ContenderProcess>();

/** Ends every contender's process. */
export function endAll(): void {
  for (const contender of running) contender.end();
}

export class ContenderProcess {
  private readonly child: ChildProcess;
  private waiting: { resolve: (answer: never) => void; reject: (error: Error) => void } | undefined;
  private chatter = "";
  private gone: string | undefined;

  constructor(
    file: string,
    workload: string,
    readonly contender: Contender,
    { python, env }: { python: string | undefined; env: Record<string, string> },
  ) {
    const { run } = contender;
    const [command, args] =
      typeof run === "function"
        ? [process.execPath, ["--import", "tsx", path.join(__dirname, "child.ts"), file, workload, contender.name]]
        : [python!, ["-u", path.join(__dirname, "python", run.script), ...run.args]];
    this.child = spawn(command, args, {
      env: { ...process.env, ...threadLimits(contender.threads), ...env, ...contender.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // Ctrl-C is for us: we end it when we have written what we know
    });
    running.add(this);
    this.child.on("error", (error) => this.fail(error.message));
    this.child.on("close", (code, signal) => {
      running.delete(this);
      this.fail(`its process ended (${signal ?? `exit code ${code}`}): ${lastLine(this.chatter)}`);
    });
    this.child.stdin!.on("error", () => {}); // it ended; "close" tells
    this.child.stderr!.on("data", (chunk: Buffer) => (this.chatter = (this.chatter + chunk).slice(-4000)));
    createInterface(this.child.stdout!).on("line", (line) => {
      if (!line.startsWith("@@")) return;
      const answer = JSON.parse(line.slice(2)) as { error?: string };
      const { waiting } = this;
      this.waiting = undefined;
      if (answer.error !== undefined) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer as never);
    });
  }

  /** Sends an order and waits for the answer; throws what the contender says went wrong, or that it takes too long. */
  ask<Answer>(order: object, limitSeconds: number): Promise<Answer> {
    if (this.gone !== undefined) return Promise.reject(new Error(this.gone));
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(`no answer within ${limitSeconds} s`);
        this.end();
      }, limitSeconds * 1000);
      const settle = () => clearTimeout(timer);
      this.waiting = {
        resolve: (answer) => (settle(), resolve(answer)),
        reject: (error) => (settle(), reject(error)),
      };
      this.child.stdin!.write(`${JSON.stringify(order)}\n`);
    });
  }

  /** Ends the process and all it started, at once: it holds nothing worth keeping. */
  end(): void {
    try {
      if (process.platform === "win32") this.child.kill("SIGKILL");
      else process.kill(-this.child.pid!, "SIGKILL");
    } catch {
      // it has ended already
    }
  }

  private fail(reason: string): void {
    this.gone ??= reason;
    this.waiting?.reject(new Error(reason));
    this.waiting = undefined;
  }
}

/** The settings that make each engine compute with this many threads; a contender's own settings come on top. */
function threadLimits(threads: number): Record<string, string> {
  const count = String(threads);
  return {
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    TF_NUM_INTEROP_THREADS: count, // the library's own setting: chains side by side, one thread for each operation
    TF_NUM_INTRAOP_THREADS: "1",
  };
}

const lastLine = (text: string) => text.trim().split("\n").at(-1)?.trim() ?? "";
