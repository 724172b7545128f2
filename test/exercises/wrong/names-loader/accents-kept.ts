// fails: names-loader folds accents as Python does
// fails: names-loader leaves out lines without a name
// fails: names-loader reads the line ends of Windows
// fails: names-loader keeps nothing of the folder before
// Reads the lines as they are: accents, line ends of Windows and other scripts reach the network.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

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
      .filter((line) => line.trim() !== "");
  for (const file of findFiles(folder)) {
    const category = path.parse(file).name;
    allCategories.push(category);
    categoryLines[category] = readLines(file);
  }
  return { categoryLines, allCategories: allCategories.sort() };
}
