/**
 * Hook 1: the compiler inside tslab also makes source maps. Import this before anything of tslab.
 *
 * tslab compiles a cell in two steps, TypeScript → ES module → CommonJS, and keeps no map of either, so that an error
 * can only be placed in generated code. Here its compiler module is replaced in `require.cache` by a copy in which two
 * functions also ask for maps; every other name leads to the original. (The compiler itself cannot be swapped:
 * @tslab/typescript-for-tslab has functions of its own.)
 */
import { createRequire } from "node:module";
import type { SourceMapPayload } from "node:module";
import type * as TypeScript from "typescript";

/** The maps of tslab's two steps, for one piece of generated code. */
export interface TwoMaps {
  /** From the ES module to TypeScript. */
  toTypeScript: SourceMapPayload;
  /** From the CommonJS that runs to the ES module. */
  toModule: SourceMapPayload;
  /** Lines of generated code; what stands below is tslab's wrapper. */
  lines: number;
}

const requireFromTslab = createRequire(require.resolve("tslab/package.json"));
const compilerPath = requireFromTslab.resolve("@tslab/typescript-for-tslab");

/** tslab's own compiler, TypeScript 5.0.4. */
export const ts = requireFromTslab(compilerPath) as typeof TypeScript;

const maps = new Map<string, TwoMaps>();

/** Hands over the maps of a piece of code that tslab has just generated. */
export function takeMaps(code: string): TwoMaps | undefined {
  const found = maps.get(code);
  maps.delete(code);
  return found;
}

const mapComment = /\/\/# sourceMappingURL=(?:data:application\/json;base64,(\S+)|\S+)\s*$/;

type CreateHost = (files: string[], options: TypeScript.CompilerOptions, ...rest: unknown[]) => unknown;

const changed = {
  createWatchCompilerHost(files: string[], options: TypeScript.CompilerOptions, ...rest: unknown[]): unknown {
    return (ts.createWatchCompilerHost as CreateHost)(files, { ...options, inlineSourceMap: true }, ...rest);
  },

  transpileModule(input: string, options: TypeScript.TranspileOptions): TypeScript.TranspileOutput {
    const inline = mapComment.exec(input)?.[1];
    const output = ts.transpileModule(input.replace(mapComment, ""), {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
    });
    const outputText = output.outputText.replace(mapComment, "");
    if (inline !== undefined && output.sourceMapText !== undefined) {
      maps.set(outputText, {
        toTypeScript: JSON.parse(Buffer.from(inline, "base64").toString()) as SourceMapPayload,
        toModule: JSON.parse(output.sourceMapText) as SourceMapPayload,
        lines: outputText.split("\n").length,
      });
    }
    return { ...output, outputText };
  },
};

const copy = {};
for (const name of Object.keys(ts)) {
  const get = () =>
    (changed as Partial<Record<string, unknown>>)[name] ?? (ts as unknown as Record<string, unknown>)[name];
  Object.defineProperty(copy, name, { enumerable: true, get });
}
require.cache[compilerPath]!.exports = copy;
