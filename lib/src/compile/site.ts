/**
 * Finds the learner's line in a stack trace: the innermost frame that is neither TensorFlow.js, nor Node, nor this library.
 * Source maps are the business of who runs the code: the notebook kernel (asked through its hook), tsx, Node itself.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Holder of a stack trace whose text is made on demand (see `Error.captureStackTrace`). */
export interface Site {
  stack?: string;
}

interface Place {
  file: string;
  line: number;
  column: number;
}

const library = path.resolve(__dirname, "../..") + path.sep;
/** TensorFlow.js has source maps, to files that are not installed. */
const packages = /[\\/](node_modules|tfjs-\w+)[\\/]/;
const learners = /[\\/](src|dist)[\\/](exercises|solutions)[\\/]/;

/** ` at In[3]:4` in a notebook, ` at file.ts:12` in a script, or nothing if the trace never leaves the library. */
export function at(site: Site): string {
  const kernel = (globalThis as { [key: symbol]: { original?: (place: Place) => Place } | undefined })[
    Symbol.for("jupyter.kernel")
  ];
  for (const frame of (site.stack ?? "").split("\n").slice(1)) {
    const match = /^\s*at (?:.*\()?([^()]+?):(\d+):(\d+)\)?$/.exec(frame);
    if (!match) continue;
    const file = match[1]!.startsWith("file:") ? fileURLToPath(match[1]!) : match[1]!;
    if (file.startsWith("node:") || packages.test(file)) continue;
    if (file.startsWith(library) && !learners.test(file)) continue;
    const place = { file, line: Number(match[2]), column: Number(match[3]) };
    const { file: source, line } = kernel?.original?.(place) ?? place;
    return ` at ${path.isAbsolute(source) ? path.relative(process.cwd(), source) : source}:${line}`;
  }
  return "";
}
