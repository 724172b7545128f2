// fails: names-loader calls a language like its file, without .txt
// Cuts the name of the file at its first dot instead of its last.
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
    const category = path.basename(file).split(".")[0]!;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories: allCategories.sort() };
}
