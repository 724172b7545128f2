// Compiles the library and the kernel with TypeScript's own compiler, named by its path because `npx tsc` is tslab's
// fork (5.0.4). Skipped without starting it when no source changed.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { cacheDir, readJson, root, writeJson } from "./paths.mjs";
import { run } from "./run.mjs";

const stamp = path.join(cacheDir, "build.json");
const rooms = ["lib", "kernel"];

/**
 * All files below a folder that end in .ts.
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? sources(path.join(folder, entry.name))
        : entry.name.endsWith(".ts")
          ? [path.join(folder, entry.name)]
          : [],
    )
    .sort();
}

/** Names, sizes and times of everything the build reads, in short. */
export function buildKey(folder = root) {
  const configs = ["tsconfig.base.json", ...rooms.map((room) => path.join(room, "tsconfig.json"))].map((name) =>
    path.join(folder, name),
  );
  const hash = createHash("sha256").update(
    readJson(path.join(folder, "node_modules", "typescript", "package.json"))?.version ?? "",
  );
  for (const file of [...configs, ...rooms.flatMap((room) => sources(path.join(folder, room, "src")))]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(folder, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Whether lib/dist and kernel/dist are there and made from the sources as they are. */
export function isBuilt() {
  if (readJson(stamp)?.key !== buildKey()) return false;
  return rooms.every((room) => {
    const src = path.join(root, room, "src");
    return sources(src).every(
      (file) =>
        file.endsWith(".d.ts") ||
        existsSync(path.join(root, room, "dist", path.relative(src, file).replace(/ts$/, "js"))),
    );
  });
}

/** Remembers that the sources with this key were compiled. */
export function rememberBuild(/** @type {string} */ key) {
  writeJson(stamp, { key });
}

/** The compiler's command line for these projects ([] = all, with the tests). */
export function compilerCommand(/** @type {string[]} */ args) {
  return [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-b", ...args];
}

/**
 * Compiles lib and kernel. Errors of type leave usable files behind (a learner's half-done exercise must not keep
 * JupyterLab from starting): they are returned as a sentence. Without usable files it throws.
 */
export async function build() {
  const key = buildKey();
  const { code, output } = await run(process.execPath, compilerCommand(rooms), { log: "build" });
  if (code === 0) {
    rememberBuild(key);
    return "lib and kernel compiled";
  }
  const errors = output.split("\n").filter((line) => /error TS\d+/.test(line));
  const first = (errors[0] ?? output.trim().split("\n").at(-1) ?? "").trim();
  if (!rooms.every((room) => existsSync(path.join(root, room, "dist"))) || errors.length === 0)
    throw new SetupError(`the TypeScript compiler failed: ${first}`, "`npm run build` shows all of its messages.");
  return `compiled, with ${errors.length} type error${errors.length > 1 ? "s" : ""}: ${first} (\`npm run build\` shows them)`;
}
