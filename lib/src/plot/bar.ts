/** Bars: one number per name, with the value on top and reference lines; and histograms, counted here so figures stay small. */
import { figure, type Figure, type FigureOptions } from "./figure";
import { legendAbove, referenceShape, type ReferenceLine } from "./line";
import { palette, seriesColors } from "./theme";

export interface BarOptions extends FigureOptions {
  /** One colour for all bars, or one for each. */
  color?: string | readonly string[];
  horizontal?: boolean;
  /** d3 format of the value written at each bar. */
  format?: string;
  lines?: readonly ReferenceLine[];
}

/** One bar for each entry of `{ name: value }`, in that order. */
export function bar(values: Record<string, number>, options: BarOptions = {}): Figure {
  const { color = palette.blue, horizontal = false, format = ".3~g", lines = [], yTitle = "" } = options;
  const names = Object.keys(values);
  const sizes = Object.values(values);
  const value = `%{${horizontal ? "x" : "y"}:${format}}`;
  const trace = {
    type: "bar",
    ...(horizontal ? { x: sizes, y: names, orientation: "h" } : { x: names, y: sizes }),
    marker: { color },
    texttemplate: value,
    textposition: "outside",
    cliponaxis: false,
    hovertemplate: `%{${horizontal ? "y" : "x"}}<br>${yTitle ? `${yTitle} ` : ""}${value}<extra></extra>`,
  };
  const layout = {
    height: horizontal ? Math.max(160, 90 + 30 * names.length) : 380,
    [horizontal ? "yaxis" : "xaxis"]: { type: "category", ...(horizontal ? { autorange: "reversed" } : {}) },
    bargap: 0.35,
    ...(lines.length ? { shapes: lines.map(referenceShape) } : {}),
  };
  const description = names.map((name, i) => `${name} ${Number(sizes[i]?.toPrecision(3))}`).join(", ");
  return figure([trace], layout, { description, ...options });
}

export interface HistogramOptions extends FigureOptions {
  bins?: number;
  /** Smallest and largest value counted; outside it nothing is. */
  range?: readonly [number, number];
  /** Counts on a log axis. */
  log?: boolean;
}

/**
 * How often values `[N]` fall into equal bins; the last bin includes its upper edge, as in NumPy's `histogram`.
 * Several named sets share their bins and lie over each other. Numbers that are not finite are left out.
 */
export function histogram(
  values: ArrayLike<number> | Record<string, ArrayLike<number>>,
  options: HistogramOptions = {},
): Figure {
  const { bins = 40, log = false, xTitle = "Value", yTitle = "Count" } = options;
  const sets: [string, number[]][] = isList(values)
    ? [["", finite(values)]]
    : Object.entries(values).map(([name, list]) => [name, finite(list)]);
  const [low, high] = options.range ?? extent(sets.flatMap(([, list]) => extent(list)));
  if (!Number.isInteger(bins) || bins < 1) throw new Error(`histogram: expected bins ≥ 1, got ${bins}`);
  const width = (high - low || 1) / bins;
  const digits = (edge: number): number => Number(edge.toPrecision(6));
  const x = Array.from({ length: bins }, (_, i) => digits(low + (i + 0.5) * width));
  const edges = x.map((_, i) => `${digits(low + i * width)} … ${digits(low + (i + 1) * width)}`);
  const traces = sets.map(([name, list], index) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of list) {
      if (value >= low && value <= high) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
    }
    return {
      type: "bar",
      ...(name ? { name } : {}),
      x,
      y: counts,
      width,
      customdata: edges,
      marker: { color: seriesColors[index % seriesColors.length], opacity: sets.length > 1 ? 0.6 : 1 },
      hovertemplate: `%{customdata}<br>${yTitle} %{y}${name ? "" : "<extra></extra>"}`,
    };
  });
  const layout = {
    height: 360,
    bargap: 0,
    barmode: "overlay",
    ...legendAbove(sets.length > 1),
    yaxis: log ? { type: "log", exponentformat: "power", dtick: 1 } : {},
  };
  const count = sets.map(([name, list]) => `${name ? `${name} ` : ""}${list.length} values`).join(", ");
  const description = `${count} in ${bins} bins from ${digits(low)} to ${digits(high)}`;
  return figure(traces, layout, { description, ...options, xTitle, yTitle });
}

function isList(values: object): values is ArrayLike<number> {
  return "length" in values && typeof values.length === "number";
}

function finite(values: ArrayLike<number>): number[] {
  return Array.from(values).filter(Number.isFinite);
}

/** Smallest and largest, without spreading a million numbers into arguments. */
function extent(values: readonly number[]): [number, number] {
  if (!values.length) return [0, 1];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
