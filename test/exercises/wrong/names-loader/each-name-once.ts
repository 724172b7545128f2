// fails: names-loader returns the names of every language
// Takes the lines for a set: a name that is twice in the file would count once.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { unicodeToAscii } from "../data/letters";

/** Names by language. */
export interface LoadedNames {
  /** The names of each language, folded to plain letters, in the order of its file. */
  categoryLines: Record<string, string[]>;
  /** The languages in alphabetical order: a language's number is its place in this list. */
  allCategories: string[];
}

/** The paths of the .txt files of a folder, in whatever order the disk gives them: Python's `glob.glob(folder + "/*.txt")`. */
export function findFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => path.join(folder, file));
}

/** Reads all names of a folder with one file for each language. */
export function loadData(folder: string): LoadedNames {
  const categoryLines: Record<string, string[]> = {};
  const allCategories: string[] = [];

  function readLines(file: string): string[] {
    const lines = readFileSync(file, "utf8").split("\n");
    // Folding also drops the "\r" of Windows; what is empty afterwards was no name.
    return [...new Set(lines.map((line) => unicodeToAscii(line)).filter((name) => name !== ""))];
  }

  for (const file of findFiles(folder)) {
    const category = path.parse(file).name;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  // The order of the disk would give a language another number on another machine.
  return { categoryLines, allCategories: allCategories.sort() };
}
