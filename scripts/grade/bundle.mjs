// Turns a learner's TypeScript into one file that the child can load: types are dropped, not checked, and every import
// leads to the pristine library, whatever else lies in the submission. Runs none of the learner's code.
import { existsSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import path from "node:path";
import * as esbuild from "esbuild";
import { root } from "../setup/paths.mjs";
import { LearnerError } from "./errors.mjs";
import { stubFolder } from "./registry.mjs";

/**
 * @typedef {object} Bundle
 * @property {string} code CommonJS
 * @property {string} map the source map, JSON
 * @property {string[]} libraries files of the library that it loads
 */

const dist = path.join(root, "lib", "dist");

/** Rooms that load no TensorFlow. */
const lightRooms = /^(random|format|scratch|data|exercises)([/\\.]|$)/;

/** Whether a file of the library brings TensorFlow with it: a slower start, and more memory. */
export function isHeavy(/** @type {string} */ library) {
  return !lightRooms.test(path.relative(dist, library));
}

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/** The name under which a learner's file is shown, wherever it really is. */
export const shownName = (/** @type {string} */ id) => `${stubFolder}/${id}.ts`;

/**
 * Bundles the source of an exercise. Throws a LearnerError with the learner's line for what does not compile.
 * @param {string} id
 * @param {string} source
 * @returns {Promise<Bundle>}
 */
export function bundleLearner(id, source) {
  return build(id, shownName(id), source, path.join(root, stubFolder), (specifier) => {
    if (!specifier.startsWith(".")) return bare(specifier);
    const name = path.posix.join("exercises", specifier.replace(/\.(ts|js)$/, ""));
    if (name === "exercises/not-implemented") return library(name);
    if (name.startsWith("exercises")) return refused(`an exercise cannot import another one ("${specifier}")`);
    if (name.startsWith("solutions")) return refused("the solutions are not there while an exercise is graded");
    if (name.startsWith("..")) return refused(`"${specifier}" is not a part of the library`);
    return library(name) ?? refused(`there is no "${specifier}" in the library`);
  });
}

/**
 * Bundles the trusted code that runs beside the learner's; its imports of exercises lead to the learner's files.
 * @param {string} id
 * @param {string} file
 * @param {string} source
 * @param {string[]} exercises the ids it may import
 * @returns {Promise<Bundle>}
 */
export function bundleDrive(id, file, source, exercises) {
  return build(id, file, source, path.dirname(file), (specifier, folder) => {
    if (!specifier.startsWith(".")) return bare(specifier);
    const target = path.resolve(folder, specifier.replace(/\.(ts|js)$/, ""));
    const name = path
      .relative(path.join(root, "lib", "src"), target)
      .split(path.sep)
      .join("/");
    if (name.startsWith("..")) return undefined; // its own helpers and fixtures become part of the bundle
    const [room, exercise = ""] = name.split("/");
    if (room === "exercises" && exercise !== "not-implemented") {
      if (exercises.includes(exercise)) return { path: `./${exercise}.cjs`, external: true };
      return refused(`${path.basename(file)} imports "${exercise}", which is not among the exercise's "requires"`);
    }
    return library(name) ?? refused(`there is no "${specifier}"`);
  });
}

/** The one TensorFlow.js that the library uses, too. */
function tensorflow() {
  return createRequire(path.join(dist, "index.js")).resolve("@tensorflow/tfjs");
}

/** @returns {esbuild.OnResolveResult} */
function refused(/** @type {string} */ text) {
  return { errors: [{ text }] };
}

/** @returns {esbuild.OnResolveResult | undefined} */
function library(/** @type {string} */ name) {
  const file = [`${name}.js`, `${name}/index.js`].map((end) => path.join(dist, end)).find((end) => existsSync(end));
  return file ? { path: file, external: true, pluginData: "library" } : undefined;
}

/** @returns {esbuild.OnResolveResult} */
function bare(/** @type {string} */ specifier) {
  if (specifier === "@tensorflow/tfjs") return { path: tensorflow(), external: true };
  if (specifier === "unrolled") return library("index") ?? refused("the library is not built: `npm run build`");
  if (builtins.has(specifier)) return { path: specifier, external: true };
  return refused(`"${specifier}" is not available to exercises; the library is: "../scratch", "../random", …`);
}

/**
 * @param {string} id
 * @param {string} shown
 * @param {string} source
 * @param {string} folder
 * @param {(specifier: string, folder: string) => esbuild.OnResolveResult | undefined} resolve
 * @returns {Promise<Bundle>}
 */
async function build(id, shown, source, folder, resolve) {
  /** @type {Set<string>} */
  const libraries = new Set();
  /** @type {esbuild.Plugin} */
  const plugin = {
    name: "pristine-library",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: specifier, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const found = resolve(specifier, resolveDir);
        if (found?.external && found.path && path.isAbsolute(found.path)) libraries.add(found.path);
        return found;
      });
    },
  };
  try {
    const result = await esbuild.build({
      stdin: { contents: source, sourcefile: path.resolve(root, shown), resolveDir: folder, loader: "ts" },
      absWorkingDir: root,
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      target: "node20",
      sourcemap: "external",
      sourcesContent: false,
      outfile: `${id}.cjs`,
      logLevel: "silent",
      charset: "utf8",
      plugins: [plugin],
      tsconfigRaw: { compilerOptions: { target: "ES2022", useDefineForClassFields: true } }, // never a submission's own
    });
    const text = (/** @type {string} */ end) => result.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
    return { code: text(".cjs"), map: text(".map"), libraries: [...libraries] };
  } catch (error) {
    throw compileError(error, shown);
  }
}

/** What the compiler says, for a beginner: the first message, the line, and the place in it. */
function compileError(/** @type {unknown} */ error, /** @type {string} */ shown) {
  const [first] = /** @type {esbuild.BuildFailure} */ (error).errors ?? [];
  if (!first) return error;
  const { location, text } = first;
  const at = location ? `${location.file}:${location.line}` : shown;
  const message = /Top-level await/.test(text)
    ? "`await` stands outside of a function; the library's modules load at once, so it has to go inside one"
    : text;
  const line = location?.lineText ? `\n  ${location.lineText}\n  ${" ".repeat(location.column)}^` : "";
  return new LearnerError("error", `the file does not compile: ${message} (${at})${line}`, { where: at });
}
