/**
 * The Python that PyTorch and NumPy are measured in: a venv of the bench's own, build/bench-venv, with the pins of
 * requirements.txt. Made when it is missing or the pins have changed; where that is not possible the bench goes without.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "..");
const requirements = path.join(__dirname, "requirements.txt");

/** The interpreter, or one sentence that says why there is none. */
export async function findPython(say: (text: string) => void): Promise<{ executable: string } | { missing: string }> {
  const { choosePython } = await import("../scripts/setup/python.mjs");
  const { pythonOf } = await import("../scripts/setup/paths.mjs");
  const { run, stopTools } = await import("../scripts/setup/run.mjs");
  const { causeIn } = await import("../scripts/setup/errors.mjs");
  const venv = path.join(root, "build", "bench-venv");
  const executable = pythonOf(venv);
  const stamp = path.join(venv, ".requirements");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(executable) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { executable };

  say("Making build/bench-venv with PyTorch and NumPy (a download of about 0.2 GB, once)");
  const missing = (what: string, { output, log }: { output: string; log: string }) => {
    rmSync(venv, { recursive: true, force: true });
    const cause = causeIn(output)?.what ?? output.trim().split("\n").at(-1) ?? "";
    return { missing: `${what} failed, ${cause} (see ${path.relative(root, log)})` };
  };
  const stop = () => void stopTools().then(() => process.exit(130));
  process.on("SIGINT", stop);
  try {
    const python = choosePython(process.env);
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(path.dirname(venv), { recursive: true });
    const made = await run(python.executable, ["-m", "venv", venv], { log: "bench-venv", timeoutMs: 120_000 });
    if (made.code !== 0) return missing("making a venv", made);
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--retries", "2", "-r", requirements];
    const installed = await run(executable, pip, { log: "bench-pip", timeoutMs: 1_200_000 });
    if (installed.code !== 0) return missing("pip install", installed);
    writeFileSync(stamp, wanted);
    return { executable };
  } catch (error) {
    return { missing: (error as Error).message };
  } finally {
    process.off("SIGINT", stop);
  }
}
