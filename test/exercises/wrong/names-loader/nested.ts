// fails: names-loader returns the names of every language
// fails: names-loader calls a language like its file, without .txt
// fails: names-loader lists the languages in alphabetical order on every machine
// fails: names-loader folds accents as Python does
// fails: names-loader leaves out lines without a name
// fails: names-loader reads the line ends of Windows
// fails: names-loader keeps nothing of the folder before
// Leaves the loop inside of readLines, behind its return: the function ends without a result.
// @ts-nocheck: the compiler would find it; the judge does not ask it
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

  function readLines(file: string) {
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => unicodeToAscii(line)).filter((name) => name !== "");

    for (const file of findFiles(folder)) {
      const category = path.parse(file).name;
      allCategories.push(category);
      categoryLines[category] = readLines(file);
    }

    return { categoryLines, allCategories: allCategories.sort() };
  }
}
