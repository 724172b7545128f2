/**
 * Finds a data set of the table: in the cache, in the folder named by UNROLLED_DATASETS, by download, or else the small
 * one that comes with the course. Says which it was. How a text becomes numbers is not its business.
 *
 * - UNROLLED_CACHE: the folder that downloads are kept in (default: datasets/cache in the repository).
 * - UNROLLED_DATASETS: a folder that already has them, as `11-0.txt` and `names/*.txt`.
 * - UNROLLED_OFFLINE=1: never download.
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { checkPlausible, datasets, decodeUtf8, type DatasetInfo, type DatasetName, type TextFiles } from "./datasets";
import { download, type DownloadOptions } from "./download";
import { decodeText } from "./encoding";
import { compareCodePoints } from "./vocabulary";

/** datasets/ of the repository, seen from lib/src/data and lib/dist/data alike. */
const HOME = path.resolve(__dirname, "../../../datasets");

export interface LoadOptions {
  /** Where downloads are kept; UNROLLED_CACHE unless given. */
  cache?: string;
  /** A folder that already has the data sets; UNROLLED_DATASETS unless given. */
  folder?: string | undefined;
  /** Never download; UNROLLED_OFFLINE unless given. */
  offline?: boolean;
  /** Prints nothing. */
  quiet?: boolean;
  /** What to know about the data set, if not what the table says. */
  info?: DatasetInfo;
  download?: DownloadOptions;
}

/** A data set, and where it was found. */
export interface LoadedFiles {
  files: TextFiles;
  title: string;
  source: "cache" | "folder" | "download" | "built-in";
  /** What was tried before and why it did not do, and what is unusual about what was found. */
  notes: readonly string[];
  /** One line that tells title, size and source, then one for each note. */
  toString(): string;
}

/**
 * The text files of a data set from the first of: cache, folder, download, built-in. What is found must be plausible (see
 * `checkPlausible`), else it is passed over with a note. A checksum that differs is only noted: publishers correct texts.
 */
export async function loadFiles(name: DatasetName, options: LoadOptions = {}): Promise<LoadedFiles> {
  const info = options.info ?? datasets[name];
  if (!info) throw new RangeError(`loadFiles: expected one of ${Object.keys(datasets).join(", ")}, got ${name}`);
  const cache = options.cache ?? (process.env.UNROLLED_CACHE || path.join(HOME, "cache"));
  const folder = "folder" in options ? options.folder : process.env.UNROLLED_DATASETS;
  const offline = options.offline ?? !["", "0", undefined].includes(process.env.UNROLLED_OFFLINE);
  const notes: string[] = [];

  /** Tries one place; undefined, and a note if it was not simply missing, when it does not do. */
  const attempt = async (where: string, read: () => Promise<TextFiles | undefined>) => {
    try {
      const raw = await read();
      if (!raw) return undefined;
      const files = new Map([...raw].map(([file, text]) => [file, info.clean ? info.clean(text) : text]));
      checkPlausible(files, info);
      return files;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      notes.push(`${where}: ${reason.replace(/^download: /, "")}`);
      return undefined;
    }
  };
  const found = (source: LoadedFiles["source"], files: TextFiles, origin: string): LoadedFiles => {
    const title = source === "built-in" ? info.builtIn.title : info.title;
    if (source !== "built-in" && sha256(files) !== info.sha256) {
      notes.push(`not the edition that the figures of this course were made with: ${info.expect}`);
    }
    const lines = [`${title}: ${describe(files)} (${origin})`, ...notes.map((note) => `  ${note}`)];
    const loaded = { files, title, source, notes, toString: () => lines.join("\n") };
    if (!options.quiet) console.log(loaded.toString());
    return loaded;
  };

  let files = await attempt("cache", () => readFiles(path.join(cache, info.path)));
  if (files) return found("cache", files, "downloaded earlier");
  if (folder) {
    files = await attempt("UNROLLED_DATASETS", () => readFolder(folder, info.path));
    if (files) return found("folder", files, "from the folder that UNROLLED_DATASETS names");
  }
  if (offline) notes.push("not downloaded: UNROLLED_OFFLINE is set");
  else {
    files = await attempt("download", async () =>
      info.unpack((await download(info.urls, withProgress(options))).bytes),
    );
    if (files) {
      await store(path.join(cache, info.path), files).catch((error: Error) => notes.push(`not kept: ${error.message}`));
      return found("download", files, "downloaded now");
    }
  }
  const own = await readFiles(path.join(HOME, info.builtIn.path));
  if (!own) throw new Error(`loadFiles: ${path.join(HOME, info.builtIn.path)} is missing from the course`);
  return found("built-in", own, "comes with the course");
}

