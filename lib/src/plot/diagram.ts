/**
 * The drawing kit of the network diagrams: round nodes with a text inside, arrows and curves that can be hovered,
 * captions, and an empty pair of axes to put them on. Node and arrow sizes are pixels, places are data units, so a
 * diagram keeps its looks at any width. Not a general graph layout: every diagram says where its nodes stand.
 */
import type { Layout, Trace } from "./figure";
import { faint, ink, inkOn, roles, type Role } from "./theme";

/** A place in the diagram, `[x, y]`. */
export type Point = readonly [number, number];

/** A node: where it is, what is written in it, and the formula its hover shows. */
export interface Node {
  at: Point;
  label: string;
  hover?: string;
}

/** How a set of nodes looks and what the legend calls it. */
export interface NodeStyle {
  role: Role;
  name: string;
  size?: number;
  symbol?: string;
  /** One for all labels, or one for each. */
  fontSize?: number | readonly number[];
  showlegend?: boolean;
}

/** Nodes of one kind, as one trace: a click on the legend hides them all. */
export function nodes(list: readonly Node[], style: NodeStyle): Trace {
  const { role, name, size = 44, symbol = "circle", fontSize = 16, showlegend = true } = style;
  const color = roles[role];
  return {
    type: "scatter",
    mode: "markers+text",
    name,
    legendgroup: role,
    showlegend,
    x: list.map((node) => node.at[0]),
    y: list.map((node) => node.at[1]),
    text: list.map((node) => node.label),
    textposition: "middle center",
    textfont: { size: fontSize, color: inkOn(color) },
    marker: { size, symbol, color, opacity: 1, line: { color: "#FFFFFF", width: 1.5 } },
    ...(list.some((node) => node.hover)
      ? { hovertext: list.map((node) => node.hover ?? node.label), hoverinfo: "text" }
      : { hoverinfo: "skip" }),
    cliponaxis: false,
  };
}

/** How a set of edges looks, what its hover says and what the legend calls it. */
export interface EdgeStyle {
  role: Role;
  name: string;
  color?: string;
  hover?: string;
  width?: number;
  dash?: "solid" | "dot" | "dash";
  /** Pixels between the arrow's head and the end of the path; undefined draws no head. */
  standoff?: number;
  showlegend?: boolean;
  legendgroup?: string;
}

/**
 * Edges of one kind; each path is a list of points, an arrow head stands at its end. Lines run on to the middle of the
 * node, which covers them (`backoff: 0`): left to itself Plotly cuts whole pieces off a curve. What a hover finds are
 * invisible marks between the ends, in a trace of their own: marks inside a node would hide the node's own formula.
 */
export function edges(paths: readonly (readonly Point[])[], style: EdgeStyle): Trace[] {
  const { role, name, hover, width = 2, dash = "solid", standoff, showlegend = true } = style;
  const color = style.color ?? roles[role];
  const legendgroup = style.legendgroup ?? role;
  const points = paths.flatMap((path) => [...path.map(([x, y], i) => ({ x, y, end: i === path.length - 1 })), null]);
  points.pop(); // no gap after the last path
  const drawn: Trace = {
    type: "scatter",
    mode: standoff === undefined ? "lines" : "lines+markers",
    name,
    legendgroup,
    showlegend: false,
    x: points.map((point) => (point ? round(point.x) : null)),
    y: points.map((point) => (point ? round(point.y) : null)),
    line: { color, width, dash, backoff: 0 },
    ...(standoff === undefined
      ? {}
      : {
          cliponaxis: false,
          marker: {
            symbol: "arrow",
            angleref: "previous",
            size: points.map((point) => (point?.end ? 11 + width : 0)),
            standoff,
            color,
            opacity: 1,
            line: { width: 0 },
          },
        }),
    hoverinfo: "skip",
  };
  // In the legend a plain line stands for them: Plotly would draw the arrow head into its text.
  const key: Trace = {
    type: "scatter",
    mode: "lines",
    name,
    legendgroup,
    x: [null],
    y: [null],
    line: { color, width, dash },
  };
  const traces = showlegend ? [key, drawn] : [drawn];
  if (!hover) return traces;
  const marks = paths.flatMap((path) => [0.25, 0.4, 0.5, 0.6, 0.75].map((t) => along(path, t)));
  const found: Trace = {
    type: "scatter",
    mode: "markers",
    legendgroup,
    showlegend: false,
    x: marks.map(([x]) => round(x)),
    y: marks.map(([, y]) => round(y)),
    marker: { size: 12, color: "rgba(0,0,0,0)" },
    hovertemplate: `${hover}<extra></extra>`,
    hoverlabel: { bgcolor: color },
  };
  return [...traces, found];
}

