/**
 * Printed text on its way to the notebook: many small writes become few `stream` messages, with a cap per cell.
 * Pure but for the clock; who sends is given.
 *
 * 200,000 lines as 200,000 messages take minutes to draw and overflow clients; joined they are 17. Text waits at most
 * 40 ms or 64 kB. The age is also checked at each write, because timers do not fire during a synchronous loop.
 */

/** The two names of a `stream` message. */
export type StreamName = "stdout" | "stderr";

/** A cell shows at most this many characters of printed text. */
export const textLimit = 1_000_000;

const joinMs = 40;
const joinLength = 65_536;

/** Joins printed text and passes it to `send`. */
export class TextStreams {
  private pending = "";
  private name: StreamName = "stdout";
  private since = 0;
  private timer: NodeJS.Timeout | undefined;
  private left: number;

  constructor(
    private readonly send: (name: StreamName, text: string) => void,
    private readonly limit = textLimit,
  ) {
    this.left = limit;
  }

  /** Adds text; what exceeds the cell's limit is dropped, and a note on stderr says so once. */
  write(name: StreamName, text: string): void {
    if (text === "" || this.left < 0) return;
    if (text.length <= this.left) {
      this.left -= text.length;
      this.append(name, text);
      return;
    }
    this.append(name, text.slice(0, this.left));
    this.left = -1;
    const limit = this.limit.toLocaleString("en");
    this.append("stderr", `\n[cut here: a cell shows at most ${limit} characters of printed text]\n`);
  }

  /** Sends what waits; called before any other message, so that order is kept. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending === "") return;
    const text = this.pending;
    this.pending = "";
    this.send(this.name, text);
  }

  /** Starts the count of a new cell. */
  startCell(): void {
    this.flush();
    this.left = this.limit;
  }

  private append(name: StreamName, text: string): void {
    if (name !== this.name) this.flush();
    if (this.pending === "") {
      this.name = name;
      this.since = Date.now();
      this.timer = setTimeout(() => this.flush(), joinMs);
    }
    this.pending += text;
    if (this.pending.length >= joinLength || Date.now() - this.since >= joinMs) this.flush();
  }
}
