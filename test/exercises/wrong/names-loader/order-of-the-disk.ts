// fails: names-loader lists the languages in alphabetical order on every machine
// Takes the files as the disk lists them: a language has another number on another machine.
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
    const category = path.parse(file).name;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories };
}
