/**
 * From a place in running code back to the line somebody wrote: in a cell, in a .ts file beside the notebook, or in a
 * package that ships .js.map files (as the course's library does).
 */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, resolve, sep } from "node:path";
import type { TwoMaps } from "./compiler-hook";

/** A place in a text; line and column count from 1, as in a stack trace. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** tslab puts the line `export {};` before each cell, so its maps are one line ahead. */
const cellPrefixLines = 1;

interface Compiled {
  text?: string;
  /** Where line and column were written; undefined for code that nobody wrote, such as tslab's wrapper around a cell. */
  locate: (line: number, column: number) => Place | undefined;
}

/** Everything that is known about code that may appear in a stack. */
export class Sources {
  private readonly compiled = new Map<string, Compiled | undefined>();

  /** Records a cell under the file name it runs with, e.g. `In[3]`. */
  addCell(name: string, text: string, maps?: TwoMaps): void {
    this.compiled.set(name, { text, locate: maps ? through(maps, name, cellPrefixLines) : () => undefined });
  }

  /** Records what tslab compiled to `file` (in memory only): a .ts file beside the notebook, or a `@module` cell. */
  addFile(file: string, maps: TwoMaps | undefined): void {
    const [name] = file.split(/\.js$/);
    const onDisk = [`${name}.ts`, `${name}.tsx`, file].find(existsSync);
    const locate = maps && through(maps, onDisk ?? `${name}.ts`, onDisk ? 0 : cellPrefixLines);
    this.compiled.set(file, locate && { locate });
  }

  /** Where a place in running code was written: itself when there is no map, undefined when nobody wrote it. */
  original(place: Place): Place | undefined {
    const compiled = this.compiled.has(place.file) ? this.compiled.get(place.file) : this.readMap(place.file);
    return compiled ? compiled.locate(place.line, place.column) : place;
  }

  /** The text of a cell or of a file, to quote from. */
  text(file: string): string | undefined {
    const text = this.compiled.get(file)?.text;
    if (text !== undefined) return text;
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** Maps inside node_modules are left alone: they may have megabytes, and packages appear as one line in a stack. */
  private readMap(file: string): Compiled | undefined {
    let compiled: Compiled | undefined;
    if (!file.includes(`${sep}node_modules${sep}`) && existsSync(`${file}.map`)) {
      const payload = JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload;
      const map = new SourceMap(payload);
      const folder = resolve(dirname(file), payload.sourceRoot ?? "");
      compiled = {
        locate: (line, column) => {
          const found = lookUp(map, line, column);
          return found ? { ...found, file: resolve(folder, found.file) } : { file, line, column };
        },
      };
    }
    this.compiled.set(file, compiled);
    return compiled;
  }
}

function through({ toTypeScript, toModule, lines }: TwoMaps, file: string, prefixLines: number): Compiled["locate"] {
  const first = new SourceMap(toModule);
  const second = new SourceMap(toTypeScript);
  return (line, column) => {
    const between = line > lines ? undefined : lookUp(first, line, column);
    const found = between && lookUp(second, between.line, between.column);
    return found && { file, line: found.line - prefixLines, column: found.column };
  };
}

/** Node's findEntry counts from 0. */
function lookUp(map: SourceMap, line: number, column: number): Place | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalLine" in entry) || entry.originalLine === undefined) return undefined;
  return { file: entry.originalSource, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
