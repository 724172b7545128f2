// Set-up from a fresh clone to a running course, step by step. Every step can tell from a few files, without starting
// anything, whether it is done; so a finished set-up costs milliseconds, and an interrupted one goes on where it stopped.
import path from "node:path";
import { bindingIsSettled, makeBinding, skipsNative } from "./binding.mjs";
import { build, isBuilt } from "./build.mjs";
import { readable, SetupError } from "./errors.mjs";
import { jupyterIsReady, prepareJupyter } from "./jupyter.mjs";
import { withLock } from "./lock.mjs";
import { installNpmPackages, npmPackagesAreInstalled } from "./npm-packages.mjs";
import { installLab, installTensorFlow, labIsInstalled, tensorFlowIsSettled } from "./packages.mjs";
import { root } from "./paths.mjs";
import { condaEnvironment, describe, finishedVenv, makeVenv, readEnvironment } from "./python.mjs";
import { stopTools, watcher } from "./run.mjs";

/** @typedef {import("./python.mjs").PythonEnvironment} PythonEnvironment */
/**
 * @typedef {object} Context
 * @property {NodeJS.ProcessEnv} env
 * @property {string[]} pip environment.yml's pip list
 * @property {boolean} retry try again what failed before
 * @property {PythonEnvironment | undefined} python
 */
/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} cost what it takes, for the reader
 * @property {boolean} [essential] without it nothing can go on; else only JupyterLab is missing
 * @property {boolean} [needsPython]
 * @property {(context: Context) => boolean} done
 * @property {(context: Context) => Promise<string>} run gives a sentence about what it did
 */

/**
 * @param {PythonEnvironment | undefined} python
 * @returns {PythonEnvironment}
 */
function needed(python) {
  if (!python) throw new Error("setUp: a step that needs Python ran without it");
  return python;
}

/** @type {Step[]} */
export const steps = [
  {
    title: "npm packages",
    cost: "about 600 MB, about a minute",
    essential: true,
    done: () => npmPackagesAreInstalled(),
    run: ({ env }) => installNpmPackages(env),
  },
  {
    title: "Python environment",
    cost: "a few seconds",
    done: (context) => Boolean((context.python = condaEnvironment(context.env, readEnvironment()) ?? finishedVenv())),
    async run(context) {
      const report = await makeVenv(context.env);
      context.python = finishedVenv();
      return report;
    },
  },
  {
    title: "JupyterLab",
    cost: "about 90 Python packages, 320 MB, about half a minute",
    needsPython: true,
    done: ({ python, pip }) => python !== undefined && labIsInstalled(python, pip),
    run: ({ python, pip }) => installLab(needed(python), pip),
  },
  {
    title: "TensorFlow's C++ library",
    cost: "250 MB to download, 1.3 GB on disk, about a minute",
    needsPython: true,
    done: ({ python, pip, env, retry }) =>
      skipsNative(env) || (python !== undefined && tensorFlowIsSettled(python, pip, retry)),
    run: ({ python, pip }) => installTensorFlow(needed(python), pip),
  },
  {
    title: "native backend",
    cost: "compiles four C++ files, about 15 s",
    done: ({ python, env, retry }) => skipsNative(env) || bindingIsSettled(python, env, retry),
    run: ({ python, env }) => makeBinding(python, env),
  },
  {
    title: "library and kernel",
    cost: "compiles the TypeScript, about 10 s",
    essential: true,
    done: () => isBuilt(),
    run: () => build(),
  },
  {
    title: "TypeScript kernel",
    cost: "writes two small files",
    needsPython: true,
    done: ({ python }) => python !== undefined && jupyterIsReady(python),
    run: ({ python }) => prepareJupyter(needed(python)),
  },
];

/**
 * Sets up what is missing. Problems that leave something usable are printed and returned; an essential one is thrown.
 * @param {{ retry?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ python: PythonEnvironment | undefined, problems: string[], changed: boolean }>}
 */
export async function setUp({ retry = false, env = process.env } = {}) {
  const context = /** @type {Context} */ ({ env, pip: readEnvironment().pip, retry, python: undefined });
  if (steps.map((step) => step.done(context)).every(Boolean))
    return { python: context.python, problems: [], changed: false };
  const stop = (/** @type {NodeJS.Signals} */ name) => {
    stopTools().finally(() => {
      console.error(`\nSet-up stopped (${name}). Run the same command again to go on from here.`);
      process.exit(130);
    });
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  signals.forEach((name) => process.once(name, stop));
  try {
    const work = (/** @type {(pid: number | undefined) => void} */ setTool) => {
      watcher.tool = setTool;
      return runSteps(context);
    };
    return await withLock(path.join(root, "build", "setup.lock"), work, {
      onWait: ({ pid }) => console.log(`Another set-up of this clone is running (process ${pid}): waiting for it.`),
    });
  } finally {
    signals.forEach((name) => process.off(name, stop));
  }
}

async function runSteps(/** @type {Context} */ context) {
  /** @type {string[]} */
  const problems = [];
  let changed = false;
  const started = Date.now();
  for (const [index, step] of steps.entries()) {
    if (step.done(context)) continue;
    if (!changed) console.log(`Setting up Unrolled in ${root}`);
    changed = true;
    if (step.needsPython && !context.python) {
      console.log(`${index + 1}/${steps.length}  ${step.title}: left out, it needs the Python environment`);
      continue;
    }
    console.log(`${index + 1}/${steps.length}  ${step.title} (${step.cost})`);
    const from = Date.now();
    try {
      const report = await step.run(context);
      console.log(`     ${report}  [${((Date.now() - from) / 1000).toFixed(1)} s]`);
    } catch (error) {
      const { message, fix, hopeless } = readable(error);
      if (step.essential || hopeless) throw new SetupError(`${step.title}: ${message}`, fix);
      console.error(`  ✗  ${message}`);
      if (fix) console.error(`     What to do: ${fix}`);
      problems.push(`${step.title}: ${message}`);
    }
  }
  if (changed) {
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(
      problems.length
        ? `Set-up ended after ${seconds} s with ${problems.length} problem(s).`
        : `Set-up finished in ${seconds} s (${context.python ? describe(context.python) : "no Python"}).`,
    );
  }
  return { python: context.python, problems, changed };
}
