// The course as learners get it: everything git tracks, without solutions, wrong answers and the checks that need them, and
// with untouched stubs. Written beside its place and renamed, so that no half-made folder is left behind.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { stubFolder } from "../grade/registry.mjs";
import { SetupError } from "../setup/errors.mjs";
import { root, shown } from "../setup/paths.mjs";
import { readStubs } from "./stubs.mjs";

export const usage = `Usage: npm run handout -- FOLDER

Writes a copy of the course for learners to FOLDER (which must not exist yet, or be empty): no solutions, no wrong
answers, stubs as they were before anybody worked on them. Zip it, or make it a repository: git init && git add -A && git commit.

  --help   this text`;

/** What stays with the teacher: folders and files, relative to the root. */
export const withheld = [
  "lib/src/solutions",
  "test/exercises/wrong",
  "test/exercises/make",
  "test/grade",
  "test/scripts/class.test.mts",
  "test/scripts/exercises.test.mts",
  "test/scripts/handout.test.mts",
  "test/scripts/learn.test.mts",
];

/** @param {string[]} args */
export function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    if (values.help) return { help: true, folder: "" };
    const [folder, ...rest] = positionals;
    if (!folder || rest.length) throw new Error(`expected one folder, got ${positionals.length}`);
    return { help: false, folder: path.resolve(folder) };
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}

/** The tracked files that learners get, with slashes. */
export function handedOut() {
  const files = tracked();
  return files.filter((file) => !withheld.some((name) => file === name || file.startsWith(`${name}/`)));
}

function tracked() {
  try {
    const output = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
    return output.split("\0").filter((file) => file && existsSync(path.join(root, file)));
  } catch {
    throw new SetupError(
      "git does not list the course's files.",
      "A hand-out is made from a clone of the repository, with git installed.",
    );
  }
}

/**
 * Writes the hand-out; gives the number of files.
 * @param {string} folder absolute
 */
export function writeHandout(folder) {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    throw new SetupError(`${shown(folder)} exists and is not empty.`, "Name a new folder, or empty this one.");
  const files = handedOut();
  const stubs = readStubs();
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    for (const file of files) {
      const target = path.join(temporary, file);
      mkdirSync(path.dirname(target), { recursive: true });
      const id = path.posix.dirname(file) === stubFolder ? path.posix.basename(file, ".ts") : "";
      const stub = stubs[id];
      if (stub !== undefined) writeFileSync(target, stub);
      else cpSync(path.join(root, file), target);
    }
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return files.length;
}
