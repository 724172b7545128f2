/**
 * A progress bar around a loop, after Python's tqdm (https://tqdm.github.io): `for (const x of tqdm(list)) …`,
 * `for await (const batch of tqdm(loader)) …`. In a notebook one bar is redrawn in place at most ten times a second,
 * on a terminal it is one line, in a pipe only its final state is printed. Not a training loop: see train.
 */
import { channel } from "./channel";
import { DisplayHandle, escapeHtml } from "./display";

/** Milliseconds between two drawings, and between two breaths of an asynchronous loop. */
const drawEvery = 100;
const breatheEvery = 20;

export interface TqdmOptions {
  /** Text before the bar. */
  desc?: string;
  /** What is counted. */
  unit?: string;
  /** How many there will be, where the iterable does not tell by `length` or `size`. */
  total?: number;
  /** Whether the finished bar stays. */
  leave?: boolean;
  /** Draws nothing at all. */
  disable?: boolean;
  /** Where the terminal's line goes. */
  stream?: { write(text: string): unknown; isTTY?: boolean; columns?: number };
}

/** The values shown after the bar. Numbers get four significant digits. */
export type Postfix = Record<string, string | number>;

/**
 * Wraps an iterable, or counts 0 … n−1, and draws the progress while it is consumed.
 * `for await` also lets the event loop turn every 20 ms, so that a notebook's interrupt gets through; `for` cannot.
 * Throws when `n` is not a whole number ≥ 0 or the argument cannot be iterated.
 */
export function tqdm(count: number, options?: TqdmOptions): Tqdm<number>;
export function tqdm<T>(items: Iterable<T> | AsyncIterable<T>, options?: TqdmOptions): Tqdm<T>;
export function tqdm<T>(
  items: number | Iterable<T> | AsyncIterable<T>,
  options: TqdmOptions = {},
): Tqdm<T> | Tqdm<number> {
  if (typeof items !== "number") return new Tqdm<T>(items, options);
  if (!Number.isInteger(items) || items < 0) throw new Error(`tqdm: expected a whole number ≥ 0, got ${items}`);
  return new Tqdm<number>(range(items), { total: items, ...options });
}

/** A running progress bar; made by {@link tqdm}. */
export class Tqdm<T> implements Iterable<T>, AsyncIterable<T> {
  /** How many are done. */
  n = 0;
  readonly total: number | undefined;
  private readonly started = performance.now();
  private readonly where: Output | undefined;
  private drawn = -Infinity;
  private postfix: Postfix = {};
  private closed = false;

  constructor(
    private readonly items: Iterable<T> | AsyncIterable<T>,
    private readonly options: TqdmOptions = {},
  ) {
    const object = Object(items) as object;
    if (!(Symbol.iterator in object || Symbol.asyncIterator in object)) {
      throw new Error(`tqdm: expected an iterable or a number, got ${items === null ? "null" : typeof items}`);
    }
    const { length, size } = items as { length?: unknown; size?: unknown };
    this.total = options.total ?? (typeof length === "number" ? length : typeof size === "number" ? size : undefined);
    this.where = options.disable ? undefined : output(options);
  }

  *[Symbol.iterator](): Iterator<T> {
    const { items } = this;
    if (!(Symbol.iterator in Object(items)))
      throw new Error("tqdm: this iterable is asynchronous; use `for await (… of tqdm(…))`");
    this.draw();
    try {
      for (const item of items as Iterable<T>) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    this.draw();
    let breath = performance.now();
    try {
      for await (const item of this.items) {
        yield item;
        this.update();
        if (performance.now() - breath > breatheEvery) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          breath = performance.now();
        }
      }
    } finally {
      this.close();
    }
  }

  /** Counts `by` more as done; loops over the bar do it themselves. */
  update(by = 1): void {
    this.n += by;
    if (performance.now() - this.drawn >= drawEvery) this.draw();
  }

  /** Sets the values shown after the bar, `{ loss: 0.1234 }`; costs nothing until the next drawing. */
  setPostfix(values: Postfix): void {
    this.postfix = values;
  }

