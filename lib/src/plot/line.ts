/**
 * Curves over a number: losses, norms, accuracies; several series, log axis, dashed reference lines.
 * Not for histograms or bars (their own files), and not live: `liveCurve` of the notebook room redraws one of these.
 */
import { figure, merge, type Figure, type FigureOptions, type Layout, type Shape, type Trace } from "./figure";
import { seriesColors } from "./theme";

/** One curve; without `x` its points are counted from `start`. */
export interface Series {
  name?: string;
  y: ArrayLike<number>;
  x?: ArrayLike<number>;
  color?: string;
  dash?: "solid" | "dot" | "dash" | "dashdot";
  /** Texts written at the points: above those of the first series, below those of the second, and so on. */
  labels?: readonly string[];
  markers?: boolean;
}

/** A dashed line across the plot, with a text on it. */
export interface ReferenceLine {
  /** Where a horizontal line stands (or `x` for a vertical one). */
  y?: number;
  x?: number;
  label?: string;
  color?: string;
  /** Where along the line the text stands, and on which side of it. */
  position?: "start" | "middle" | "end";
  side?: "above" | "below";
}

export interface LineOptions extends FigureOptions {
  /** The x of the first point where a series has no `x` of its own. */
  start?: number;
  log?: boolean;
  markers?: boolean;
  /** d3 format of the hover's value. */
  format?: string;
  lines?: readonly ReferenceLine[];
  /** Smallest and largest y shown. */
  yRange?: readonly [number, number];
}

/** What a curve helper accepts: one series of numbers, several by name, or fully described ones. */
export type SeriesInput = ArrayLike<number> | Record<string, ArrayLike<number>> | readonly Series[];

/**
 * Curves through points, as numbers `[T]`, as `{ name: numbers }` or as a list of series.
 * Numbers that are not finite leave a gap. Throws when a series has an `x` of another length than its `y`.
 */
export function line(data: SeriesInput, options: LineOptions = {}): Figure {
  const { start = 0, log = false, markers = false, format = ".4g", xTitle = "x", yTitle = "y", lines = [] } = options;
  const series = toSeries(data);
  const many = series.length > 1;
  const value = `${yTitle} %{y:${format}}`;
  const traces: Trace[] = series.map((one, index) => {
    const y = numbers(one.y);
    if (one.x && one.x.length !== y.length) {
      throw new Error(
        `line: expected as many x as y in series "${one.name ?? index}", got ${one.x.length} and ${y.length}`,
      );
    }
    const color = one.color ?? seriesColors[index % seriesColors.length];
    const parts = ["lines", (one.markers ?? markers) && "markers", one.labels && "text"].filter(Boolean);
    return {
      type: "scatter",
      mode: parts.join("+"),
      ...(one.name === undefined ? {} : { name: one.name }),
      x: one.x ? numbers(one.x) : y.map((_, i) => start + i),
      y,
      line: { color, width: 2, ...(one.dash ? { dash: one.dash } : {}) },
      ...((one.markers ?? markers) ? { marker: { color, size: 8 } } : {}),
      ...(one.labels ? { text: one.labels, textposition: index % 2 ? "bottom center" : "top center" } : {}),
      hovertemplate: many ? `${value}` : `${xTitle} %{x}<br>${value}<extra></extra>`,
    };
  });
  const layout: Layout = {
    height: 390,
    xaxis: many ? { unifiedhovertitle: { text: `${xTitle} %{x}` } } : {},
    yaxis: {
      ...(log ? logAxis(series, lines) : {}),
      ...(options.yRange ? { range: log ? options.yRange.map(Math.log10) : [...options.yRange] } : {}),
    },
    hovermode: many ? "x unified" : "x",
    ...legendAbove(many || series.some((one) => one.name !== undefined)),
    ...(lines.length ? { shapes: lines.map(referenceShape) } : {}),
  };
  return figure(traces, layout, { ...options, xTitle, yTitle, description: options.description ?? inWords(series) });
}

/** Options of {@link lossCurve}: those of `line`, counted from 1. */
export type LossCurveOptions = LineOptions;

