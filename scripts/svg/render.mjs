// @ts-nocheck: jsdom and plotly.js come without types
// A Plotly figure as an SVG text, drawn by plotly.js itself in jsdom: no browser, no network, about 0.1 s a figure
// after 1 s of loading. The same figure always gives the same text.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { installShims } from "./shims.mjs";
import { isSpatial, project } from "./project.mjs";

const require = createRequire(import.meta.url);
let page;

/** Where the one plotly.js of this repository lies. */
export const plotlyPath = require.resolve("plotly.js-dist-min/plotly.min.js");

async function open() {
  const { JSDOM, VirtualConsole } = await import("jsdom");
  const { window } = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(), // plotly.js logs what it misses; the picture tells us more
  });
  installShims(window);
  window.eval(readFileSync(plotlyPath, "utf8"));
  return window;
}

/** SVG of `{ data, layout }`; the size is the layout's, or 860 × 450 pixels. */
export async function renderSvg(figure, { width = 860, height = 450 } = {}) {
  page ??= open();
  const window = await page;
  const flat = isSpatial(figure) ? project(figure) : figure;
  // plotly.js names clip paths by chance: tie chance to the content, so that baking twice changes nothing.
  let state = hash(JSON.stringify(figure)) || 1;
  window.Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const { layout } = flat;
  const size = { width: layout.width ?? width, height: layout.height ?? height };
  const svg = await window.Plotly.toImage(
    { data: flat.data, layout: { ...layout, ...size }, config: { staticPlot: true } },
    { format: "svg", imageDataOnly: true, ...size },
  );
  return withTitle(svg, figure);
}

/** Closes the page, so that the process can end. */
export async function closeRenderer() {
  if (page) (await page).close();
  page = undefined;
}

/** Puts what the picture shows into it, for readers who cannot see it. */
function withTitle(svg, { layout }) {
  const text = [layout.title?.text ?? layout.title, layout.meta?.description].filter(Boolean).join(": ");
  if (!text) return svg;
  const plain = String(text)
    .replace(/<br\s*\/?>/g, " ")
    .replace(/<[^>]+>/g, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;");
  return svg.replace(/<svg ([^>]*)>/, (_, attributes) => `<svg role="img" ${attributes}><title>${plain}</title>`);
}

/** FNV-1a, 32 bits. */
function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return (value >>> 0) % 2147483647;
}
