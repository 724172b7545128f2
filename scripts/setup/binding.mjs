// The native backend: compiles the two C++ files of @tensorflow/tfjs-node-gpu, and two of ours that keep it quiet and make
// small graphs faster, against the TensorFlow of PyPI.
// The package's own installer wants a TensorFlow of 2022 from a host that is often unreachable; this recipe needs
// only the registries. With `tensorflow[and-cuda]` in place of tensorflow-cpu the same recipe should give CUDA
// kernels on a machine with an NVIDIA driver: never run.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { loadTest } from "./load-test.mjs";
import { findTensorFlow, whyNoTensorFlow } from "./packages.mjs";
import { backendRecord, bindingFile, readJson, root, shown, tfjsNode, which, writeJson } from "./paths.mjs";
import { installPrebuilt } from "./prebuilt.mjs";
import { failure, run } from "./run.mjs";

/** @typedef {import("./python.mjs").PythonEnvironment} PythonEnvironment */
/**
 * What is known about the native backend; lib/src/backend.ts and `npm run doctor` read it.
 * @typedef {object} BackendRecord
 * @property {"compiled" | "prebuilt" | "none"} native where the binding comes from
 * @property {string} reason why it is this one, as a sentence
 * @property {string} [tensorflow] the version of the TensorFlow that is linked
 * @property {string} key what it was made from: any change makes set-up look again
 */

const RECIPE = 3; // raise it when the compiler's arguments change

/** Our own part of the binding. The linker of macOS cannot wrap functions, as caller-thread.cc needs it. */
function ownSources(/** @type {string} */ platform) {
  const names = platform === "linux" ? ["quiet.cc", "caller-thread.cc"] : [];
  return names.map((name) => path.join(root, "scripts", "setup", name));
}

/** Whether this run leaves the native backend alone (UNROLLED_BACKEND asks for another one). */
export function skipsNative(/** @type {NodeJS.ProcessEnv} */ env) {
  return env.UNROLLED_BACKEND === "wasm" || env.UNROLLED_BACKEND === "cpu";
}

/**
 * The C++ compiler: $CXX if set (even when it is missing: then there is none), else c++, g++ or clang++.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ file: string, args: string[] } | { missing: string }}
 */
export function findCompiler(env) {
  if (env.CXX) {
    const whole = which(env.CXX, env); // a path with spaces is one word
    if (whole) return { file: whole, args: [] };
    const [command = "", ...args] = env.CXX.trim().split(/\s+/); // "ccache g++" is two
    const file = which(command, env);
    return file ? { file, args } : { missing: `$CXX is ${env.CXX}, which does not exist` };
  }
  const file = ["c++", "g++", "clang++"].map((name) => which(name, env)).find(Boolean);
  return file ? { file, args: [] } : { missing: "no C++ compiler (c++, g++, clang++) was found" };
}

/**
 * The command line that compiles the binding.
 * @param {{ dir: string, library: string, framework: string }} tensorflow
 * @param {string} out
 * @param {string} [platform]
 */
export function compilerArguments({ dir, library, framework }, out, platform = process.platform) {
  const headers = path.join(root, "node_modules", "node-api-headers", "include");
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => path.join(tfjsNode, "binding", name));
  return [
    ...(platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]), // macOS: never run
    ...["-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8"],
    ...[...sources, ...ownSources(platform)],
    ...["-I", headers, "-I", path.join(dir, "include")],
    ...[path.join(dir, library), path.join(dir, framework), `-Wl,-rpath,${dir}`],
    ...(platform === "linux" ? ["-Wl,-z,initfirst"] : []), // for quiet.cc
    ...(platform === "linux" ? ["TF_LoadSessionFromSavedModel", "TF_SessionRun"].map((f) => `-Wl,--wrap=${f}`) : []),
    ...["-o", out],
  ];
}

/**
 * What the binding would be made from now, in short. The compiler counts only while there is no compiled binding: another
 * compiler is a reason to try again, not to compile again.
 * @param {PythonEnvironment | undefined} environment
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} compiled
 */
