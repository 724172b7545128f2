// JupyterLab's view of the course: the TypeScript kernel of this clone in the environment's kernelspecs, and settings that
// keep it from asking the network for news and show long lines of code whole.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { SetupError } from "./errors.mjs";
import { readJson, root, writeJson } from "./paths.mjs";

/** @typedef {import("./python.mjs").PythonEnvironment} PythonEnvironment */

/**
 * Defaults of JupyterLab's plug-ins that are others here; what a user sets wins over both.
 * @type {Record<string, Record<string, unknown>>}
 */
const wanted = {
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  "@jupyterlab/notebook-extension:tracker": { codeCellConfig: { lineWrap: true } },
};

const installer = path.join(root, "kernel", "dist", "install.js");
const overrides = (/** @type {string} */ prefix) =>
  path.join(prefix, "share", "jupyter", "lab", "settings", "overrides.json");

/** The kernelspec in an environment. */
export const kernelSpec = (/** @type {string} */ prefix) =>
  path.join(prefix, "share", "jupyter", "kernels", "tslab", "kernel.json");

/** Whether the kernelspec starts this very Node with the kernel of this very clone, and the settings are ours. */
export function jupyterIsReady(/** @type {PythonEnvironment} */ { prefix }) {
  const argv = readJson(kernelSpec(prefix))?.argv;
  const settings = readJson(overrides(prefix)) ?? {};
  return (
    Array.isArray(argv) &&
    argv[0] === process.execPath &&
    argv.some(
      (/** @type {string} */ word) => word.startsWith(path.join(root, "kernel") + path.sep) && existsSync(word),
    ) &&
    isDeepStrictEqual(settings, withWanted(settings))
  );
}

/** Writes both. */
export async function prepareJupyter(/** @type {PythonEnvironment} */ { prefix }) {
  if (!existsSync(installer)) throw new SetupError("kernel/dist/install.js is missing", "Run `npm run build`.");
  await createRequire(import.meta.url)(installer).installKernelSpec(prefix);
  const settings = readJson(overrides(prefix)) ?? {};
  writeJson(overrides(prefix), withWanted(settings));
  return "TypeScript kernel registered";
}

/** Settings, ours added. */
function withWanted(/** @type {Record<string, object>} */ settings) {
  const ours = Object.entries(wanted).map(([plugin, values]) => [plugin, { ...settings[plugin], ...values }]);
  return { ...settings, ...Object.fromEntries(ours) };
}
