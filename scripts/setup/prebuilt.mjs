// The second choice for the native backend: the official download of @tensorflow/tfjs-node-gpu (libtensorflow 2.9.1 and
// a ready-made binding), run through the package's own install script. Its host is asked first, with a short
// limit, because an unreachable host would otherwise cost minutes.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { loadTest } from "./load-test.mjs";
import { bindingFile, root, tfjsNode } from "./paths.mjs";
import { run } from "./run.mjs";

const PROBE_MS = 5_000;
const INSTALL_MS = 300_000;

/**
 * Tries the official download; gives its TensorFlow version, or why it cannot be had.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ version?: string, why: string }>}
 */
export async function installPrebuilt(env) {
  const host = env.TFJS_NODE_CDN_STORAGE ?? env.CDN_STORAGE ?? "https://storage.googleapis.com/";
  try {
    await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) });
  } catch (error) {
    const { cause, name } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
    return { why: `${new URL(host).host} cannot be reached (${cause?.code ?? cause?.message ?? name})` };
  }
  console.log("     trying the official download: about 200 MB, at most 5 minutes");
  const gpu = existsSync("/proc/driver/nvidia/version") ? "gpu" : "cpu";
  const deps = path.join(tfjsNode, "deps");
  rmSync(deps, { recursive: true, force: true }); // what an interrupted attempt left
  mkdirSync(path.dirname(bindingFile), { recursive: true });
  const { code, output, timedOut } = await run(
    process.execPath,
    [path.join("scripts", "install.js"), gpu, "download"],
    {
      log: "prebuilt",
      cwd: tfjsNode,
      env: { ...env, PATH: path.join(root, "node_modules", ".bin") + path.delimiter + (env.PATH ?? env.Path ?? "") },
      timeoutMs: INSTALL_MS,
    },
  );
  const loaded = existsSync(bindingFile) ? await loadTest(bindingFile) : { why: "it brought no binding" };
  if (loaded.version) return loaded;
  rmSync(deps, { recursive: true, force: true });
  if (timedOut) return { why: "it took longer than 5 minutes" };
  const why = /(?:Error: |failed with error: ).*$/m.exec(output)?.[0] ?? loaded.why;
  return { why: code === 0 ? loaded.why : why.slice(0, 200) };
}
