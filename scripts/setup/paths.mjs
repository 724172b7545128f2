// Where things are: the repository, its stamps and logs, and the inside of a Python environment on each platform.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const isWindows = process.platform === "win32";

/** The repository's root, without a slash at the end. */
export const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The package whose native binding we compile. */
export const tfjsNode = path.join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");

/** What set-up remembers about node_modules: it lives inside, so that it goes when node_modules goes. */
export const cacheDir = path.join(root, "node_modules", ".cache", "unrolled");

/** Where the package looks for its native binding (Node-API 8 is the newest it knows). */
export const bindingFile = path.join(tfjsNode, "lib", "napi-v8", "tfjs_binding.node");

/** Which native backend there is and why: written by binding.mjs, read by lib/src/backend.ts and the doctor. */
export const backendRecord = path.join(cacheDir, "backend.json");

export const logDir = path.join(root, "build", "logs");

/** A path as a person wants to read it: relative to the repository when inside it. */
export function shown(/** @type {string} */ file) {
  const relative = path.relative(root, file);
  return relative && !relative.startsWith("..") ? relative : file;
}

/** The Python interpreter of an environment (venv or conda). */
export function pythonOf(/** @type {string} */ prefix, windows = isWindows) {
  if (!windows) return path.join(prefix, "bin", "python");
  const conda = path.join(prefix, "python.exe");
  return existsSync(conda) ? conda : path.join(prefix, "Scripts", "python.exe");
}

/** The folder with the commands of an environment. */
export function binOf(/** @type {string} */ prefix) {
  return path.join(prefix, isWindows ? "Scripts" : "bin");
}

/**
 * The site-packages folder of an environment, found without starting Python; undefined when there is none.
 * @param {string} prefix
 * @param {string} [version] Python's version, when an environment was upgraded and holds several
 * @returns {string | undefined}
 */
export function sitePackages(prefix, version) {
  if (isWindows) return [path.join(prefix, "Lib", "site-packages")].find((dir) => existsSync(dir));
  const lib = path.join(prefix, "lib");
  if (!existsSync(lib)) return undefined;
  const minor = version?.split(".").slice(0, 2).join(".");
  return readdirSync(lib)
    .filter((name) => (minor ? name === `python${minor}` : /^python3\.\d+$/.test(name)))
    .map((name) => path.join(lib, name, "site-packages"))
    .find((dir) => existsSync(dir));
}

/**
 * Reads a JSON file; undefined when it is missing or half-written.
 * @param {string} file
 * @returns {any}
 */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file beside its place and renames it, so that no reader ever sees half of it. */
export function writeJson(/** @type {string} */ file, /** @type {unknown} */ value) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(value, null, 2) + "\n");
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function isProgram(/** @type {string} */ file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The full path of a command on PATH (or the given path itself), found without a shell; undefined when there is none.
 * @param {string} command
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function which(command, env = process.env) {
  const extensions = isWindows ? (env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";").concat("") : [""];
  const folders = /[\\/]/.test(command) ? [""] : (env.PATH ?? env.Path ?? "").split(path.delimiter).filter(Boolean);
  for (const folder of folders)
    for (const extension of extensions) {
      const file = folder ? path.join(folder, command + extension) : path.resolve(command + extension);
      if (isProgram(file)) return file;
    }
  return undefined;
}

/** Free megabytes on the disk that holds the folder; infinite where the system does not say. */
export function freeMegabytes(/** @type {string} */ folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.floor((bavail * bsize) / 1e6);
  } catch {
    return Infinity;
  }
}
