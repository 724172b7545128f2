// `npm run pictures`, for authors: runs notebook 06 with our solutions and keeps its figures in docs/images/exercises, where
// `whenWritten` finds what a learner's own code will show. To be run when a solution or a picture's cell changes.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, shown } from "./setup/paths.mjs";

const out = path.join(root, "build", "pictures");
const images = path.join(root, "docs", "images", "exercises");
const ending = "-picture"; // of the ids of cells that call whenWritten

const { status } = spawnSync(
  process.execPath,
  [path.join(root, "scripts", "notebooks.mjs"), "06", "--no-html", "--out", out],
  { stdio: "inherit", env: { ...process.env, UNROLLED_EXERCISES: "lib/src/solutions" } },
);
if (status !== 0) process.exit(status ?? 1);

mkdirSync(images, { recursive: true });
const { cells } = JSON.parse(readFileSync(path.join(out, "06-exercises.ipynb"), "utf8"));
for (const { id, outputs = [] } of cells.filter((/** @type {{ id: string }} */ cell) => cell.id.endsWith(ending))) {
  const svg = outputs.map((/** @type {any} */ output) => output.data?.["image/svg+xml"]).find(Boolean);
  if (!svg) throw new Error(`the cell ${id} has no picture`);
  const file = path.join(images, `${id.slice(0, -ending.length)}.svg`);
  writeFileSync(file, `${[svg].flat().join("").trim()}\n`);
  console.log(`Written: ${shown(file)}`);
}
