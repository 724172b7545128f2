// Installs the pip list of environment.yml: JupyterLab and its company in one go, TensorFlow on its own and without
// its dependencies, because only its headers and two libraries are used.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { isTensorFlow, pinOf } from "./environment.mjs";
import { SetupError } from "./errors.mjs";
import { environmentStamp, hasPins } from "./python.mjs";
import { freeMegabytes, readJson, shown, sitePackages, writeJson } from "./paths.mjs";
import { failure, run } from "./run.mjs";

/** @typedef {import("./python.mjs").PythonEnvironment} PythonEnvironment */

const LAB_MEGABYTES = 400;
const TENSORFLOW_MEGABYTES = 2000; // 1.3 GB unpacked, and pip's own copies on the way

/**
 * What must change for pip to be asked again: the list, Python's version, the environment.
 * @param {string[]} requirements
 * @param {string} pythonVersion
 */
export function listHash(requirements, pythonVersion) {
  return createHash("sha256")
    .update([...requirements, pythonVersion].join("\n"))
    .digest("hex")
    .slice(0, 16);
}

/** The requirements without TensorFlow. */
export function labList(/** @type {string[]} */ requirements) {
  return requirements.filter((requirement) => !isTensorFlow(requirement));
}

/** Whether JupyterLab and its company are installed as environment.yml wants them. */
export function labIsInstalled(
  /** @type {PythonEnvironment} */ { kind, prefix },
  /** @type {string[]} */ requirements,
) {
  if (kind === "conda") return hasPins(prefix, requirements);
  const { pip, python } = readJson(environmentStamp(prefix)) ?? {};
  return pip === listHash(labList(requirements), python) && hasPins(prefix, requirements);
}

/** Installs JupyterLab and its company. */
export async function installLab(/** @type {PythonEnvironment} */ environment, /** @type {string[]} */ requirements) {
  const list = labList(requirements);
  await pip(environment, list, "pip", LAB_MEGABYTES);
  const stamp = readJson(environmentStamp(environment.prefix)) ?? {};
  if (environment.kind === "venv") remember(environment, { pip: listHash(list, stamp.python) });
  return list.join(", ");
}

/**
 * TensorFlow's folder in an environment (headers and libraries complete) and its version; undefined when there is none.
 * @param {PythonEnvironment} environment
 * @returns {{ dir: string, version: string, library: string, framework: string } | undefined}
 */
export function findTensorFlow({ prefix }) {
  const packages = sitePackages(prefix);
  const dir = packages && path.join(packages, "tensorflow");
  if (!dir || !existsSync(path.join(dir, "include", "tensorflow", "c", "c_api.h"))) return undefined;
  const library = readdirSync(dir).find((name) => /^libtensorflow_cc\.(so\.\d+|\d+\.dylib)$/.test(name));
  const framework = readdirSync(dir).find((name) => /^libtensorflow_framework\.(so\.\d+|\d+\.dylib)$/.test(name));
  const info = readdirSync(packages).find(
    (name) => /^tensorflow(_cpu)?-[\d.]+\.dist-info$/.test(name) && existsSync(path.join(packages, name, "RECORD")),
  );
  if (!library || !framework || !info) return undefined;
  return { dir, library, framework, version: info.replace(/^.*?-|\.dist-info$/g, "") };
}

/** TensorFlow's requirements in the list: one for each platform, pip takes the one that fits. */
export function tensorFlowList(/** @type {string[]} */ requirements) {
  return requirements.filter(isTensorFlow);
}

/**
 * Whether nothing is left to try for TensorFlow: it is there, or it could not be had the last time and nothing changed since.
 * @param {PythonEnvironment} environment
 * @param {string[]} requirements
 * @param {boolean} retry try again what failed
 */
export function tensorFlowIsSettled(environment, requirements, retry) {
  const wanted = tensorFlowList(requirements);
  const found = findTensorFlow(environment);
  if (wanted.length === 0 || (found && wanted.some((requirement) => pinOf(requirement).version === found.version)))
    return true;
  return !retry && readJson(environmentStamp(environment.prefix))?.noTensorFlow?.wanted === wanted.join("\n");
}