/**
 * A training curve: one loss per epoch (or `{ train, validation }`), from zero up, epochs counted from 1.
 * Hover reads `Epoch 12 / Loss 1.2345`.
 */
export function lossCurve(losses: SeriesInput, options: LossCurveOptions = {}): Figure {
  const { title = "Training loss", xTitle = "Epoch", yTitle = "Loss", start = 1, log = false } = options;
  const top = toSeries(losses)
    .flatMap((one) => numbers(one.y))
    .reduce<number>((most, loss) => Math.max(most, loss ?? 0), 0);
  const yRange = options.yRange ?? (!log && top > 0 ? ([0, top * 1.1] as const) : undefined);
  const few = toSeries(losses).every((one) => (one.x ? areWhole(one.x) && spread(one.x) <= 12 : one.y.length <= 12));
  const layout = merge(few ? { xaxis: { dtick: 1 } } : {}, options.layout ?? {}); // no half epochs
  return line(losses, { format: ".4f", ...options, title, xTitle, yTitle, start, yRange, layout });
}

const areWhole = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isInteger);
const spread = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => Math.max(a, b), -Infinity) -
  Array.from(values).reduce((a, b) => Math.min(a, b), Infinity);

/** A log axis around the numbers and reference lines; where they span two decades or more, ticks at whole powers only. */
export function logAxis(series: readonly Series[], lines: readonly ReferenceLine[] = []): Record<string, unknown> {
  const shown = [...series.flatMap((one) => numbers(one.y)), ...lines.map((one) => one.y ?? 0)];
  const powers = shown.filter((value): value is number => value !== null && value > 0).map(Math.log10);
  const low = powers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = powers.reduce((a, b) => Math.max(a, b), -Infinity);
  const span = high - low;
  return {
    type: "log",
    exponentformat: "power",
    tickfont: { size: 11 },
    ...(span >= 2 ? { dtick: Math.ceil(span / 8) } : {}),
    ...(span > 0 ? { range: [low - 0.06 * span, high + 0.06 * span] } : {}),
  };
}

/** The Plotly shape of a reference line; its text sits on the line, clear of the curve's end. */
export function referenceShape(reference: ReferenceLine): Shape {
  const { y, x, label, color = "#555555", position = "end", side = "above" } = reference;
  const yanchor = side === "above" ? "bottom" : "top";
  const across =
    y === undefined
      ? { x0: x, x1: x, yref: "y domain", y0: 0, y1: 1 }
      : { y0: y, y1: y, xref: "x domain", x0: 0, x1: 1 };
  return {
    type: "line",
    ...across,
    line: { color, width: 1.5, dash: "dash" },
    ...(label
      ? { label: { text: label, textposition: position, yanchor, padding: 4, font: { color, size: 12 } } }
      : {}),
  };
}

/** Plain numbers from any array of numbers; what is not finite becomes null, a gap in JSON as in the picture. */
export function numbers(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

/** A legend on the right above the plot, or none (plotly.js cannot validate a legend that is not shown). */
export function legendAbove(shown: boolean): Layout {
  if (!shown) return { showlegend: false };
  return {
    showlegend: true,
    legend: { orientation: "h", x: 1, xanchor: "right", y: 1.01, yanchor: "bottom" },
    margin: { t: 74 }, // a line of its own below the title: both may be long
  };
}

/** The series behind any of the accepted forms. */
export function toSeries(data: SeriesInput): readonly Series[] {
  if ("length" in data && typeof data.length === "number") {
    const list = data as ArrayLike<number> | readonly Series[];
    return list.length > 0 && typeof list[0] === "object"
      ? (list as readonly Series[])
      : [{ y: list as ArrayLike<number> }];
  }
  return Object.entries(data as Record<string, ArrayLike<number>>).map(([name, y]) => ({ name, y }));
}

function inWords(series: readonly Series[]): string {
  return series
    .map(({ name, y }) => {
      const what = `${name === undefined ? "" : `${name} `}`;
      return y.length
        ? `${what}${y.length} points from ${short(y[0]!)} to ${short(y[y.length - 1]!)}`
        : `${what}no points`;
    })
    .join("; ");
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
