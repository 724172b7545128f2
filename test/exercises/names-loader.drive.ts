/** Runs beside the learner's loader: makes a folder of files for it, on a disk that lists them as the judge wants. */
import fs from "node:fs";
import path from "node:path";

type Learner = typeof import("../../lib/src/exercises/names-loader");

/** loadData of a folder with these files, name → text, which the disk lists in this order. */
export function load({ loadData }: Learner, files: Record<string, string>): unknown {
  const folder = fs.mkdtempSync(path.join(process.cwd(), "names-"));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  const order = Object.keys(files);
  const { readdirSync } = fs;
  // Some disks list files in the order in which they were made; Node sorts them on others.
  const inOrder = (...args: Parameters<typeof readdirSync>) => {
    const place = (entry: string | fs.Dirent) => order.indexOf(typeof entry === "string" ? entry : entry.name);
    return (readdirSync(...args) as unknown as string[]).sort((a, b) => place(a) - place(b));
  };
  fs.readdirSync = inOrder as unknown as typeof readdirSync;
  try {
    return loadData(folder);
  } finally {
    fs.readdirSync = readdirSync;
    fs.rmSync(folder, { recursive: true });
  }
}

/** loadData of one folder after another. */
export function loadAll(learner: Learner, folders: readonly Record<string, string>[]): unknown[] {
  return folders.map((files) => load(learner, files));
}
