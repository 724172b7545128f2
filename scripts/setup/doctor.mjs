// Looks at every part of the course and says how it is. Each look is independent, so one broken part hides no other.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { bindingIsSettled, findCompiler } from "./binding.mjs";
import { isBuilt } from "./build.mjs";
import { findChromium } from "./chromium.mjs";
import { readable } from "./errors.mjs";
import { jupyterIsReady } from "./jupyter.mjs";
import { loadTest } from "./load-test.mjs";
import { nodeRange } from "./node-version.mjs";
import { npmPackagesAreInstalled } from "./npm-packages.mjs";
import { findTensorFlow, labIsInstalled, whyNoTensorFlow } from "./packages.mjs";
import { backendRecord, bindingFile, freeMegabytes, readJson, root, shown } from "./paths.mjs";
import { condaEnvironment, describe, finishedVenv, fitsTensorFlow, probe, readEnvironment } from "./python.mjs";
import { run } from "./run.mjs";

/** @typedef {"good" | "slow" | "broken"} State slow: works, but something optional is missing */
/** @typedef {{ what: string, state: State, detail: string, fix?: string }} Finding */

const setup = "npm run setup";

/**
 * All findings, in the order in which set-up works.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Finding[]>}
 */
export async function diagnose(env) {
  const { pip } = readEnvironment();
  const python = condaEnvironment(env, readEnvironment()) ?? finishedVenv();
  /** @type {Finding[]} */
  const findings = [];
  /**
   * @param {string} what
   * @param {() => Omit<Finding, "what"> | Promise<Omit<Finding, "what">>} look
   */
  const add = async (what, look) => {
    try {
      findings.push({ what, ...(await look()) });
    } catch (error) {
      const { message, fix } = readable(error);
      findings.push({ what, state: "broken", detail: message, fix });
    }
  };
  await add("Node", () => ({ state: "good", detail: `${process.version.slice(1)} (needs ${nodeRange()})` }));
  await add("npm packages", () =>
    npmPackagesAreInstalled()
      ? { state: "good", detail: "as in package-lock.json" }
      : { state: "broken", detail: "missing, or not those of package-lock.json", fix: setup },
  );
  await add("Python", () => {
    if (!python)
      return {
        state: "broken",
        detail: "no conda environment of this course is active, and there is no finished .venv",
        fix: setup,
      };
    const found = probe(python.python);
    if (!found)
      return {
        state: "broken",
        detail: `${shown(python.python)} does not run`,
        fix: `rm -r ${shown(python.prefix)}; ${setup}`,
      };
    if (fitsTensorFlow(found)) return { state: "good", detail: `${found.version}, ${describe(python)}` };
    return {
      state: "slow",
      detail: `${found.version}, ${describe(python)}: PyPI has no TensorFlow for it`,
      fix: "rm -r .venv; PYTHON=python3.12 npm run setup",
    };
  });
  await add("JupyterLab", () =>
    python && labIsInstalled(python, pip)
      ? { state: "good", detail: pip.slice(0, 4).join(", ") }
      : { state: "broken", detail: "not installed as in environment.yml", fix: setup },
  );
  await add("TensorFlow", () => {
    const found = python && findTensorFlow(python);
    if (found) return { state: "good", detail: `${found.version}, headers and C++ library in ${shown(found.dir)}` };
    return { state: "slow", detail: (python && whyNoTensorFlow(python)) ?? "not installed", fix: setup };
  });
  await add("C++ compiler", () => {
    const compiler = findCompiler(env);
    if ("file" in compiler) return { state: "good", detail: [compiler.file, ...compiler.args].join(" ") };
    return {
      state: "slow",
      detail: compiler.missing,
      fix: `sudo apt install g++ (macOS: xcode-select --install), then ${setup}`,
    };
  });
  await add("native binding", async () => {
    const { native, reason } = readJson(backendRecord) ?? {};
    if (!existsSync(bindingFile)) return { state: "slow", detail: reason ?? "not compiled yet", fix: setup };
    const { version, why } = await loadTest(bindingFile);
    if (!version) return { state: "slow", detail: `does not load: ${why}`, fix: `rm ${shown(bindingFile)}; ${setup}` };
    if (!bindingIsSettled(python, env, false))
      return { state: "slow", detail: `TensorFlow ${version}, but made from other files than those here`, fix: setup };
    return { state: "good", detail: `loads, ${native === "prebuilt" ? `TensorFlow ${version}, ${reason}` : reason}` };
  });
  await add("library", () =>
    isBuilt()
      ? { state: "good", detail: "lib/dist and kernel/dist are up to date" }
      : { state: "broken", detail: "not compiled, or older than its sources", fix: setup },
  );
  await add("backend", () => backendInUse(env));
  await add("kernel", () =>
    python && jupyterIsReady(python)
      ? { state: "good", detail: "the TypeScript kernel of this clone is registered" }
      : { state: "broken", detail: "not registered for this Node and this clone", fix: setup },
  );
  await add("datasets", () => datasets(env));
  await add("Chromium", () => {
    const file = findChromium(env);
    return file
      ? { state: "good", detail: file }
      : {
          state: "slow",
          detail: "none: the browser test is skipped",
          fix: "only for developers: sudo apt install chromium",
        };
  });
  await add("disk", () => {
    const free = freeMegabytes(root);
    return { state: free > 500 ? "good" : "slow", detail: `${(free / 1000).toFixed(1)} GB free` };
  });
  return findings;
}

/**
 * Loads the library as a notebook does and asks it.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Omit<Finding, "what">>}
 */
async function backendInUse(env) {
  const code = `const { backend } = require("unrolled"); backend.ready.then(() => console.log("backend " + JSON.stringify([backend.name, String(backend), backend.reason])));`;
  const { output } = await run(process.execPath, ["-e", code], {
    log: "doctor-backend",
    cwd: root,
    env,
    timeoutMs: 60_000,
  });
  const line = /^backend (\[.*\])$/m.exec(output)?.[1];
  if (!line)
    return { state: "broken", detail: /^\w*Error: .*$/m.exec(output)?.[0] ?? "the library does not load", fix: setup };
  const [name, text, reason] = JSON.parse(line);
  if (name === "tensorflow") return { state: "good", detail: text };
  const fix = env.UNROLLED_BACKEND ? "unset UNROLLED_BACKEND" : "see TensorFlow, C++ compiler and native binding above";
  return { state: "slow", detail: text.includes(reason) ? text : `${text}: ${reason}`, fix };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Omit<Finding, "what">}
 */
function datasets({ UNROLLED_DATASETS: folder }) {
  if (!folder)
    return {
      state: "good",
      detail: "UNROLLED_DATASETS is not set: texts are downloaded once, or the built-in ones are used",
    };
  if (!existsSync(folder))
    return {
      state: "slow",
      detail: `UNROLLED_DATASETS names ${folder}, which does not exist`,
      fix: "correct it or unset it",
    };
  return {
    state: "good",
    detail: `UNROLLED_DATASETS=${path.resolve(folder)}: ${readdirSync(folder).slice(0, 5).join(", ")}`,
  };
}

/**
 * The findings as lines: a mark, the part, how it is, and below it what to do.
 * @param {Finding[]} findings
 */
export function table(findings) {
  const marks = { good: "✔", slow: "–", broken: "✗" };
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings
    .map(({ what, state, detail, fix }) => {
      const line = `${marks[state]} ${what.padEnd(width)}  ${detail}`;
      return state !== "good" && fix ? `${line}\n  ${" ".repeat(width)}  → ${fix}` : line;
    })
    .join("\n");
}
