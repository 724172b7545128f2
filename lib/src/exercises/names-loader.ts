/**
 * Exercise "names-loader": a loader that loads nothing (from notebook 04).
 *
 * The code is the notebook's, in TypeScript. It has three faults: one in its structure, one in its spelling, and one that
 * shows only on another machine. And it does not yet do all that `loadData`'s list below asks for: look at the second point.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { unicodeToAscii } from "../data/letters";
import { NotImplementedError } from "./not-implemented";

/** Names by language. */
export interface LoadedNames {
  /** The names of each language, folded to plain letters, in the order of its file. */
  categoryLines: Record<string, string[]>;
  /** The languages in the order of `sort()`: a language's number is its place in this list. */
  allCategories: string[];
}

/**
 * Given, nothing to repair here: the paths of the .txt files of a folder, in whatever order the disk gives them, as Python's
 * `glob.glob(folder + "/*.txt")` does.
 */
export function findFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => path.join(folder, file));
}

/** Given, nothing to repair here: a name and what stands after its last dot, "Old.English.txt" → ["Old.English", ".txt"]. */
export function splitext(file: string): [root: string, extension: string] {
  const { name, ext } = path.parse(file);
  return [name, ext];
}

/**
 * Reads all names of a folder with one file for each language and one name a line.
 *
 * - A language is called like its file, without the folder and without ".txt".
 * - Names are folded to plain letters with `unicodeToAscii`. Blank lines, and lines of which nothing is left, are no names.
 *   A name that stands twice in a file stays twice.
 * - `allCategories` is in alphabetical order on every machine: the order of `sort()`, with all capitals before the small letters.
 *
 * Delete the `throw` and the `//` in front of each line, see what comes back, then repair it.
 *
 * Example: a folder with Czech.txt ("Dvořák", "Novotný") and Arabic.txt ("Khoury") gives
 * { categoryLines: { Arabic: ["Khoury"], Czech: ["Dvorak", "Novotny"] }, allCategories: ["Arabic", "Czech"] }.
 */
export function loadData(folder: string): LoadedNames {
  throw new NotImplementedError("names-loader: loadData");
  // const categoryLines: Record<string, string[]> = {};
  // const allCategories: string[] = [];
  //
  // // Read a file and split it into lines
  // function readLines(file: string) {
  //   const lines = readFileSync(file, "utf8").trim().split("\n");
  //   return lines.map((line) => unicodeToAscii(line));
  //
  //   for (const file of findFiles(folder)) {
  //     const category = splittext(path.basename(file))[0];
  //     allCategories.push(category);
  //     const lines = readLines(file);
  //     categoryLines[category] = lines;
  //   }
  //
  //   return { categoryLines, allCategories };
  // }
}