/** Why TensorFlow is missing in an environment; undefined when it is there or was never tried. */
export function whyNoTensorFlow(/** @type {PythonEnvironment} */ environment) {
  if (findTensorFlow(environment)) return undefined;
  return /** @type {string | undefined} */ (readJson(environmentStamp(environment.prefix))?.noTensorFlow?.why);
}

/** Installs TensorFlow's headers and libraries; a failure is remembered and reported, not thrown. */
export async function installTensorFlow(
  /** @type {PythonEnvironment} */ environment,
  /** @type {string[]} */ requirements,
) {
  const wanted = tensorFlowList(requirements);
  try {
    // --no-compile: nobody imports it from Python, so its .py files need no bytecode
    await pip(environment, ["--no-deps", "--no-compile", ...wanted], "pip-tensorflow", TENSORFLOW_MEGABYTES);
    const found = findTensorFlow(environment);
    if (!found)
      throw new SetupError(
        `PyPI has no TensorFlow for this platform (${process.platform} ${process.arch}) and Python`,
        "",
      );
    remember(environment, { noTensorFlow: undefined });
    return `TensorFlow ${found.version} in ${shown(found.dir)}`;
  } catch (error) {
    if (!(error instanceof SetupError) || error.hopeless) throw error;
    remember(environment, { noTensorFlow: { wanted: wanted.join("\n"), why: error.message } });
    return `not installed: ${error.message}. The course goes on with a slower backend; \`npm run setup\` tries again.`;
  }
}

/** Adds to the stamp of an environment. */
function remember(/** @type {PythonEnvironment} */ { prefix }, /** @type {Record<string, unknown>} */ facts) {
  const stamp = environmentStamp(prefix);
  writeJson(stamp, { ...readJson(stamp), ...facts });
}

/**
 * Runs pip install. What an interrupted pip left behind (a .dist-info folder without its list of files, or a
 * folder renamed to "~name") would count as installed: it is removed first.
 * @param {PythonEnvironment} environment
 * @param {string[]} args
 * @param {string} log
 * @param {number} megabytes
 */
async function pip({ kind, prefix, python }, args, log, megabytes) {
  const free = freeMegabytes(prefix);
  if (free < megabytes)
    throw new SetupError(
      `the disk is nearly full: ${free} MB free, about ${megabytes} MB needed`,
      "Free some space and run the same command again.",
    );
  const packages = sitePackages(prefix) ?? prefix;
  for (const name of kind === "venv" ? readdirSync(packages) : []) {
    const folder = path.join(packages, name);
    if (
      name.startsWith("~") ||
      (name.endsWith(".dist-info") && !existsSync(path.join(folder, "RECORD")) && statSync(folder).isDirectory())
    )
      rmSync(folder, { recursive: true, force: true });
  }
  const result = await run(
    python,
    ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", ...rawProgress(packages), ...args],
    {
      log,
      env: { ...process.env, PIP_USER: "0", PYTHONUNBUFFERED: "1" },
      fraction: megabytesDone,
    },
  );
  if (result.code !== 0) throw failure("pip install", result);
}

/** pip 24.1 and later can print its progress for machines. */
function rawProgress(/** @type {string} */ packages) {
  const [, major = 0, minor = 0] =
    /pip-(\d+)\.(\d+)/
      .exec(readdirSync(packages).find((name) => /^pip-.*\.dist-info$/.test(name)) ?? "")
      ?.map(Number) ?? [];
  return major > 24 || (major === 24 && minor >= 1) ? ["--progress-bar", "raw"] : [];
}

/** Turns pip's "Progress 1000000 of 250000000" into megabytes. */
function megabytesDone(/** @type {string} */ line) {
  const [, done, all] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
  return done && all ? `${(Number(done) / 1e6).toFixed(0)} of ${(Number(all) / 1e6).toFixed(0)} MB` : undefined;
}
