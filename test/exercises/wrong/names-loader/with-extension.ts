// fails: names-loader returns the names of every language
// fails: names-loader calls a language like its file, without .txt
// fails: names-loader lists the languages in alphabetical order on every machine
// fails: names-loader folds accents as Python does
// fails: names-loader leaves out lines without a name
// fails: names-loader reads the line ends of Windows
// fails: names-loader keeps nothing of the folder before
// Forgets to cut off the extension: the languages are called Dutch.txt and Welsh.txt.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { unicodeToAscii } from "../data/letters";

function findFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => path.join(folder, file));
}

export function loadData(folder: string) {
  const categoryLines: Record<string, string[]> = {};
  const allCategories: string[] = [];
  const readLines = (file: string) =>
    readFileSync(file, "utf8")
      .split("\n")
      .map((line) => unicodeToAscii(line))
      .filter((name) => name !== "");
  for (const file of findFiles(folder)) {
    const category = path.basename(file);
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories: allCategories.sort() };
}
