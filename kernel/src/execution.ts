/**
 * One `execute_request` from start to end, in the order Jupyter prescribes:
 * execute_input → output … → execute_result or error → execute_reply (→ idle, sent by server.ts).
 *
 * It also catches what stock tslab only prints: promises rejected without a handler and errors thrown by timers. They
 * fail the cell in which they happen, so that a headless run stops too; with no cell running they are shown under the
 * last one, and fail the next cell of a client that nobody watches.
 */
import type { Cells, Outcome } from "./cells";
import { bundleOf, type Bundle } from "./display";
import { describeError, errorText } from "./errors";
import { History } from "./history";
import type { Interrupts } from "./interrupts";
import type { Output } from "./output";
import type { Sources } from "./sources";
import type { Content, Message } from "./wire";

/** How a cell ended: the content of its `execute_reply`, and whether the cells that wait are aborted. */
export interface Ended {
  reply: Content;
  abortsWaiting: boolean;
}

/** Runs cells for clients. */
export class Execution {
  readonly history = new History();
  private count = 0;
  private unstored = 0;
  private running = false;
  private unattended = false;
  private readonly rejections = new Map<Promise<unknown>, unknown>();
  private strayErrors: unknown[] = [];

  constructor(
    private readonly cells: Cells,
    private readonly output: Output,
    private readonly sources: Sources,
    private readonly interrupts: Interrupts,
  ) {
    process.on("uncaughtException", (error) => {
      if (!this.cells.stop(error)) this.stray(error);
    });
    process.on("unhandledRejection", (reason, promise) => {
      if (this.running) this.rejections.set(promise, reason);
      else this.stray(reason);
    });
    process.on("rejectionHandled", (promise) => this.rejections.delete(promise));
  }

  /** Runs the cell of an `execute_request`. */
  async run(request: Message): Promise<Ended> {
    const { code, silent = false, store_history = true, stop_on_error = true, allow_stdin = true } = request.content;
    const source = String(code);
    const stores = !silent && store_history === true;
    if (stores) this.count++;
    const execution_count = this.count;
    const setOutput = stores ? this.history.add(execution_count, source) : () => undefined;

    this.unattended = allow_stdin === false; // nbclient and papermill say so, people's front ends do not
    this.output.startCell(request);
    if (!silent) this.output.publish("execute_input", { code: source, execution_count });
    const { bundle, ...ended } = await this.runToEnd(source, stores ? `In[${this.count}]` : `In[#${++this.unstored}]`);
    let { outcome } = ended;
    if (bundle && !silent) {
      try {
        this.output.publish("execute_result", { execution_count, data: bundle, metadata: {} });
        setOutput(String(bundle["text/plain"]));
      } catch (thrown) {
        outcome = { ok: false, thrown }; // the bundle is no JSON
      }
    }
    if (outcome.ok) {
      return { reply: { status: "ok", execution_count, user_expressions: {}, payload: [] }, abortsWaiting: false };
    }
    const error = describeError(outcome.thrown, this.sources);
    if (!silent) this.output.publish("error", { ...error });
    return { reply: { status: "error", execution_count, ...error }, abortsWaiting: stop_on_error !== false };
  }

  /** Runs the code, makes the bundle of its value, and waits for errors that come late. */
  private async runToEnd(code: string, name: string): Promise<{ outcome: Outcome; bundle?: Bundle | undefined }> {
    this.running = true;
    let outcome = await this.cells.run(code, name);
    let bundle: Bundle | undefined;
    try {
      if (outcome.ok && outcome.result) bundle = await bundleOf(outcome.result.value);
    } catch (thrown) {
      outcome = { ok: false, thrown };
    }
    // Node reports a rejection after the current turn, and takes it back if a handler is added in the next.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    this.interrupts.cellEnded();
    this.running = false;

    const late = [...this.strayErrors, ...this.rejections.values()];
    this.strayErrors = [];
    this.rejections.clear();
    if (outcome.ok && late.length > 0) outcome = { ok: false, thrown: late.shift() };
    for (const thrown of late) this.output.write("stderr", errorText(thrown, this.sources));
    return outcome.ok ? { outcome, bundle } : { outcome };
  }

  /** An error that no cell is waiting for. */
  private stray(thrown: unknown): void {
    if (this.running || this.unattended) this.strayErrors.push(thrown);
    if (this.running) return;
    if (this.count > 0) this.output.publish("error", { ...describeError(thrown, this.sources) });
    else process.stderr.write(errorText(thrown, this.sources)); // the kernel's own: to the terminal of the server
  }
}
