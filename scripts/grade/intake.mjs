// What is taken from a submission: the listed stub files, if they are plain text in their place, and nothing else. All the
// rest is ignored, and what a reader of the report should know of it is named. Runs nothing and follows no link.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  realpathSync,
} from "node:fs";
import path from "node:path";
import { TextDecoder } from "node:util";
import { SetupError } from "../setup/errors.mjs";
import { root } from "../setup/paths.mjs";
import { LearnerError } from "./errors.mjs";
import { stubFolder, suggestion } from "./registry.mjs";
import { nameText } from "./text.mjs";

/**
 * @typedef {object} Intake
 * @property {Record<string, string>} sources id → code
 * @property {Record<string, { state: "error" | "not started", message: string }>} missing id → why there is no code
 * @property {string[]} notes what was ignored and why
 */

const sizeLimit = 256 * 1024;
const noteLimit = 40;
const entryLimit = 5000;
const folderLimit = 100; // in which the stubs are looked for

/**
 * Reads the stubs of these exercises from a submission's folder. Throws a SetupError if there is no such folder.
 * @param {string} submission
 * @param {string[]} ids
 * @param {string[]} known all exercises there are
 * @returns {Intake}
 */
export function takeIn(submission, ids, known) {
  const base = baseFolder(submission);
  /** @type {Intake} */
  const intake = { sources: {}, missing: {}, notes: [] };
  const places = findStubs(base, known);
  const [stubs] = places;
  const shown = (/** @type {string} */ place) => (place === "." ? "the folder itself" : `${place}/`);
  if (stubs && stubs !== stubFolder)
    intake.notes.push(`the exercises were found in ${shown(stubs)} instead of ${stubFolder}/`);
  if (stubs && places.length > 1)
    intake.notes.push(`there are exercises in ${places.map(shown).join(", ")}: those of ${shown(stubs)} are graded`);
  const folder = path.join(base, stubs ?? stubFolder);
  for (const id of ids) {
    try {
      intake.sources[id] = readStub(folder, id, base);
    } catch (error) {
      if (!(error instanceof LearnerError)) throw error;
      intake.missing[id] = { state: error.state === "error" ? "error" : "not started", message: error.message };
    }
  }
  if (base !== realpathSync(root)) intake.notes.push(...ignored(base, stubs ?? stubFolder, known));
  intake.notes = intake.notes.map((note) => nameText(note, 1000)); // names of files may hold anything
  return intake;
}

function baseFolder(/** @type {string} */ submission) {
  try {
    const base = realpathSync(submission);
    if (lstatSync(base).isDirectory()) return base;
  } catch {
    // said below
  }
  throw new SetupError(
    `There is no folder ${submission}.`,
    `A submission is a folder that holds ${stubFolder}/ with the learner's files.`,
  );
}

/** Folders that hold files of an exercise's name which are not the learner's. */
const others = new Set(["test", "tests", "solutions"]);

/**
 * Where stubs are, for people who handed in only a part of the tree, or whose program for archives made folders of its own
 * (`anna/anna/`, and `__MACOSX/` beside it): in the folder itself or up to two below it, the nearest first, then by name.
 * @param {string} base
 * @param {string[]} known
 * @returns {string[]}
 */
function findStubs(base, known) {
  const names = new Set(known.map((id) => `${id}.ts`));
  const below = (/** @type {string} */ folder) =>
    entries(path.join(base, folder))
      .filter(({ name }) => !name.startsWith(".") && !passed.has(name) && !others.has(name))
      .flatMap((entry) => (entry.isDirectory() ? [path.posix.join(folder, entry.name)] : []))
      .slice(0, folderLimit);
  const first = below(".");
  const folders = [".", ...first, ...first.flatMap(below).slice(0, folderLimit)];
  const places = folders.flatMap((folder) =>
    [stubFolder, "src/exercises", "exercises", "."].map((place) => path.posix.join(folder, place)),
  );
  return [...new Set(places)].filter((place) => entries(path.join(base, place)).some(({ name }) => names.has(name)));
}

function entries(/** @type {string} */ folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/**
 * The text of one stub. Throws a LearnerError that says why it cannot be taken.
 * @param {string} folder
 * @param {string} id
 * @param {string} [base] no part of the path below it may be a link
 * @returns {string}
 */
export function readStub(folder, id, base = folder) {
  const file = path.join(folder, `${id}.ts`);
  const name = path.basename(file);
  const real = realFile(file);
  if (real === undefined) throw new LearnerError("not started", `${name} is missing`);
  if (real !== path.join(realpathSync(base), path.relative(base, file)))
    throw new LearnerError("error", `${name} is a symbolic link: hand in the file itself`);
  const bytes = readBytes(file, name);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes.includes(0)) throw new LearnerError("error", `${name} is not a text file`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LearnerError("error", `${name} is not a text file in UTF-8: save it as UTF-8`);
  }
}

