/**
 * Rich output: `show(figure)`, `html(…)`, `markdown(…)`, `svg(…)`, `display(bundle)`, each with a handle that can
 * redraw it in place. In a script, where there is nobody to draw, the text/plain line is printed instead.
 */
import { bundleOf, isPromise, type MimeBundle } from "./bundle";
import { channel } from "./channel";
import { plotlyMime } from "../plot/figure";

let displays = 0;

/**
 * One output area that can be redrawn. As a cell's last value it shows nothing, it is already there:
 * its own `Jupyter.display` bundle is empty.
 */
export class DisplayHandle {
  readonly id = `unrolled-${process.pid}-${++displays}`;
  private shown = false;
  private showsFigure = false;

  /** Draws the bundle where this handle's picture stands (or for the first time). */
  update(bundle: MimeBundle): this {
    const out = channel();
    const figure = bundle[plotlyMime] as { layout?: { height?: number } } | undefined;
    if (out) {
      // JupyterLab's renderer keeps the first figure it drew (plotly.py 7.1, `renderModel` returns if there is a graph):
      // another format in between makes it start again. The empty block keeps the page from jumping.
      if (figure && this.showsFigure) this.send({ "text/html": blank(figure.layout?.height) });
      this.send(bundle);
    } else if (!this.shown) printText(bundle);
    this.shown = true;
    this.showsFigure = figure !== undefined;
    return this;
  }

  private send(data: MimeBundle): void {
    channel()?.send({ data, metadata: {}, transient: { display_id: this.id } }, this.shown);
  }

  /** Draws another value (figure, tensor, text …) in the same place. */
  show(value: unknown): this {
    const bundle = bundleOf(value);
    if (!isPromise(bundle)) return this.update(bundle);
    void bundle.then((late) => this.update(late));
    return this;
  }

  /** Empties the place. */
  clear(): this {
    if (this.shown && channel()) this.update({ "text/plain": "", "text/html": "" });
    return this;
  }

  [Symbol.for("Jupyter.display")](): MimeBundle {
    return {};
  }

  /** The stock kernel prints last values with `inspect`: nothing is less noise than an id below every figure. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "";
  }
}

/** Shows a mime bundle, `{ "image/svg+xml": …, "text/plain": … }`, and returns the handle to update it with. */
export function display(bundle: MimeBundle): DisplayHandle {
  return new DisplayHandle().update(bundle);
}

/** Shows anything: a Plotly figure, a tensor, a data frame, whatever has `Symbol.for("Jupyter.display")`, or as text. */
export function show(value: unknown): DisplayHandle {
  return new DisplayHandle().show(value);
}

/** Shows HTML (scripts in it do not run); `text` is what a terminal prints. */
export function html(source: string, text = stripTags(source)): DisplayHandle {
  return display({ "text/html": source, "text/plain": text });
}

/** Shows Markdown with its formulas. */
export function markdown(source: string): DisplayHandle {
  return display({ "text/markdown": source, "text/plain": source });
}

/** Shows an SVG drawing; `text` says what it shows. */
export function svg(source: string, text = "[SVG]"): DisplayHandle {
  return display({ "image/svg+xml": source, "text/plain": text });
}

/** Removes the output of the running cell; with `wait` only when the next output comes. Does nothing outside our kernel. */
export function clearOutput(wait = false): void {
  channel()?.clearOutput(wait);
}

/** Text safe inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}

function blank(height = 450): string {
  return `<div style="height:${height}px"></div>`;
}

function stripTags(source: string): string {
  return source
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function printText(bundle: MimeBundle): void {
  const text = bundle["text/plain"];
  if (typeof text === "string" && text) process.stdout.write(`${text}\n`);
}
