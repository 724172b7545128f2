/** Runs the Python judges of the kernel in the repository's own Python environment, with our kernelspecs in their path. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installKernelSpec } from "unrolled-kernel/dist/install";

const root = join(__dirname, "..", "..");
const folder = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
const candidates = [join(root, ".venv", ...folder), join(process.env["CONDA_PREFIX"] ?? "-", ...folder)];

/** A Python that can import all of `modules`; without one the test is skipped, except under CI, where it fails. */
export function pythonWith(test: Mocha.Context, ...modules: string[]): string {
  const imports = `import ${modules.join(", ")}`;
  const python = candidates.find((each) => existsSync(each) && spawnSync(each, ["-c", imports]).status === 0);
  if (python !== undefined) return python;
  const missing = `no Python with ${modules.join(", ")}: pip install -r test/requirements.txt in .venv`;
  if (process.env["CI"]) throw new Error(missing);
  console.log(`    skipped, ${missing}`);
  return test.skip();
}

/** Runs a program with the kernelspecs of this repository, and none of the user's. */
export function runWithKernels(command: string, args: string[], input = "", cwd = root) {
  const prefix = mkdtempSync(join(tmpdir(), "kernelspecs-"));
  try {
    const installed = installKernelSpec(prefix);
    if (installed.length === 0) throw new Error("runWithKernels: no kernelspec was written");
    const env = { ...process.env, JUPYTER_PATH: join(prefix, "share", "jupyter"), JUPYTER_PREFER_ENV_PATH: "0" };
    return spawnSync(command, args, { cwd, env, input, encoding: "utf8", maxBuffer: 2 ** 24 });
  } finally {
    rmSync(prefix, { recursive: true });
  }
}
