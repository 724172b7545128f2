/**
 * Several figures side by side in one: each keeps its axes, lines and texts, their titles become panel titles.
 * For figures with x and y axes only; three-dimensional ones cannot share a canvas this way.
 */
import { describe, figure, type Annotation, type Figure, type FigureOptions, type Layout, type Shape } from "./figure";
import { ink } from "./theme";

export interface GridOptions extends FigureOptions {
  columns?: number;
  /** Space between panels, as shares of the whole; the default leaves room for tick labels and axis titles. */
  gap?: readonly [number, number];
}

/** Lays figures out in rows of `columns` panels under one title. Throws on an empty list and on 3-D figures. */
export function grid(figures: readonly Figure[], options: GridOptions = {}): Figure {
  if (!figures.length) throw new Error("grid: expected at least one figure, got none");
  const { columns = Math.min(3, figures.length), gap = [0.1, 0.24] } = options;
  const rows = Math.ceil(figures.length / columns);
  const titleLines = Math.max(...figures.map((one) => (one.layout.title?.text ?? "").split(/<br\s*\/?>/).length));
  const layout: Layout = {
    height: rows * 330 + 60,
    margin: { l: 60, r: 24, t: (options.title ? 50 : 16) + 20 * titleLines, b: 52 },
    shapes: [],
    annotations: [],
  };
  const data = figures.flatMap((one, index) => {
    if (one.data.some((trace) => String(trace.type).endsWith("3d"))) {
      throw new Error("grid: expected figures with x and y axes, got a 3-D one; show it on its own");
    }
    const n = index === 0 ? "" : String(index + 1);
    const [left, right] = share(index % columns, columns, gap[0]);
    const [above, below] = share(Math.floor(index / columns), rows, gap[1]);
    const [bottom, top] = [1 - below, 1 - above];
    const { xaxis, yaxis, legend, shapes = [], annotations = [], title, hovermode } = one.layout;
    const place = (item: Shape | Annotation): Record<string, unknown> => ({
      ...item,
      xref: axisRef("x", n, item.xref),
      yref: axisRef("y", n, item.yref),
    });
    layout[`xaxis${n}`] = { ...(xaxis as object), domain: [left, right], anchor: `y${n}` };
    layout[`yaxis${n}`] = { ...(yaxis as object), domain: [bottom, top], anchor: `x${n}` };
    const named = one.layout.showlegend !== false && one.data.some((trace) => trace.name && trace.showlegend !== false);
    if (named) layout[`legend${n}`] = inPanel((legend ?? {}) as Record<string, unknown>, left, right, bottom, top);
    layout.hovermode ??= hovermode;
    layout.shapes!.push(...(shapes.map(place) as Shape[]));
    layout.annotations!.push(...(annotations.map(place) as Annotation[]));
    if (title) {
      layout.annotations!.push({
        text: title.text,
        xref: `x${n} domain`,
        yref: `y${n} domain`,
        x: 0.5,
        y: 1,
        yanchor: "bottom",
        yshift: 6,
        showarrow: false,
        font: { size: 14, color: ink },
      });
    }
    const shown = named ? { legend: `legend${n}` } : { showlegend: false };
    return one.data.map((trace) => ({ ...trace, xaxis: `x${n}`, yaxis: `y${n}`, ...shown }));
  });
  const description = options.description ?? figures.map(describe).join(" | ");
  // Panels have no single axis title: they keep their own.
  const { title, width, height } = options;
  const whole = { title, width, height, description, layout: options.layout };
  return figure(data, { showlegend: data.some((trace) => "legend" in trace), ...layout }, whole);
}

/** The part of 0 … 1 that panel `index` of `count` takes, with `gap` between neighbours. */
function share(index: number, count: number, gap: number): [number, number] {
  const size = (1 - gap * (count - 1)) / count;
  const start = index * (size + gap);
  return [Number(start.toFixed(4)), Number((start + size).toFixed(4))];
}

function axisRef(axis: "x" | "y", n: string, ref: unknown): string {
  if (ref === undefined || ref === axis) return `${axis}${n}`;
  return `${axis}${n} domain`; // "paper" and "x domain" both mean this panel
}

/** A legend's place, given for a figure of its own, inside its panel. */
function inPanel(legend: Record<string, unknown>, left: number, right: number, bottom: number, top: number): object {
  const at = (value: unknown, from: number, to: number): number => from + Number(value ?? 1) * (to - from);
  return { ...legend, x: at(legend.x, left, right), y: at(legend.y, bottom, top) };
}
