// A Plotly figure as an SVG text, drawn by plotly.js itself in jsdom: no browser, no network, about 0.1 s a figure
// after 1 s of loading. The same figure always gives the same text.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { installShims } from "./shims.mjs";
import { isSpatial, project } from "./project.mjs";

const require = createRequire(import.meta.url);

/** @typedef {{ data: any[], layout: any }} Figure */

/** @type {Promise<any> | undefined} */
let page;

/** Where the one plotly.js of this repository lies. */
export const plotlyPath = require.resolve("plotly.js-dist-min/plotly.min.js");

async function open() {
  // @ts-expect-error jsdom ships no types, and DefinitelyTyped has none for this version
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

/**
 * SVG of `{ data, layout }`; the size is the layout's, or 860 × 450 pixels.
 * @param {Figure} figure
 * @param {{ width?: number, height?: number }} [size]
 * @returns {Promise<string>}
 */
export async function renderSvg(figure, { width = 860, height = 450 } = {}) {
  page ??= open();
  const window = await page;
  const text = JSON.stringify(figure);
  const copy = JSON.parse(text); // plotly.js writes into what it draws
  const flat = isSpatial(copy) ? project(copy) : copy;
  // plotly.js names clip paths by chance: tie chance to the content, so that baking twice changes nothing.
  let state = hash(text) || 1;
  window.Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const { layout } = flat;
  const size = { width: layout.width ?? width, height: layout.height ?? height };
  const svg = await window.Plotly.toImage(
    { data: flat.data, layout: { ...layout, ...size }, config: { staticPlot: true } },
    { format: "svg", imageDataOnly: true, ...size },
  );
  return withTitle(svg.replace(invisible, ""), figure);
}

/**
 * What plotly.js has against a figure (`Plotly.validate`): attributes it does not know, values it drops.
 * @param {Figure} figure
 * @returns {Promise<string[]>}
 */
export async function findFaults({ data, layout }) {
  page ??= open();
  const faults = (await page).Plotly.validate(data, layout) ?? [];
  return faults.map((/** @type {{ msg: string }} */ { msg }) => msg);
}

/** Markers without size or colour, which only carry the hover of an edge: half the text of a network diagram. */
const invisible = /<path class="point"[^>]*(?: d="M(-?[\d.]+,-?[\d.]+)(?:L\1)*Z"|fill-opacity: 0;[^>]*)\/>/g;

/** Closes the page, so that the process can end. */
export async function closeRenderer() {
  if (page) (await page).close();
  page = undefined;
}

/** Puts what the picture shows into it, for readers who cannot see it. */
function withTitle(/** @type {string} */ svg, /** @type {Figure} */ { layout }) {
  const text = [layout.title?.text ?? layout.title, layout.meta?.description].filter(Boolean).join(": ");
  if (!text) return svg;
  const plain = String(text)
    .replace(/<br\s*\/?>/g, " ")
    .replace(/<[^>]+>/g, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;");
  return svg.replace(
    /<svg ([^>]*)>/,
    (_, /** @type {string} */ attributes) => `<svg role="img" ${attributes}><title>${plain}</title>`,
  );
}

/** FNV-1a, 32 bits. */
function hash(/** @type {string} */ text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return (value >>> 0) % 2147483647;
}