function realFile(/** @type {string} */ file) {
  try {
    return realpathSync(file);
  } catch {
    return existsAsLink(file) ? "a link to nowhere" : undefined;
  }
}

function existsAsLink(/** @type {string} */ file) {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The bytes of a regular file of a reasonable size; never waits for a pipe. */
function readBytes(/** @type {string} */ file, /** @type {string} */ name) {
  let handle;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    const info = fstatSync(handle);
    if (!info.isFile()) throw new LearnerError("error", `${name} is not a file`);
    if (info.size > sizeLimit)
      throw new LearnerError(
        "error",
        `${name} is too large: ${Math.round(info.size / 1024)} kB, ${sizeLimit / 1024} kB are allowed`,
      );
    const bytes = Buffer.alloc(info.size);
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, 0));
  } catch (error) {
    if (error instanceof LearnerError) throw error;
    throw new LearnerError("error", `${name} cannot be read (${/** @type {NodeJS.ErrnoException} */ (error).code})`);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Folders that are not looked into: tools fill them, and nothing in them is used. */
const passed = new Set(["node_modules", ".git", ".venv", "dist", "build", ".ipynb_checkpoints", "__MACOSX"]);

/** Files that would change how tests run, if they were used. */
const meaningful = /^(package(-lock)?\.json|tsconfig.*\.json|\.mocharc.*|\.npmrc|\.env.*|node_modules)$/;

/**
 * What else is in the folder and differs from the course's own files.
 * @param {string} base
 * @param {string} stubs
 * @param {string[]} known
 */
function ignored(base, stubs, known) {
  /** @type {string[]} */
  const notes = [];
  let seen = 0;
  const visit = (/** @type {string} */ folder) => {
    for (const entry of entries(path.join(base, folder))) {
      if (++seen > entryLimit) return;
      const name = path.posix.join(folder, entry.name);
      if (entry.isSymbolicLink()) notes.push(`${name} is a symbolic link: ignored`);
      else if (passed.has(entry.name)) {
        if (meaningful.test(entry.name)) notes.push(`${name}/ is ignored: the course's own packages are used`);
      } else if (entry.isDirectory()) visit(name);
      else if (!isStub(name, stubs, known) && !isPristine(base, name))
        notes.push(noteOf(name, entry.name, stubs, known));
    }
  };
  visit("");
  if (seen > entryLimit) notes.push(`the folder has more than ${entryLimit} entries: the rest was not looked at`);
  const more = notes.length - noteLimit;
  return more > 0 ? [...notes.slice(0, noteLimit), `… and ${more} more`] : notes;
}

/**
 * @param {string} name
 * @param {string} stubs
 * @param {string[]} known
 */
function isStub(name, stubs, known) {
  return (
    path.posix.dirname(name) === path.posix.normalize(stubs) &&
    known.some((id) => path.posix.basename(name) === `${id}.ts`)
  );
}

/** Whether the repository has the same file. */
function isPristine(/** @type {string} */ base, /** @type {string} */ name) {
  try {
    const [own, theirs] = [path.join(root, name), path.join(base, name)];
    const { size } = lstatSync(theirs);
    return size === lstatSync(own).size && (size > sizeLimit || readFileSync(own).equals(readFileSync(theirs)));
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @param {string} file
 * @param {string} stubs
 * @param {string[]} known
 */
function noteOf(name, file, stubs, known) {
  if (meaningful.test(file)) return `${name} is ignored: the course's own settings are used`;
  // Windows hides the end of a name, and its editor adds one.
  const renamed = known.map((id) => `${id}.ts`).find((stub) => file.toLowerCase() === `${stub}.txt`);
  if (renamed) return `${name} is ignored: rename it to ${renamed}`;
  if (path.posix.dirname(name) === path.posix.normalize(stubs) && /\.[cm]?[jt]sx?$/.test(file)) {
    const near = /Did you mean "([^"]+)"/.exec(suggestion(file.replace(/\.\w+$/, ""), known))?.[1];
    return `${name} is no exercise: ignored${near ? ` (did you mean ${near}.ts?)` : ""}`;
  }
  try {
    lstatSync(path.join(root, name));
    return `${name} differs from the course's own, which is used instead`;
  } catch {
    return `${name} is ignored`;
  }
}
