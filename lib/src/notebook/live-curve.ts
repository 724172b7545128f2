/**
 * A curve that grows while a model trains, redrawn in its place at most twice a second. In a script or a pipe nothing
 * is drawn until the end. Pure drawing of finished curves is `plot.line`; when to stop training is nobody's business here.
 */
import { lossCurve, type LineOptions, type Series } from "../plot/line";
import { channel } from "./channel";
import { DisplayHandle } from "./display";

/** Milliseconds between two drawings: a figure costs the browser some 20 ms. */
const drawEvery = 500;

/** While it grows a curve is thinned to so many points; the final one has them all. */
const mostPoints = 1000;

export type LiveCurveOptions = LineOptions;

/** Starts a live curve; `curve.add({ train: 1.2, validation: 1.4 })` or `curve.add(1.2)` once a step, `curve.end()` after the last. */
export function liveCurve(options: LiveCurveOptions = {}): LiveCurve {
  return new LiveCurve(options);
}

/** A growing curve; made by {@link liveCurve}. */
export class LiveCurve {
  private readonly handle = new DisplayHandle();
  private readonly series = new Map<string, { x: number[]; y: number[] }>();
  private drawn = -Infinity;
  private step: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LiveCurveOptions) {
    this.step = options.start ?? 1;
  }

  /** Adds the values of one step, at `x` if given, else at the step after the last. */
  add(values: number | Record<string, number>, x = this.step): this {
    this.step = x + 1;
    for (const [name, y] of typeof values === "number" ? [["", values] as const] : Object.entries(values)) {
      const series = this.series.get(name) ?? { x: [], y: [] };
      this.series.set(name, series);
      series.x.push(x);
      series.y.push(y);
    }
    if (!channel()) return this;
    const wait = this.drawn + drawEvery - performance.now();
    if (wait <= 0) this.draw();
    // The last points appear even if `end` is forgotten; the timer keeps no process alive.
    else this.timer ??= setTimeout(() => this.draw(), wait).unref();
    return this;
  }

  /** Draws the whole curve; in a script this is where its one line is printed. */
  end(): this {
    if (this.series.size) this.draw(Infinity);
    return this;
  }

  /** A finished live curve as a cell's last value adds nothing: it is already on show. */
  [Symbol.for("Jupyter.display")](): object {
    return {};
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const sizes = [...this.series].map(([name, { y }]) => `${name ? `${name}: ` : ""}${y.length} points`);
    return `LiveCurve { ${sizes.join(", ")} }`;
  }

  private draw(most = mostPoints): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.drawn = performance.now();
    const series: Series[] = [...this.series].map(([name, { x, y }]) => {
      const stride = Math.max(1, Math.ceil(y.length / most));
      const keep = (_: number, i: number): boolean => i % stride === 0 || i === y.length - 1;
      return { ...(name ? { name } : {}), x: x.filter(keep), y: y.filter(keep) };
    });
    this.handle.show(lossCurve(series, this.options));
  }
}
