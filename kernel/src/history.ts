/** What was run in this kernel since it started, for `history_request` (Jupyter consoles page through it). */

/** A line of history: session, count, and the input alone or with its text output. */
export type HistoryItem = [number, number, string | [string, string | null]];

interface Entry {
  count: number;
  input: string;
  output: string | null;
}

/** There is one session: nothing is kept after the kernel ends. */
const session = 1;

/** Inputs and text outputs in order. */
export class History {
  private readonly entries: Entry[] = [];

  /** Adds an input; the returned function sets its output. */
  add(count: number, input: string): (output: string) => void {
    const entry: Entry = { count, input, output: null };
    this.entries.push(entry);
    return (output) => void (entry.output = output);
  }

  /** Answers the content of a `history_request`. */
  find(request: Record<string, unknown>): HistoryItem[] {
    const { hist_access_type: type, output = false, n, pattern = "*", unique = false } = request;
    const { start = 0, stop } = request;
    let found = this.entries;
    if (type === "range") {
      const last = typeof stop === "number" ? stop : Infinity;
      found = found.filter(({ count }) => count >= Number(start) && count < last);
    } else if (type === "search") {
      const expression = globExpression(String(pattern));
      found = found.filter(({ input }) => expression.test(input));
      if (unique) found = [...new Map(found.map((entry) => [entry.input, entry])).values()];
    }
    if (type !== "range" && typeof n === "number") found = found.slice(-n);
    return found.map((entry) => [session, entry.count, output ? [entry.input, entry.output] : entry.input]);
  }
}

/** `*` and `?` as in a shell. */
function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "s");
}