function currentKey(environment, env, compiled) {
  const tensorflow = environment && findTensorFlow(environment);
  const library = tensorflow && statSync(path.join(tensorflow.dir, tensorflow.library));
  const parts = [
    RECIPE,
    process.platform,
    process.arch,
    readJson(path.join(tfjsNode, "package.json"))?.version,
    tensorflow?.dir,
    tensorflow?.version,
    library?.size,
    ownSources(process.platform).map((file) => readFileSync(file, "utf8")),
    compiled || findCompiler(env),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/**
 * Whether the native backend is as good as it can be on this machine: made from what is there now, or known to be impossible.
 * @param {PythonEnvironment | undefined} environment
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} retry try again what failed
 */
export function bindingIsSettled(environment, env, retry) {
  const record = /** @type {BackendRecord | undefined} */ (readJson(backendRecord));
  if (!record || record.key !== currentKey(environment, env, record.native === "compiled")) return false;
  return record.native === "none" ? !retry : existsSync(bindingFile);
}

/** One line for a person whose course runs on a slow backend; undefined when it does not. */
export function slowNotice() {
  const record = /** @type {BackendRecord | undefined} */ (readJson(backendRecord));
  if (record?.native !== "none") return undefined;
  return `Slow backend (WebAssembly): native TensorFlow is missing (${record.reason}). \`npm run setup\` tries again.`;
}

/**
 * Compiles the binding; if that is impossible tries the official download; records which it is and why.
 * @param {PythonEnvironment | undefined} environment
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} a sentence for the step's report
 */
export async function makeBinding(environment, env) {
  rmSync(backendRecord, { force: true });
  /** @param {Omit<BackendRecord, "key">} record */
  const record = (record) =>
    writeJson(backendRecord, { ...record, key: currentKey(environment, env, record.native === "compiled") });
  try {
    const { tensorflow, compiler } = await compile(environment, env);
    const reason = `compiled with ${path.basename(compiler)} against TensorFlow ${tensorflow}`;
    record({ native: "compiled", tensorflow, reason });
    return `native TensorFlow ${tensorflow}, ${reason.replace(/ against.*/, "")}`;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(`     not compiled: ${error.message}`);
    if (error.fix) console.log(`     ${error.fix}`);
    const official = await installPrebuilt(env);
    if (official.version) {
      const reason = `the official prebuilt library, because the binding was not compiled: ${error.message}`;
      record({ native: "prebuilt", tensorflow: official.version, reason });
      return `native TensorFlow ${official.version}, the official prebuilt library`;
    }
    rmSync(bindingFile, { force: true });
    record({ native: "none", reason: `not compiled: ${error.message}; the official download: ${official.why}` });
    return `no native TensorFlow (official download: ${official.why}): the course runs on WebAssembly, several times slower. \`npm run setup\` tries again.`;
  }
}

/**
 * @param {PythonEnvironment | undefined} environment
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ tensorflow: string, compiler: string }>}
 */
async function compile(environment, env) {
  if (!environment) throw new SetupError("there is no Python environment to take TensorFlow from", "");
  const tensorflow = findTensorFlow(environment);
  if (!tensorflow) throw new SetupError(whyNoTensorFlow(environment) ?? "TensorFlow is not installed", "");
  const compiler = findCompiler(env);
  if ("missing" in compiler)
    throw new SetupError(
      compiler.missing,
      "To get fast: sudo apt install g++ (macOS: xcode-select --install; conda: conda install cxx-compiler), then npm run setup.",
    );
  mkdirSync(path.dirname(bindingFile), { recursive: true });
  const fresh = bindingFile.replace(/\.node$/, `.${process.pid}.node`);
  try {
    const built = await run(compiler.file, [...compiler.args, ...compilerArguments(tensorflow, fresh)], {
      log: "binding",
      timeoutMs: 600_000,
    });
    if (built.code !== 0) throw failure(shown(compiler.file), built, "The course goes on with a slower backend.");
    const loaded = await loadTest(fresh);
    if (!loaded.version)
      throw new SetupError(
        `the compiled binding does not run: ${loaded.why}`,
        "The course goes on with a slower backend.",
      );
    renameSync(fresh, bindingFile);
    return { tensorflow: loaded.version, compiler: compiler.file };
  } finally {
    rmSync(fresh, { force: true });
  }
}
