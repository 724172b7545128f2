/**
 * What a figure is: numbers in plain JSON, in the conventions of plotly.js 3 and later (titles are `{ text }`).
 * Not a drawing: nothing here, nor anywhere in this room, displays; `show(figure)` of the notebook room does.
 */
import { theme } from "./theme";

/** One series or mark of a figure, with the attributes of https://plotly.com/javascript/reference/. */
export interface Trace {
  type?: string;
  name?: string;
  x?: readonly unknown[];
  y?: readonly unknown[];
  z?: readonly unknown[];
  text?: string | readonly string[] | readonly (readonly string[])[];
  [attribute: string]: unknown;
}

/** A title as plotly.js ≥ 3 wants it; plain strings are dropped there without a word. */
export interface Title {
  text: string;
  [attribute: string]: unknown;
}

/** A line or rectangle drawn over the plot. */
export interface Shape {
  type: string;
  [attribute: string]: unknown;
}

/** A text, with or without an arrow, placed over the plot. */
export interface Annotation {
  text: string;
  [attribute: string]: unknown;
}

/** Everything around the traces: titles, axes, legend, shapes, annotations. */
export interface Layout {
  title?: Title;
  width?: number;
  height?: number;
  shapes?: Shape[];
  annotations?: Annotation[];
  /** `description` says in words what the picture shows; it becomes the alternative text. */
  meta?: { description?: string };
  [attribute: string]: unknown;
}

/** A Plotly figure: what to draw, and around it. */
export interface Figure {
  data: Trace[];
  layout: Layout;
}

/** The options every plot helper takes. */
export interface FigureOptions {
  title?: string;
  xTitle?: string;
  yTitle?: string;
  /** Pixels; without it the figure takes the width it is given. */
  width?: number;
  height?: number;
  /** What the picture shows, in words: the alternative text. */
  description?: string;
  /** Any further Plotly layout, merged over what the helper makes. */
  layout?: Layout;
}

/** The mime type JupyterLab's Plotly renderer listens to. */
export const plotlyMime = "application/vnd.plotly.v1+json";

/** A cell's last value is shown by the method of this name (https://tslab and our kernel look for it). */
const display = Symbol.for("Jupyter.display");
const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * Puts traces and layout together with the house style.
 * The two hidden methods let it be a cell's last value (a rich picture) and keep `console.log` to one line.
 */
export function figure(data: Trace[], layout: Layout, options: FigureOptions = {}): Figure {
  const { title, xTitle, yTitle, width, height, description } = options;
  const own: Layout = {
    template: theme,
    ...(title === undefined ? {} : { title: { text: title } }),
    ...(xTitle === undefined ? {} : { xaxis: { title: { text: xTitle } } }),
    ...(yTitle === undefined ? {} : { yaxis: { title: { text: yTitle } } }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(description === undefined ? {} : { meta: { description } }),
  };
  const result: Figure = { data, layout: merge(merge(layout, own), options.layout ?? {}) };
  Object.defineProperty(result, display, { value: () => figureBundle(result) });
  Object.defineProperty(result, inspect, { value: () => `Figure { ${describe(result)} }` });
  return result;
}

/** The mime bundle of a figure: Plotly's JSON, and a line of text for where there is no renderer. */
export function figureBundle(figure: Figure): Record<string, unknown> {
  return { [plotlyMime]: { data: figure.data, layout: figure.layout }, "text/plain": `[${describe(figure)}]` };
}

/** One line that says what a figure shows: its title, its description, its named series. */
export function describe(figure: Figure): string {
  const { title, meta } = figure.layout;
  const names = figure.data.filter((trace) => trace.showlegend !== false && trace.name).map((trace) => trace.name);
  const parts = [title?.text, meta?.description ?? (names.length ? names.join(", ") : undefined)];
  return plainText(parts.filter(Boolean).join(": ") || `Figure with ${figure.data.length} traces`);
}

/** Takes the HTML that Plotly understands (`<sub>`, `<br>`, `<b>`) out of a label. */
export function plainText(label: string): string {
  return label
    .replace(/<br\s*\/?>/g, " ")
    .replace(/<sub>/g, "_")
    .replace(/<[^>]+>/g, "");
}

/** Whether a value has the shape of a Plotly figure: an array of traces `data`, and a `layout` if any. */
export function isFigure(value: unknown): value is { data: object[]; layout?: object } {
  if (!isObject(value) || !Array.isArray(value.data)) return false;
  const { data, layout } = value;
  if (layout === undefined)
    return data.length > 0 && data.every((trace) => isObject(trace) && ("type" in trace || "y" in trace));
  return isObject(layout) && data.every(isObject);
}

/** Merges plain objects deeply, `over` winning; arrays and other values are replaced whole. */
export function merge<T extends object>(base: T, over: object): T {
  const result: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(value) ? merge(old, value) : value;
  }
  return result as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
