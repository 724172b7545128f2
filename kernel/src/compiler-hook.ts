/**
 * Hook 1: the compiler inside tslab also makes source maps, and knows `{ x }` of an earlier cell. Import this before
 * anything of tslab.
 *
 * tslab compiles a cell in two steps, TypeScript → ES module → CommonJS, and keeps no map of either, so that an error
 * can only be placed in generated code. Here its compiler module is replaced in `require.cache` by a copy in which two
 * functions also ask for maps and a third helps tslab's own rewriting; every other name leads to the original. (The
 * compiler itself cannot be swapped: @tslab/typescript-for-tslab has functions of its own.) Of ambient types only Node's
 * are loaded.
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

/** tslab's running compilers, one for each target. */
const watches: TypeScript.Watch<TypeScript.BuilderProgram>[] = [];

/** Whether a property `{ x }` takes its value from a variable of an earlier cell. */
function isOfEarlierCell(property: TypeScript.ShorthandPropertyAssignment): boolean {
  const cell = property.getSourceFile();
  const program = watches.map((watch) => watch.getProgram()).find((one) => one.getSourceFile(cell.fileName) === cell);
  const variable = program?.getProgram().getTypeChecker().getShorthandAssignmentValueSymbol(property);
  const earlier: TypeScript.Node = cell.parent; // tslab hangs the cell below the file that declares what came before
  return variable?.declarations?.some((declaration) => declaration.getSourceFile() === earlier) ?? false;
}

type CreateHost = (files: string[], options: TypeScript.CompilerOptions, ...rest: unknown[]) => unknown;

const changed = {
  createWatchCompilerHost(files: string[], options: TypeScript.CompilerOptions, ...rest: unknown[]): unknown {
    // Without `types` every package in @types is read: half a megabyte at each start, and mocha's globals in the cells.
    const ours = { ...options, inlineSourceMap: true, types: ["node"] };
    return (ts.createWatchCompilerHost as CreateHost)(files, ours, ...rest);
  },

  createWatchProgram(host: TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>): unknown {
    const watch = ts.createWatchProgram(host);
    watches.push(watch);
    return watch;
  },

  /**
   * tslab visits a cell's tree to turn each name of an earlier cell into `exports.name`; it overlooks `{ name }`, which
   * has to become `{ name: exports.name }`, and then "name is not defined" (tslab 1.0.22).
   */
  visitEachChild(node: TypeScript.Node, ...rest: [TypeScript.Visitor, TypeScript.TransformationContext]): unknown {
    const written = ts.getParseTreeNode(node);
    const rewrite =
      written &&
      ts.isShorthandPropertyAssignment(written) &&
      !written.objectAssignmentInitializer &&
      isOfEarlierCell(written);
    if (!rewrite) return ts.visitEachChild(node, ...rest);
    const { factory } = ts;
    const name = written.name.text;
    return factory.createPropertyAssignment(
      name,
      factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name),
    );
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
