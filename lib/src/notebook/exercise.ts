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
import { escapeHtml, html } from "./display";

/** What each exercise's file exports: for completion and types in notebooks. */
export interface Exercises {
  "one-hot": typeof import("../exercises/one-hot");
  "cell-step": typeof import("../exercises/cell-step");
  sequence: typeof import("../exercises/sequence");
  loss: typeof import("../exercises/loss");
  bptt: typeof import("../exercises/bptt");
  clip: typeof import("../exercises/clip");
  sample: typeof import("../exercises/sample");
  "lstm-step": typeof import("../exercises/lstm-step");
  "index-error": typeof import("../exercises/index-error");
  "initial-state": typeof import("../exercises/initial-state");
  "last-time-step": typeof import("../exercises/last-time-step");
  "names-loader": typeof import("../exercises/names-loader");
  "truncated-bptt": typeof import("../exercises/truncated-bptt");
  "gradient-norms": typeof import("../exercises/gradient-norms");
  initialisations: typeof import("../exercises/initialisations");
  "name-generation": typeof import("../exercises/name-generation");
  "music-generation": typeof import("../exercises/music-generation");
  sentiment: typeof import("../exercises/sentiment");
  seq2seq: typeof import("../exercises/seq2seq");
}

/** Where the files are; the course's authors let it name the solutions, to draw the pictures that learners will see. */
const folder = () => process.env.UNROLLED_EXERCISES ?? "lib/src/exercises";

/**
 * The exports of `lib/src/exercises/<id>.ts`. Throws if there is no such file, if it cannot be compiled (with its line), and
 * what the file itself throws while it loads.
 */
export function exercise<Id extends keyof Exercises>(id: Id): Exercises[Id] {
  const file = path.join(courseFolder, folder(), `${id}.ts`);
  if (!/^[a-z0-9-]+$/.test(id) || !existsSync(file))
    throw new Error(`exercise: there is no lib/src/exercises/${id}.ts; \`npm run learn -- list\` shows the names`);
  const code = compile(file);
  // Where the compiled file would lie, so that "../scratch" is the library of this very process.
  const require = createRequire(path.join(courseFolder, "lib", "dist", "exercises", `${id}.js`));
  const module = { exports: {} as Exercises[Id] };
  compileFunction(code, ["exports", "require", "module"], { filename: file })(module.exports, require, module);
  return module.exports;
}

/**
 * Runs `draw` with the learner's functions: for a cell that shows what they produce. As long as one of them is not written it
 * says so and shows the picture that will appear, if the course has one. Other errors are the learner's to see.
 */
export async function whenWritten<Id extends keyof Exercises>(
  id: Id,
  draw: (mine: Exercises[Id]) => unknown,
): Promise<void> {
  try {
    await draw(exercise(id));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NotImplementedError") throw error;
    const picture = path.join(courseFolder, "docs", "images", "exercises", `${id}.svg`);
    const what = `Not written yet (${error.message}). Once lib/src/exercises/${id}.ts works, your picture appears here`;
    if (!existsSync(picture)) html(`<p>${escapeHtml(what)}.</p>`, `${what}.`);
    else html(`<p>${escapeHtml(what)}; this is ours:</p>${readFileSync(picture, "utf8")}`, `${what}.`);
  }
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
