/**
 * A learner's own functions in a notebook, as the file is on disk now: `const { oneHot } = exercise("one-hot")`. Each call
 * compiles the file anew, so a change needs no build and no restart of the kernel. For pictures and sounds; whether the
 * code is right is the judge's business (`check`).
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import type { Message } from "esbuild";
import { courseFolder } from "./check";

/**
 * The exports of `lib/src/exercises/<id>.ts`. `T` may be given as `typeof import(…)` of the file. Throws if there is no such
 * file, if it cannot be compiled (with its line), and what the file itself throws while it loads.
 */
export function exercise<T = Record<string, (...args: unknown[]) => unknown>>(id: string): T {
  const file = path.join(courseFolder, "lib", "src", "exercises", `${id}.ts`);
  if (!/^[a-z0-9-]+$/.test(id) || !existsSync(file))
    throw new Error(`exercise: there is no lib/src/exercises/${id}.ts; \`npm run learn -- list\` shows the names`);
  const code = compile(file);
  // Where the compiled file would lie, so that "../scratch" is the library of this very process.
  const require = createRequire(path.join(courseFolder, "lib", "dist", "exercises", `${id}.js`));
  const module = { exports: {} as T };
  compileFunction(code, ["exports", "require", "module"], { filename: file })(module.exports, require, module);
  return module.exports;
}

function compile(file: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded at the first use: it starts a process
  const { transformSync } = require("esbuild") as typeof import("esbuild");
  const name = path.relative(courseFolder, file).split(path.sep).join("/");
  try {
    const { code } = transformSync(readFileSync(file, "utf8"), {
      loader: "ts",
      format: "cjs",
      target: "node20",
      sourcemap: "inline",
      sourcefile: file,
      logLevel: "silent",
    });
    return code;
  } catch (error) {
    const [first] = (error as { errors?: Message[] }).errors ?? [];
    if (!first) throw error;
    throw new SyntaxError(`exercise: ${name}:${first.location?.line ?? 1}: ${first.text}`, { cause: error });
  }
}
