/**
 * A curve that grows while a model trains, redrawn in its place at most twice a second, and a Plotly figure at the end.
 * In a script or a pipe nothing is drawn until then. Finished curves are `plot.line`'s business.
 */
import { lossCurve, type LineOptions, type Series } from "../plot/line";
import { channel } from "./channel";
import { DisplayHandle } from "./display";
import { chartBundle } from "./live-svg";

/** Milliseconds between two drawings. */
const drawEvery = 500;

/** While it grows a curve is thinned to about so many points, one a pixel; the final one has them all. */
const mostPoints = 800;

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
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.series.size) this.handle.show(lossCurve(this.thinned(Infinity), this.options));
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

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.drawn = performance.now();
    const series = this.thinned(mostPoints);
    const options = { title: "Training loss", xTitle: "Epoch", yTitle: "Loss", ...this.options };
    this.handle.update(chartBundle(series, options, lossCurve(series, this.options)));
  }

  private thinned(most: number): Series[] {
    return [...this.series].map(([name, { x, y }]) => {
      const stride = Math.max(1, Math.ceil(y.length / most));
      const keep = (_: number, i: number): boolean => i % stride === 0 || i === y.length - 1;
      return { ...(name ? { name } : {}), x: x.filter(keep), y: y.filter(keep) };
    });
  }
}
