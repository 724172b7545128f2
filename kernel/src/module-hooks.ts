/**
 * Hook 4: two packages that cells import are completed when they are loaded. Types are the packages' own.
 */
import Module from "node:module";
import { showTables } from "./danfojs";
import { inlineNodeplotlib } from "./nodeplotlib";
import type { KernelHook } from "./output";

type Load = (this: unknown, request: string, ...rest: unknown[]) => unknown;

/** Watches `require` (and so the `import`s of cells, which are compiled to it). */
export function hookModules(kernel: KernelHook): void {
  const nodeplotlib = inlineNodeplotlib(kernel);
  const loader = Module as unknown as { _load: Load };
  const original = loader._load;
  loader._load = function (request, ...rest) {
    if (request === "nodeplotlib") return nodeplotlib;
    const exports = original.call(this, request, ...rest);
    return request === "danfojs-node" ? showTables(exports) : exports;
  };
}
