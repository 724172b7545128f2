// `node scripts/bake.mjs FILE.ipynb …`: gives every Plotly figure of executed notebooks a still picture beside it, so
// that it shows where no script runs (GitHub, plain nbconvert, mail). Renders in Node, needs no browser and no network.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { closeRenderer, renderSvg } from "./svg/render.mjs";

const plotlyMime = "application/vnd.plotly.v1+json";
const svgMime = "image/svg+xml";

/**
 * Adds `image/svg+xml` to every output with a Plotly figure; a picture that is there is drawn again.
 * A figure that cannot be drawn stays as it is and its error is returned.
 * @param {{ cells: { outputs?: { data?: Record<string, any> }[] }[] }} notebook changed in place
 * @returns {Promise<{ figures: number, errors: string[] }>}
 */
export async function bake(notebook) {
  let figures = 0;
  /** @type {string[]} */
  const errors = [];
  for (const [index, cell] of notebook.cells.entries()) {
    for (const { data } of cell.outputs ?? []) {
      if (!data?.[plotlyMime]) continue;
      try {
        data[svgMime] = await renderSvg(data[plotlyMime]);
        figures++;
      } catch (error) {
        errors.push(`cell ${index + 1}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { figures, errors };
}

/** Bakes a notebook file in place, by way of a second file: an interruption leaves the old one whole. */
export async function bakeFile(/** @type {string} */ file) {
  const notebook = JSON.parse(readFileSync(file, "utf8"));
  const result = await bake(notebook);
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(notebook, null, 1) + "\n");
  renameSync(temporary, file);
  return result;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = process.argv.slice(2);
  if (!files.length) console.log("usage: node scripts/bake.mjs FILE.ipynb …");
  for (const file of files) {
    const { figures, errors } = await bakeFile(file);
    console.log(`${file}: ${figures} ${figures === 1 ? "figure" : "figures"}`);
    for (const error of errors) console.error(`${file}: ${error}`);
    if (errors.length) process.exitCode = 1;
  }
  await closeRenderer();
}
