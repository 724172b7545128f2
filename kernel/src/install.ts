/**
 * Writes the kernelspecs by which Jupyter finds this kernel: `tslab` (this launcher, shown as "TypeScript") and
 * `tslab-stock` (the unchanged tslab, to compare). `node install.js PREFIX` does it from the command line.
 *
 * tslab's own `tslab install` relies on a global `tslab` in the PATH. Here every path is absolute, so that the kernel
 * starts from any environment; set-up writes the files again at each start, in case the folder has moved.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The content of a kernel.json. */
export interface KernelSpec {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: "signal" | "message";
}

/** The spec of this kernel. */
export function kernelSpec(): KernelSpec {
  return spec("TypeScript", [join(__dirname, "launcher.js"), "{connection_file}"]);
}

/** The spec of the unchanged tslab. */
export function stockKernelSpec(): KernelSpec {
  const tslab = join(require.resolve("tslab/package.json"), "..", "bin", "tslab");
  return spec("TypeScript (stock tslab)", [tslab, "kernel", "--config-path", "{connection_file}"]);
}

/**
 * Writes both specs below `<prefix>/share/jupyter/kernels`, where a Python environment with that prefix finds them.
 * Files that are right already stay untouched; returns the paths of those that were written.
 */
export function installKernelSpec(prefix: string): string[] {
  const kernels = join(prefix, "share", "jupyter", "kernels");
  const files = [
    [join(kernels, "tslab", "kernel.json"), json(kernelSpec())],
    [join(kernels, "tslab", "logo-svg.svg"), logo],
    [join(kernels, "tslab-stock", "kernel.json"), json(stockKernelSpec())],
  ] as const;
  return files.filter(([path, text]) => writeIfChanged(path, text)).map(([path]) => path);
}

function spec(display_name: string, args: string[]): KernelSpec {
  const interrupt_mode = process.platform === "win32" ? "message" : "signal"; // Windows has no signals
  return { argv: [process.execPath, ...args], display_name, language: "typescript", interrupt_mode };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Written beside and renamed, so that no reader ever sees half a file. */
function writeIfChanged(path: string, text: string): boolean {
  try {
    if (readFileSync(path, "utf8") === text) return false;
  } catch {
    // not there yet
  }
  mkdirSync(join(path, ".."), { recursive: true });
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text);
  renameSync(beside, path);
  return true;
}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <rect width="64" height="64" rx="8" fill="#0072b2"/>
  <text x="58" y="54" font-family="sans-serif" font-size="32" font-weight="bold" fill="#fff" text-anchor="end">TS</text>
</svg>
`;

if (require.main === module) {
  const [prefix] = process.argv.slice(2);
  if (prefix === undefined) {
    console.error("Usage: install.js PREFIX (of a Python environment, e.g. .venv)");
    process.exit(2);
  }
  const written = installKernelSpec(prefix);
  console.log(
    written.length > 0 ? written.map((path) => `wrote ${path}`).join("\n") : "the kernelspecs are up to date",
  );
}
