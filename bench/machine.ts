/** What machine this is and which versions run on it: a time without them says nothing. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { backend, tf } from "unrolled";
import { vectorInstructions } from "unrolled/dist/backend";

/** Processor, its vector instructions, cores, memory, system. */
export function describeMachine(): Record<string, string> {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() || os.arch(),
    vectors: vectorInstructions(),
    cores: String(os.availableParallelism()),
    memory: `${(os.totalmem() / 2 ** 30).toFixed(0)} GB`,
    system: `${os.type()} ${os.arch()}`,
  };
}

/** Every program whose speed counts. */
export function describeVersions(python: { executable: string } | { missing: string }): Record<string, string> {
  const versions: Record<string, string> = {
    Node: process.versions.node,
    "TensorFlow.js": tf.version.tfjs,
    backend: String(backend),
  };
  if ("executable" in python) {
    const code =
      "import platform, torch, numpy; print(platform.python_version(), torch.__version__, numpy.__version__)";
    try {
      const [own, torch, numpy] = execFileSync(python.executable, ["-c", code], {
        encoding: "utf8",
        timeout: 60_000,
      }).split(/\s+/);
      Object.assign(versions, { Python: own, PyTorch: torch, NumPy: numpy });
    } catch (error) {
      versions.Python = `does not run: ${(error as Error).message.split("\n")[0]}`;
    }
  }
  try {
    const manifest = path.join(__dirname, "../node_modules/brain.js/package.json");
    versions["brain.js"] = (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  } catch {
    // its contender says that it is missing
  }
  return versions;
}