  /** Draws the final state; further calls do nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.where?.end(this.state(), this.options.leave ?? true);
  }

  /** The bar as text, as tqdm prints it: `Training:  45%|████▌     | 45/100 [00:01<00:01, 33.20it/s, loss=0.1]`. */
  toString(): string {
    return lineOf(this.state(), 10);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  private draw(): void {
    this.drawn = performance.now();
    this.where?.draw(this.state());
  }

  private state(): State {
    const { desc = "", unit = "it" } = this.options;
    const { n, total } = this;
    const postfix = Object.entries(this.postfix)
      .map(([key, value]) => `${key}=${typeof value === "number" ? shortNumber(value) : value}`)
      .join(", ");
    return { desc, unit, n, total, postfix, seconds: (performance.now() - this.started) / 1000 };
  }
}

interface State {
  desc: string;
  unit: string;
  n: number;
  total: number | undefined;
  postfix: string;
  seconds: number;
}

/** A place bars are drawn at. */
interface Output {
  draw(state: State): void;
  end(state: State, leave: boolean): void;
}

function output({ stream = process.stderr }: TqdmOptions): Output {
  if (channel()) {
    const handle = new DisplayHandle();
    return {
      draw: (state) => void handle.update({ "text/html": htmlOf(state), "text/plain": lineOf(state, 10) }),
      end(state, leave) {
        if (leave) this.draw(state);
        else handle.clear();
      },
    };
  }
  if (stream.isTTY) {
    return {
      draw: (state) => void stream.write(`\r${fit(state, stream.columns ?? 80)}\x1b[K`),
      end(state, leave) {
        stream.write(leave ? `\r${fit(state, stream.columns ?? 80)}\x1b[K\n` : "\r\x1b[K");
      },
    };
  }
  return { draw: () => {}, end: (state, leave) => void (leave && stream.write(`${lineOf(state, 10)}\n`)) };
}

function fit(state: State, columns: number): string {
  const bare = lineOf(state, 0).length;
  return lineOf(state, Math.max(1, Math.min(40, columns - bare - 1))).slice(0, Math.max(10, columns - 1));
}

const eighths = " ▏▎▍▌▋▊▉";

function lineOf(state: State, width: number): string {
  const { desc, n, total, unit } = state;
  const before = desc ? `${desc}: ` : "";
  if (total === undefined) return `${before}${n}${unit} [${timing(state)}]`;
  const share = total > 0 ? Math.min(1, n / total) : 1;
  const filled = Math.floor(share * width * 8);
  const rest = filled % 8 ? eighths[filled % 8] : "";
  const bar = ("█".repeat(Math.floor(filled / 8)) + rest).padEnd(width);
  return `${before}${String(Math.floor(share * 100)).padStart(3)}%|${bar}| ${n}/${total} [${timing(state)}]`;
}

/** `00:03<00:09, 33.20it/s, loss=0.1`: elapsed, still to go, speed, postfix. */
function timing({ n, total, seconds, unit, postfix }: State): string {
  const rate = seconds > 0 ? n / seconds : 0;
  const left = total === undefined ? "" : `<${n > 0 && rate > 0 ? clock(Math.max(0, total - n) / rate) : "?"}`;
  const speed =
    rate === 0 ? `?${unit}/s` : rate >= 1 ? `${shortRate(rate)}${unit}/s` : `${shortRate(1 / rate)}s/${unit}`;
  return [`${clock(seconds)}${left}`, speed, postfix].filter(Boolean).join(", ");
}

function htmlOf(state: State): string {
  const { desc, n, total } = state;
  const value = total === undefined ? "" : ` value="${Math.min(n, total)}" max="${Math.max(1, total)}"`;
  const label = escapeHtml(desc || "progress");
  const count =
    total === undefined
      ? `${n} ${state.unit}`
      : `${Math.floor((total ? Math.min(1, n / total) : 1) * 100)}% ${n}/${total}`;
  const text = `${count} [${timing(state)}]`;
  return (
    `<div style="padding-left:var(--jp-code-padding,5px);font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);white-space:pre-wrap">` +
    `${desc ? `${escapeHtml(desc)}: ` : ""}<progress aria-label="${label}"${value} style="width:16em;max-width:40%;vertical-align:middle"></progress> ` +
    `${escapeHtml(text)}</div>`
  );
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

function shortRate(rate: number): string {
  return rate >= 1000 ? String(Math.round(rate)) : rate.toFixed(2);
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function* range(n: number): Iterable<number> {
  for (let i = 0; i < n; i++) yield i;
}