/** A text and where it was found. */
export interface LoadedText extends LoadedFiles {
  text: string;
}

/** A data set that is one text, such as "alice"; throws if it is several files. */
export async function loadText(name: DatasetName, options: LoadOptions = {}): Promise<LoadedText> {
  const loaded = await loadFiles(name, options);
  const [text] = loaded.files.values();
  if (text === undefined || loaded.files.size > 1)
    throw new RangeError(`loadText: ${name} is ${loaded.files.size} files`);
  return { ...loaded, text };
}

/** A file of the course's own data, UTF-8. */
export function readBuiltIn(name: string): Promise<string> {
  return fs.readFile(path.join(HOME, name), "utf8");
}

/** A text file of your own, in any common encoding; throws if it is missing or empty. */
export async function readText(file: string): Promise<string> {
  const bytes = await fs.readFile(file).catch((error: Error) => {
    throw new Error(`readText: ${error.message}`, { cause: error });
  });
  const text = decodeText(bytes);
  if (text.trim() === "") throw new Error(`readText: ${file} is empty`);
  return text;
}

/** The text file, or all *.txt of the folder, at this path; undefined if there is nothing. */
async function readFiles(target: string): Promise<TextFiles | undefined> {
  const stat = await fs.stat(target).catch(ifMissing);
  if (!stat) return undefined;
  const folder = stat.isDirectory() ? target : path.dirname(target);
  const names = stat.isDirectory() ? (await fs.readdir(target)).filter(isTextFile) : [path.basename(target)];
  const files = new Map<string, string>();
  for (const name of names.sort(compareCodePoints)) {
    files.set(name, decodeUtf8(await fs.readFile(path.join(folder, name))));
  }
  return files;
}

/** As `readFiles`, but a folder that the user named and that does not exist is an error. */
async function readFolder(folder: string, name: string): Promise<TextFiles> {
  const files = await readFiles(path.join(folder, name));
  if (files) return files;
  const exists = await fs.stat(folder).catch(ifMissing);
  throw new Error(exists ? `has no ${name}` : "names a folder that does not exist");
}

/**
 * Writes into a folder of its own beside the place and renames, so that a reader finds what was there, the new files or, for
 * a moment, nothing, but never half of either, whoever else does the same just now.
 */
async function store(target: string, files: TextFiles): Promise<void> {
  await fs.mkdir(path.dirname(target), { recursive: true });
  const partial = await fs.mkdtemp(`${target}.partial-`);
  try {
    const fresh = path.join(partial, "new");
    if (path.extname(target) === ".txt") {
      const [text] = files.values();
      await fs.writeFile(fresh, text!);
    } else {
      await fs.mkdir(fresh);
      for (const [name, text] of files) await fs.writeFile(path.join(fresh, path.basename(name)), `${text}\n`);
    }
    await replace(target, fresh, path.join(partial, "old"));
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

/** Renames `fresh` to `target`; what stands there already and cannot be replaced, as a folder, goes to `aside` first. */
async function replace(target: string, fresh: string, aside: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await fs.rename(fresh, target);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Another process may put its own there in between; then once more, but not for ever.
      if (tries === 20 || !["ENOTEMPTY", "EEXIST", "EPERM", "EISDIR", "ENOTDIR"].includes(code)) throw error;
      await fs.rename(target, `${aside}${tries}`).catch(ifMissing);
    }
  }
}

const isTextFile = (name: string) => name.endsWith(".txt") && !name.startsWith(".");

const ifMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
};

function sha256(files: TextFiles): string {
  const hash = createHash("sha256");
  const names = [...files.keys()].sort(compareCodePoints);
  for (const name of names) hash.update(names.length === 1 ? files.get(name)! : `${name}\n${files.get(name)}\n`);
  return hash.digest("hex");
}

function describe(files: TextFiles): string {
  const count = (n: number) => n.toLocaleString("en-US");
  if (files.size > 1) {
    const lines = [...files.values()].reduce((sum, text) => sum + text.split("\n").length, 0);
    return `${count(lines)} lines in ${files.size} files`;
  }
  return `${count([...[...files.values()][0]!].length)} characters`;
}

/** The caller's progress display, or in a terminal a line that rewrites itself. */
function withProgress({ download: options = {}, quiet }: LoadOptions): DownloadOptions {
  if (options.onProgress || quiet || !process.stderr.isTTY) return options;
  return {
    ...options,
    onProgress: (received, total) => {
      const share = total ? ` of ${(total / 1e6).toFixed(1)} MB (${Math.floor((100 * received) / total)} %)` : " MB";
      process.stderr.write(`\rDownloading ${(received / 1e6).toFixed(1)}${share}${received === total ? "\n" : ""}`);
    },
  };
}
