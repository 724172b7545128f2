// `node scripts/export.mjs FILE.ipynb …`: executed notebooks as HTML pages beside them, with live figures and formulas
// that need no network. Figures are baked first, so a page without scripts still shows them.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bakeFile } from "./bake.mjs";
import { condaEnvironment, finishedVenv, readEnvironment } from "./setup/python.mjs";
import { closeRenderer, plotlyPath } from "./svg/render.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const mathJaxPath = createRequire(import.meta.url).resolve("mathjax/es5/tex-svg.js");

/**
 * Bakes notebooks and writes an HTML page beside each, with the two shared scripts in the same folder.
 * @param {string[]} files
 * @returns {Promise<{ pages: string[], errors: string[] }>} errors name the figures that could not be drawn
 */
export async function exportNotebooks(files) {
  /** @type {string[]} */
  const errors = [];
  for (const file of files) {
    const baked = await bakeFile(file);
    errors.push(...baked.errors.map((error) => `${file}: ${error}`));
  }
  if (files.length) await convert(files);
  const pages = files.map((file) => file.replace(/\.ipynb$/, ".html"));
  for (const page of pages) writeFileSync(page, finishPage(readFileSync(page, "utf8")));
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    share(plotlyPath, path.join(folder, "plotly.min.js"));
    share(mathJaxPath, path.join(folder, "tex-svg.js"));
  }
  return { pages, errors };
}

/** A page as nbconvert makes it, with the first heading as its title, and links to notebooks leading to their pages. */
export function finishPage(/** @type {string} */ html) {
  const heading = /<h1[^>]*>([^<]+)/.exec(html)?.[1];
  const titled = heading ? html.replace(/<title>[^<]*/, () => `<title>${heading}`) : html;
  return titled.replace(/(<a href="(?![a-z]+:)[^"#]+)\.ipynb(?=["#])/g, "$1.html");
}

/** One nbconvert for all files: starting Python costs more than converting. */
async function convert(/** @type {string[]} */ files) {
  const environment = condaEnvironment(process.env, readEnvironment()) ?? finishedVenv();
  if (!environment) throw new Error("export: no Python environment; run `npm run setup` first");
  const args = ["-m", "nbconvert", "--to", "html", "--log-level", "WARN", "--template", "html-template"];
  args.push(`--TemplateExporter.extra_template_basedirs=${here}`, ...files);
  const child = spawn(environment.python, args, { stdio: ["ignore", "inherit", "pipe"] });
  let errors = "";
  child.stderr.on("data", (/** @type {Buffer} */ chunk) => (errors += chunk));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`export: nbconvert failed (exit code ${code})\n${errors.trim().slice(-2000)}`);
}

/** Copies a script that is not there yet in this version (told by its size). */
function share(/** @type {string} */ from, /** @type {string} */ to) {
  if (!existsSync(to) || statSync(to).size !== statSync(from).size) copyFileSync(from, to);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = process.argv.slice(2);
  if (!files.length) console.log("usage: node scripts/export.mjs FILE.ipynb …");
  const { pages, errors } = await exportNotebooks(files);
  for (const page of pages) console.log(page);
  for (const error of errors) console.error(error);
  if (errors.length) process.exitCode = 1;
  await closeRenderer();
}
