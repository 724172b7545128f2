/**
 * The learner's view of a stack: places in the code somebody wrote, without Node's, tslab's and the kernel's own frames.
 */
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { dim } from "./ansi";
import type { Place, Sources } from "./sources";

/** One line of a stack, mapped back to its source. */
export interface Frame extends Place {
  name: string;
}

const tslabDist = dirname(require.resolve("tslab"));
const longest = 15;

/** The frames of an error that belong to cells, libraries and packages, innermost first. */
export function framesOf(error: Error, sources: Sources): Frame[] {
  const stack = String(error.stack ?? "");
  const head = error.message ? stack.indexOf(error.message) + error.message.length : 0; // a message may hold " at " too
  const frames: Frame[] = [];
  for (const line of stack.slice(head).split("\n")) {
    const match = /^\s+at (async )?(?:(.+?) \()?([^()]+):(\d+):(\d+)\)?$/.exec(line);
    if (!match) continue;
    const [, wait = "", name = "", path = "", row, column] = match;
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    if (isRuntime(file)) continue;
    const place = sources.original({ file, line: Number(row), column: Number(column) });
    if (!place) continue;
    frames.push({
      ...place,
      name: (wait + name.replace(/^(?:Object|Proxy|exports)\./, "").replace(/^<anonymous>$/, "")).trim(),
    });
  }
  return frames;
}

/** Whether a file is a cell, e.g. `In[3]`. */
export function isCell(file: string): boolean {
  return /^In\[.+\]$/.test(file);
}

/**
 * The lines of a stack: `    at check In[6]:2:33`. A run of frames inside one package becomes one line, and so does a
 * function that calls itself.
 */
export function formatFrames(frames: readonly Frame[]): string {
  const runs: { text: string; isPackage: boolean; count: number }[] = [];
  for (const frame of frames) {
    const name = packageOf(frame.file);
    const at = `${showPath(frame.file)}:${frame.line}:${frame.column}`;
    const text = name || (frame.name ? `${frame.name} ${at}` : at);
    const last = runs[runs.length - 1];
    if (last?.text === text) last.count++;
    else runs.push({ text, isPackage: name !== "", count: 1 });
  }
  const lines = runs.slice(0, longest).map(({ text, isPackage, count }) => {
    if (isPackage) return dim(`    … ${count} ${count === 1 ? "call" : "calls"} inside ${text}`);
    return `    at ${text}${count > 1 ? dim(` (${count} times)`) : ""}`;
  });
  const rest = runs.length - lines.length;
  return [...lines, ...(rest > 0 ? [dim(`    … ${rest} more`)] : [])].join("\n");
}

/** A path as seen from the notebook's folder; a cell's name stays. */
export function showPath(file: string): string {
  if (isCell(file)) return file;
  const path = relative(process.cwd(), file);
  return path === "" ? file : path;
}

function isRuntime(file: string): boolean {
  if (file.startsWith("node:") || file.startsWith("internal/")) return true;
  return file.startsWith(__dirname + sep) || file.startsWith(tslabDist + sep) || file.startsWith("evalmachine.");
}

function packageOf(file: string): string {
  const inside = file.split(`${sep}node_modules${sep}`);
  if (inside.length < 2) return "";
  const [scope = "", name = ""] = inside[inside.length - 1]!.split(sep);
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
