// npm's packages: `npm ci` when node_modules is not what package-lock.json says. No stamp of ours is needed, since npm
// writes its own at the very end of an install: node_modules/.package-lock.json.
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { freeMegabytes, isWindows, readJson, root, which } from "./paths.mjs";
import { failure, run } from "./run.mjs";

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean }>} LockedPackages */

const MEGABYTES = 700;

/**
 * Whether what is installed is what is locked: the same versions and checksums; only optional packages (those of other platforms) may be missing.
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
export function sameLock(locked, installed) {
  const names = Object.keys(locked).filter((name) => name !== "");
  return (
    Object.keys(installed).every((name) => name in locked) &&
    names.every((name) => {
      const want = locked[name];
      const have = installed[name];
      return have ? have.version === want?.version && have.integrity === want?.integrity : want?.optional === true;
    })
  );
}

/** Whether node_modules is complete and as locked. */
export function npmPackagesAreInstalled(folder = root) {
  const locked = readJson(path.join(folder, "package-lock.json"))?.packages;
  const installed = readJson(path.join(folder, "node_modules", ".package-lock.json"))?.packages;
  if (!locked || !installed || !sameLock(locked, installed)) return false;
  return Object.keys(installed).every((name) => existsSync(path.join(folder, name, "package.json")));
}

/** How to call npm: the one that runs us, else the one that came with this Node, else the one on PATH. */
function npmCommand(/** @type {NodeJS.ProcessEnv} */ env) {
  const beside = path.join(
    path.dirname(process.execPath),
    isWindows ? "" : "../lib",
    "node_modules",
    "npm",
    "bin",
    "npm-cli.js",
  );
  const script = [env.npm_execpath ?? "", beside].find((file) => /npm-cli\.[cm]?js$/.test(file) && existsSync(file));
  if (script) return [process.execPath, script];
  const command = which("npm", env);
  if (!command) throw new SetupError("npm was not found", "Install Node.js with npm from https://nodejs.org.");
  return [command];
}

/** Installs the packages of package-lock.json. */
export async function installNpmPackages(/** @type {NodeJS.ProcessEnv} */ env) {
  const free = freeMegabytes(root);
  if (free < MEGABYTES)
    throw new SetupError(
      `the disk is nearly full: ${free} MB free, about ${MEGABYTES} MB needed`,
      "Free some space and run the same command again.",
    );
  const finished = path.join(root, "node_modules", ".package-lock.json");
  rmSync(finished, { force: true }); // an interrupted `npm ci` must not look finished
  const [command = "", ...args] = npmCommand(env);
  const patience = ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"]; // npm's own: over a minute when offline
  const options = ["--include=dev", "--include=optional", "--no-audit", "--no-fund", "--no-progress", ...patience];
  const result = await run(command, [...args, "ci", ...options], { log: "npm" });
  const incomplete = /TAR_ENTRY_ERROR/.test(result.output); // npm 11 only warns of files it could not write, and exits with 0
  if (incomplete) rmSync(finished, { force: true });
  if (result.code !== 0 || incomplete) throw failure("npm ci", result);
  return "installed as in package-lock.json";
}
