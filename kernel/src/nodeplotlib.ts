/**
 * `import { plot } from "nodeplotlib"` in a cell: the same function, drawing in the notebook.
 *
 * The package itself starts a web server, opens a browser on a page that needs a CDN, and never ends a headless run. It
 * is therefore not loaded; only its types are used, by the compiler. In scripts, without this kernel, the real one runs.
 */
import { randomUUID } from "node:crypto";
import type { KernelHook } from "./output";

type Json = Record<string, unknown>;

/** As much of an RxJS observable as is needed. */
interface Observable {
  subscribe(next: (traces: Json[]) => void): unknown;
}

const mime = "application/vnd.plotly.v1+json";
const fastestUpdateMs = 200;

/** What `require("nodeplotlib")` returns in this kernel. */
export function inlineNodeplotlib(kernel: KernelHook): {
  plot(data: Json[] | Observable, layout?: Json, config?: Json): void;
} {
  return {
    plot(data, layout = {}, config = {}) {
      const display_id = randomUUID();
      let shown = false;
      const publish = (data: Json) => {
        const type = shown ? "update_display_data" : "display_data";
        kernel.publish(type, { data, metadata: {}, transient: { display_id } });
        shown = true;
      };
      const show = (traces: Json[]) => {
        if (shown) publish({ "text/html": placeholder(layout) });
        publish(figureBundle(traces, layout, config));
      };
      if ("subscribe" in data) data.subscribe(atMostEvery(fastestUpdateMs, show));
      else show(data);
    },
  };
}

/**
 * JupyterLab's renderer keeps the first figure it drew (plotly.py 7.1: `renderModel` returns if there is a graph). Another
 * format in between makes it start again; an empty block of the same height keeps the page from jumping.
 */
function placeholder({ height }: Json): string {
  return `<div style="height:${typeof height === "number" ? height : 360}px"></div>`;
}

/** The formats of a figure. `layout` has to be there: JupyterLab's renderer reads it without asking. */
export function figureBundle(traces: Json[], layout: Json, config: Json): Json {
  const figure = { data: withTitleObjects(traces), layout: withTitleObjects(layout), config };
  const lines = traces.length === 1 ? "1 trace" : `${traces.length} traces`;
  return { [mime]: figure, "text/plain": `[figure: ${lines}]` };
}

/**
 * plotly.js 3 and later draw no title given as a string and ignore `titlefont`, `titleside` and the like, which
 * nodeplotlib's types (plotly.js 1.54) invite: `title: "x"` becomes `title: {text: "x"}`, `titlefont` its `font`.
 */
export function withTitleObjects<T>(value: T): T {
  if (Array.isArray(value)) {
    return (typeof value[0] === "object" && value[0] !== null ? value.map(withTitleObjects) : value) as T;
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const out: Json = {};
  const title: Json = {};
  for (const [key, each] of Object.entries(value as Json)) {
    const part = /^title(font|side|position)$/.exec(key)?.[1];
    if (key === "title") Object.assign(title, typeof each === "string" ? { text: each } : each);
    else if (part) title[part] = each;
    else out[key] = key === "meta" || key === "customdata" ? each : withTitleObjects(each);
  }
  return (Object.keys(title).length > 0 ? { ...out, title } : out) as T;
}

/** Calls `show` with the newest value, at most once in `ms`; the last value always arrives. */
function atMostEvery<T>(ms: number, show: (value: T) => void): (value: T) => void {
  let newest: { value: T } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = undefined;
    if (!newest) return;
    const { value } = newest;
    newest = undefined;
    timer = setTimeout(next, ms);
    show(value);
  };
  return (value) => {
    newest = { value };
    if (timer === undefined) next();
  };
}
