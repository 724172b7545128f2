// What exercises there are: test/exercises/order.json and one <id>.json each, read and checked. Holds no learner's file.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";

/**
 * @typedef {object} Exercise
 * @property {string} id
 * @property {string} title
 * @property {string} from the source notebook, or "ladder"
 * @property {string} summary one sentence
 * @property {string} notebook
 * @property {string[]} requires ids of exercises that must pass first
 * @property {number} deadlineMs for each test
 * @property {string[]} hints three, from gentle to plain
 * @property {Record<string, number>} tests full title → points
 */

/** Where the judge's tests and their values are. */
export const testFolder = path.join(root, "test", "exercises");

/** Where a learner's files are, below the folder of a submission. */
export const stubFolder = "lib/src/exercises";

/** The learner's own copy in this repository. */
export const ownStubs = path.join(root, ...stubFolder.split("/"));

/** The ids in course order. */
export function exerciseIds(folder = testFolder) {
  const file = path.join(folder, "order.json");
  /** @type {unknown} */
  const ids = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(ids) || !ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)))
    throw new Error(`${file}: expected an array of ids in lower case with hyphens`);
  return /** @type {string[]} */ (ids);
}

/**
 * One exercise's declaration; throws if it is not complete.
 * @param {string} id
 * @returns {Exercise}
 */
export function readExercise(id, folder = testFolder) {
  const file = path.join(folder, `${id}.json`);
  if (!existsSync(file)) throw new SetupError(`There is no exercise "${id}".`, suggestion(id, exerciseIds(folder)));
  const data = JSON.parse(readFileSync(file, "utf8"));
  const { title = id, from = "", summary = "", notebook = "", requires = [], deadlineMs = 2000, hints = [] } = data;
  const tests = data.tests ?? {};
  if (!(deadlineMs > 0)) throw new Error(`${file}: deadlineMs must be a number above 0`);
  for (const [name, points] of Object.entries(tests))
    if (!(Number.isFinite(points) && points > 0)) throw new Error(`${file}: "${name}" needs points above 0`);
  return { id, title, from, summary, notebook, requires, deadlineMs, hints, tests };
}

/** All exercises in course order. */
export function readExercises(folder = testFolder) {
  return exerciseIds(folder).map((id) => readExercise(id, folder));
}

/** The known name that somebody who typed `word` may have meant. */
export function nearest(/** @type {string} */ word, /** @type {readonly string[]} */ known) {
  const wanted = word.toLowerCase();
  const [best] = known
    .map((name) => ({ name, gap: name.includes(wanted) || wanted.includes(name) ? 1 : distance(wanted, name) }))
    .sort((a, b) => a.gap - b.gap);
  return best && best.gap <= Math.max(2, word.length / 2) ? best.name : undefined;
}

/** What to say to somebody who asked for an exercise that does not exist. */
export function suggestion(/** @type {string} */ id, /** @type {readonly string[]} */ known) {
  const near = nearest(id, known);
  return `${near ? `Did you mean "${near}"? ` : ""}There are: ${known.join(", ")}.`;
}

/** Levenshtein's distance: how many characters must be added, left out or replaced. */
function distance(/** @type {string} */ a, /** @type {string} */ b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length] ?? 0;
}
