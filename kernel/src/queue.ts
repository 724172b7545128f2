/**
 * One cell at a time, and what happens to the waiting ones when a cell fails.
 * It knows nothing of messages: `run` and `abort` are given.
 *
 * The rule of Jupyter: an error aborts the requests that had already been sent, and only those. A client that waits for
 * the reply before it sends the next cell must never lose one (stock tslab aborts everything for 200 ms). So after a
 * failure: wait until nothing new has come for 10 ms (requests may still be in the socket), take what waits, only then
 * reply, then abort what was taken.
 */

/** How a cell ended; `reply` is called once the queue knows which waiting cells it aborts. */
export interface CellEnd {
  abortsWaiting: boolean;
  reply(): void;
}

const quietMs = 10;
const longestWaitMs = 200;

/** Runs items in order of arrival. */
export class ExecuteQueue<Item> {
  private waiting: Item[] = [];
  private running = false;
  private lastArrival = 0;

  constructor(
    private readonly run: (item: Item) => Promise<CellEnd>,
    private readonly abort: (item: Item) => void,
  ) {}

  /** Appends an item and runs it when its turn comes. */
  add(item: Item): void {
    this.waiting.push(item);
    this.lastArrival = Date.now();
    if (!this.running) void this.work();
  }

  private async work(): Promise<void> {
    this.running = true;
    for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift()) {
      const end = await this.run(item);
      if (end.abortsWaiting) await this.untilQuiet();
      const aborted = end.abortsWaiting ? this.waiting.splice(0) : [];
      end.reply();
      aborted.forEach((waiting) => this.abort(waiting));
    }
    this.running = false;
  }

  private async untilQuiet(): Promise<void> {
    const start = (this.lastArrival = Date.now());
    while (Date.now() - this.lastArrival < quietMs && Date.now() - start < longestWaitMs) {
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
  }
}
