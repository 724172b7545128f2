// fails: names-loader leaves out lines without a name
// Trims the file but not its lines: blank lines in the middle become names.
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
      .trim()
      .split("\n")
      .map((line) => unicodeToAscii(line));
  for (const file of findFiles(folder)) {
    const category = path.parse(file).name;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories: allCategories.sort() };
}
