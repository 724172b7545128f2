/**
 * From any value to a mime bundle, the same picture in several formats. Knows figures and whatever carries
 * `Symbol.for("Jupyter.display")` (tensors, frames, models); everything else becomes text. Sends nothing.
 * Never makes text/html with scripts: JupyterLab does not run them in notebooks it does not trust.
 */
import { inspect } from "node:util";
import { figureBundle, isFigure, merge, type Figure, type Trace } from "../plot/figure";

/** Mime type → content, as in Jupyter's `display_data`. */
export type MimeBundle = Record<string, unknown>;

/** Objects with a method of this name choose their own bundle (sync or async). */
export const displaySymbol = Symbol.for("Jupyter.display");

/**
 * The bundle of a value: strings as they are, figures as Plotly, the rest by `Jupyter.display` or as text. If that method is
 * asynchronous, a promise of its bundle, which never rejects: nobody waits for a picture, so it tells the error in its place.
 */
export function bundleOf(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (isFigure(value)) return figureBundle(normalise(value));
  const own = callDisplay(value);
  if (!isPromise(own)) return own ?? { "text/plain": textOf(value) };
  return Promise.resolve(own).then(
    (bundle) => bundle ?? { "text/plain": textOf(value) },
    (error: unknown) => ({ "text/plain": `show: the value's Jupyter.display failed: ${String(error)}` }),
  );
}

/** By its method, for a notebook's promises may come from another realm. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === "function";
}

/**
 * A figure as plotly.js ≥ 3 wants it: string titles (which it drops silently, and which nodeplotlib's types invite)
 * become `{ text }`, `titlefont` moves into the title, typed arrays become arrays, a layout is there.
 */
export function normalise(figure: { data: object[]; layout?: object }): Figure {
  const data = figure.data.map((trace) => titles(plain(trace)) as Trace);
  return { data, layout: titles(plain(figure.layout ?? {})) as Figure["layout"] };
}

/** Only objects made to be titled: a trace's `name` or a `text` must not change. */
function titles(node: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "title" && typeof value === "string")
      result.title = merge({ text: value }, isObject(result.title) ? result.title : {});
    else if (key === "titlefont" && isObject(value)) {
      const title = result.title ?? node.title;
      result.title = merge({ font: value }, isObject(title) ? title : typeof title === "string" ? { text: title } : {});
    } else if (key === "title" && isObject(result.title) && isObject(value)) result.title = merge(result.title, value);
    else result[key] = isObject(value) ? titles(value) : value;
  }
  return result;
}

function plain(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}

function plainValue(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>);
  if (Array.isArray(value)) return value.map(plainValue);
  return isObject(value) ? plain(value) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A class's own `toString` (a model, a data frame) says more than its fields. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const own = isObject(value) && Object.getPrototypeOf(value) !== Object.prototype ? value.toString : undefined;
  const usesOwn =
    typeof own === "function" && own !== Object.prototype.toString && !(inspect.custom in (value as object));
  return usesOwn ? String(value) : inspect(value, { depth: 4 });
}

function callDisplay(value: unknown): MimeBundle | undefined | PromiseLike<MimeBundle | undefined> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const method = (value as Record<symbol, unknown>)[displaySymbol];
  return typeof method === "function" ? (method.call(value) as ReturnType<typeof callDisplay>) : undefined;
}
