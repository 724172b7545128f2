// The Python that runs JupyterLab: the active conda environment if it was made from environment.yml, else .venv at
// the repository's root, made here from the best Python of the machine.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { isTensorFlow, parseEnvironment, pinOf } from "./environment.mjs";
import { SetupError } from "./errors.mjs";
import { isWindows, pythonOf, readJson, root, shown, sitePackages, which, writeJson } from "./paths.mjs";
import { failure, run } from "./run.mjs";

/** @typedef {{ kind: "conda" | "venv", prefix: string, python: string }} PythonEnvironment */
/** @typedef {{ command: string, executable: string, version: string, bits: number, name: string }} Found */

/** PyPI has TensorFlow for these; JupyterLab also runs on newer ones. */
const OLDEST = [3, 10];
const NEWEST_FOR_TENSORFLOW = [3, 13];

export const venv = path.join(root, ".venv");

/** What set-up remembers about an environment, kept inside it. */
export const environmentStamp = (/** @type {string} */ prefix) => path.join(prefix, ".unrolled.json");

/** The pip list and the name in environment.yml. */
export function readEnvironment() {
  return parseEnvironment(readFileSync(path.join(root, "environment.yml"), "utf8"));
}

/**
 * The conda environment to use: active, and either named as in environment.yml or holding its pins (repo2docker names it otherwise).
 * @param {NodeJS.ProcessEnv} env
 * @param {{ name: string, pip: string[] }} wanted
 * @returns {PythonEnvironment | undefined}
 */
export function condaEnvironment(env, wanted) {
  const prefix = env.CONDA_PREFIX;
  if (!prefix || !existsSync(path.join(prefix, "conda-meta")) || !existsSync(pythonOf(prefix))) return undefined;
  const named = path.basename(prefix) === wanted.name;
  if (!named && !hasPins(prefix, wanted.pip)) return undefined;
  return { kind: "conda", prefix, python: pythonOf(prefix) };
}

/** Whether all pinned packages (TensorFlow apart) are installed in an environment, judged by its files alone. */
export function hasPins(/** @type {string} */ prefix, /** @type {string[]} */ requirements) {
  const packages = sitePackages(prefix);
  if (!packages) return false;
  return requirements
    .filter((requirement) => !isTensorFlow(requirement))
    .map(pinOf)
    .every(({ project, version }) => existsSync(path.join(packages, `${project}-${version}.dist-info`, "RECORD")));
}

/**
 * The .venv if a set-up finished making it here: one that was moved or half made, or whose Python is gone, does not count.
 * @returns {PythonEnvironment | undefined}
 */
export function finishedVenv(prefix = venv) {
  const python = pythonOf(prefix);
  if (!existsSync(python) || !existsSync(path.join(prefix, "pyvenv.cfg"))) return undefined;
  return readJson(environmentStamp(prefix))?.path === realpathSync(prefix)
    ? { kind: "venv", prefix, python }
    : undefined;
}

/**
 * Asks a Python for its version; undefined when it is not there or does not run.
 * @param {string} command
 * @param {string[]} [args]
 * @returns {Found | undefined}
 */