/** The point at the share t of a path, counted by its points: curves are sampled evenly. */
function along(path: readonly Point[], t: number): Point {
  const place = t * (path.length - 1);
  const before = Math.min(Math.floor(place), path.length - 2);
  const [from, to] = [path[before]!, path[before + 1]!];
  return [mix(from[0], to[0], place - before), mix(from[1], to[1], place - before)];
}

/**
 * A Bézier curve through its first and last point, bent by those between; with three it is the quadratic
 * `B(t) = (1 − t)² p₀ + 2 (1 − t) t p₁ + t² p₂`. Computed by de Casteljau's repeated interpolation.
 */
export function bezier(control: readonly Point[], points = 20): Point[] {
  const at = (t: number): Point => {
    let level = [...control];
    while (level.length > 1) {
      level = level.slice(1).map((to, i) => [mix(level[i]![0], to[0], t), mix(level[i]![1], to[1], t)] as const);
    }
    return level[0]!;
  };
  return Array.from({ length: points }, (_, i) => at(i / (points - 1)));
}

function mix(from: number, to: number, t: number): number {
  return from + t * (to - from);
}

/** A text beside something: a weight's name, a size, a time step. */
export interface Caption {
  at: Point;
  text: string;
}

/** How a set of captions looks. */
export interface CaptionStyle {
  color?: string;
  size?: number;
  /** Which side of the place the text stands on. */
  position?: string;
  /** Pixels kept free around the place: the size of the node it belongs to. */
  clear?: number;
  /** Captions vanish together with the trace of this legend group. */
  legendgroup?: string;
}

/** Captions of one kind, as one trace. */
export function captions(list: readonly Caption[], style: CaptionStyle = {}): Trace {
  const { color = faint, size = 13, position = "middle center", clear = 0, legendgroup } = style;
  return {
    type: "scatter",
    // A transparent marker keeps the text off the node it describes: Plotly moves texts by the marker's radius.
    mode: clear ? "markers+text" : "text",
    x: list.map((caption) => caption.at[0]),
    y: list.map((caption) => caption.at[1]),
    text: list.map((caption) => caption.text),
    textposition: position,
    textfont: { size, color },
    ...(clear ? { marker: { size: clear, color: "rgba(0,0,0,0)" } } : {}),
    hoverinfo: "skip",
    showlegend: false,
    ...(legendgroup ? { legendgroup } : {}),
    cliponaxis: false,
  };
}

/** The layout of a diagram: no axes, no zoom, hover by the nearest thing, the legend below. */
export function canvas(x: Point, y: Point, height: number): Layout {
  const hidden = { visible: false, fixedrange: true };
  return {
    height,
    xaxis: { ...hidden, range: [...x] },
    yaxis: { ...hidden, range: [...y] },
    margin: { l: 16, r: 16, t: 56, b: 48 },
    hovermode: "closest",
    dragmode: false,
    legend: { orientation: "h", x: 0.5, xanchor: "center", y: 0, yanchor: "top", font: { size: 13, color: ink } },
  };
}

/** `W_xh` in the HTML that Plotly understands. */
export function sub(name: string, index: string | number): string {
  return `${name}<sub>${index}</sub>`;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
