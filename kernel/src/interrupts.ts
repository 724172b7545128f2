/**
 * The stop button. Jupyter sends SIGINT; what it does depends on what the cell is doing:
 *
 * - synchronous code: Node's `breakOnSigint` ends it (tslab asks for that), nothing to do here;
 * - awaiting, and somebody else listens for SIGINT: a training loop stops at its next batch, with its own message. It
 *   gets 3 s for that, or until the second interrupt;
 * - awaiting otherwise: the cell ends at once. What it started goes on in the background, since JavaScript cannot stop a
 *   promise.
 *
 * Code that never lets the event loop turn after an `await` cannot be interrupted, only killed.
 */

/** What a stopped cell fails with. */
export class InterruptedError extends Error {
  override name = "InterruptedError";
}

const graceMs = 3000;

/** Listens for SIGINT. */
export class Interrupts {
  /** Ends the wait for the running cell; set by whoever runs cells. */
  stopCell: (reason: InterruptedError) => void = () => undefined;

  private grace: NodeJS.Timeout | undefined;

  constructor() {
    process.on("SIGINT", this.onSignal);
  }

  /** Does what the signal does, for clients that send an `interrupt_request` instead. */
  interrupt(): void {
    process.emit("SIGINT", "SIGINT");
  }

  /** To be called when a cell has ended. */
  cellEnded(): void {
    clearTimeout(this.grace);
    this.grace = undefined;
  }

  /**
   * Runs code with `vm.runInThisContext` and `breakOnSigint`; if it has added a listener for SIGINT, takes all listeners
   * off and puts them on again.
   *
   * Node takes them off before the run and puts them back after it. When the cell itself adds one in between, Node's
   * watchdog leaves the signal at its default, and the next interrupt kills the kernel. (So it does in stock tslab: a
   * library has to await a macrotask before it adds its listener.) The kernel's own listener goes first: `once` listeners
   * behind it are still there when it counts them.
   */
  rearmAfter<Result>(run: () => Result): Result {
    const before = process.listenerCount("SIGINT");
    try {
      return run();
    } finally {
      if (process.listenerCount("SIGINT") !== before) this.rearm();
    }
  }

  private rearm(): void {
    const others = process.rawListeners("SIGINT").filter((listener) => listener !== this.onSignal);
    process.removeAllListeners("SIGINT");
    process.on("SIGINT", this.onSignal);
    for (const listener of others) process.on("SIGINT", listener as NodeJS.SignalsListener);
  }

  private readonly onSignal = (): void => {
    const somebodyElse = process.listenerCount("SIGINT") > 1;
    if (somebodyElse && this.grace === undefined) {
      this.grace = setTimeout(() => this.stop(), graceMs);
    } else {
      this.stop();
    }
  };

  private stop(): void {
    this.cellEnded();
    this.stopCell(new InterruptedError("the cell was stopped; what it had started may go on in the background"));
  }
}