export function probe(command, args = []) {
  const code =
    "import sys,json,platform,struct;print(json.dumps([sys.executable,platform.python_version(),struct.calcsize('P')*8,platform.python_implementation()]))";
  const { status, stdout } = spawnSync(command, [...args, "-c", code], {
    encoding: "utf8",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status !== 0) return undefined;
  try {
    const [executable, version, bits, name] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    return { command: [command, ...args].join(" "), executable, version, bits, name };
  } catch {
    return undefined;
  }
}

/** Whether PyPI has TensorFlow for this Python. */
export function fitsTensorFlow(/** @type {Pick<Found, "version" | "bits" | "name">} */ { version, bits, name }) {
  return (
    bits === 64 &&
    name === "CPython" &&
    atLeast(version, OLDEST) &&
    !atLeast(version, [3, (NEWEST_FOR_TENSORFLOW[1] ?? 0) + 1])
  );
}

function atLeast(/** @type {string} */ version, /** @type {number[]} */ [major = 0, minor = 0]) {
  const [a = 0, b = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return a > major || (a === major && b >= minor);
}

/**
 * Picks the Python to make .venv from: $PYTHON if set, else the first that suits TensorFlow, else the first that suits JupyterLab.
 * Throws a SetupError that lists what was found.
 * @param {NodeJS.ProcessEnv} env
 * @param {(command: string, args?: string[]) => Found | undefined} [ask]
 * @returns {Found}
 */
export function choosePython(env, ask = probe) {
  const install =
    "Install Python 3.10–3.13 from https://www.python.org (Debian, Ubuntu: sudo apt install python3 python3-venv) or name one: PYTHON=/path/to/python npm start";
  if (env.PYTHON) {
    const found = ask(env.PYTHON);
    if (found && atLeast(found.version, OLDEST)) return found;
    throw new SetupError(
      found
        ? `$PYTHON (${env.PYTHON}) is Python ${found.version}; 3.10 or newer is needed`
        : `$PYTHON (${env.PYTHON}) does not run`,
      "Set PYTHON to a Python 3.10–3.13, or unset it.",
    );
  }
  /** @type {Found[]} */
  const seen = [];
  const minors = [13, 12, 11, 10].map((minor) => `python3.${minor}`);
  /** @type {[string, string[]?][]} */
  const candidates = [
    ["python3"],
    ["python"],
    ["py", ["-3"]],
    ...minors.map((name) => /** @type {[string]} */ ([name])),
  ];
  for (const [command, args] of candidates) {
    const found = ask(command, args);
    if (!found) continue;
    if (fitsTensorFlow(found)) return found;
    if (!seen.some(({ executable }) => executable === found.executable)) seen.push(found);
  }
  const usable = seen.find(({ version }) => atLeast(version, OLDEST));
  if (usable) return usable;
  const list = seen.map(({ command, version }) => `${command} is ${version}`).join(", ");
  throw new SetupError(list ? `no Python 3.10 or newer was found (${list})` : "no Python was found", install);
}

/**
 * Makes .venv, or keeps the one a person made by hand if it works; returns a sentence for the step's report.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>}
 */
export async function makeVenv(env) {
  const stamp = environmentStamp(venv);
  if (lstatSync(venv, { throwIfNoEntry: false })) {
    const moved = readJson(stamp)?.path;
    const works =
      existsSync(pythonOf(venv)) &&
      existsSync(path.join(venv, "pyvenv.cfg")) &&
      spawnSync(pythonOf(venv), ["-m", "pip", "--version"]).status === 0;
    if (works && !moved) {
      const found = probe(pythonOf(venv));
      if (found && atLeast(found.version, OLDEST))
        return finish(found.version, `.venv was there already (Python ${found.version})`);
    }
    console.log(`     .venv ${moved && works ? `was moved here from ${moved}` : "is incomplete"}: making it again`);
    rmSync(venv, { recursive: true, force: true });
  }
  const python = choosePython(env);
  const attempt = await run(python.executable, ["-m", "venv", venv], { log: "venv" });
  if (attempt.code === 0) return finish(python.version, `.venv with Python ${python.version} (${python.command})`);
  rmSync(venv, { recursive: true, force: true });
  const others = /** @type {[string, string[]][]} */ ([
    ["uv", ["venv", "--seed", "--python", python.executable, venv]],
    ["virtualenv", ["--python", python.executable, venv]],
    [python.executable, ["-m", "virtualenv", venv]],
  ]);
  for (const [command, args] of others) {
    if (!which(command, env)) continue;
    const { code } = await run(command, args, { log: "venv-other" });
    if (code === 0 && existsSync(pythonOf(venv)))
      return finish(
        python.version,
        `.venv with Python ${python.version}, made by ${path.basename(command)} ${args[0] === "-m" ? args[1] : ""}`.trim(),
      );
    rmSync(venv, { recursive: true, force: true });
  }
  if (!/ensurepip|No module named venv/.test(attempt.output)) throw failure(`${python.command} -m venv`, attempt);
  const minor = python.version.split(".").slice(0, 2).join(".");
  throw new SetupError(
    `${python.command} (Python ${python.version}) has no venv module, and neither uv nor virtualenv is installed`,
    `Run: sudo apt install python${minor}-venv   (other systems: ${python.command} -m pip install --user virtualenv), then the same command again.`,
  );

  /** The stamp comes last: a .venv without it is half made. */
  function finish(/** @type {string} */ version, /** @type {string} */ report) {
    writeJson(stamp, { path: realpathSync(venv), python: version });
    return report;
  }
}

/** One phrase for reports: "conda environment unrolled" or ".venv". */
export function describe(/** @type {PythonEnvironment} */ { kind, prefix }) {
  return kind === "conda" ? `conda environment ${path.basename(prefix)}` : shown(prefix) + (isWindows ? "\\" : "");
}
