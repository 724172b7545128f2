// fails: names-loader lists the languages in alphabetical order on every machine
// fails: names-loader keeps nothing of the folder before
// Keeps the lists outside of the function: every call adds to what the one before has found.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { unicodeToAscii } from "../data/letters";

function findFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => path.join(folder, file));
}

const categoryLines: Record<string, string[]> = {};
const allCategories: string[] = [];

export function loadData(folder: string) {
  const readLines = (file: string) =>
    readFileSync(file, "utf8")
      .split("\n")
      .map((line) => unicodeToAscii(line))
      .filter((name) => name !== "");
  for (const file of findFiles(folder)) {
    const category = path.parse(file).name;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories: allCategories.sort() };
}
