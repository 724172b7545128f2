/**
 * Hook 2: tslab's executor and converter, which compile and run a cell, asked for objects instead of printed text.
 * It knows nothing of messages; execution.ts does.
 *
 * - `createExecutor` takes a console: `log(value)` is the cell's last expression, `error(thrown)` what it threw. Stock
 *   prints both; here they come back as an `Outcome`.
 * - `createExecutor` takes the converters: wrapped, they show the compiler's findings with code and range, give the maps
 *   of the generated code, get declarations that survive a failed cell (declarations.ts), and run `for await`
 *   (for-await.ts).
 * - `vm.runInThisContext` is called through the module, so a replacement is used: each cell gets a file name (`In[3]`;
 *   in stock every cell is "evalmachine.<anonymous>"), and the SIGINT listeners are re-armed (interrupts.ts).
 */
import { takeMaps } from "./compiler-hook"; // first: it prepares the compiler that tslab loads
import vm from "node:vm";
import { createConverter, type CompletionInfo, type Converter, type ConvertResult } from "tslab/dist/converter";
import { createExecutor, type Executor } from "tslab/dist/executor";
import { keepAssigned } from "./declarations";
import { hasTopLevelForAwait } from "./for-await";
import { InterruptedError, type Interrupts } from "./interrupts";
import type { Sources } from "./sources";
import { TypeScriptError, type Diagnostic } from "./type-errors";

/** How a cell ended: perhaps with a value, or with what it threw. */
export type Outcome = { ok: true; result?: { value: unknown } } | { ok: false; thrown: unknown };

interface RunningCell {
  name: string;
  converted?: ConvertResult;
  result?: { value: unknown };
  /** First come, first kept: why it was stopped from outside, its type errors, or what it threw. */
  failure?: { thrown: unknown };
}

/** The end of the code that tslab's executor runs, by which a cell is told from any other use of `vm`. */
const cellEnd = "\n})(__tslab__.exports, __tslab__.require)";

/** Compiles and runs cells, one after the other. */
export class Cells {
  private readonly converter: Converter = createConverter({ isJS: false, isBrowser: false });
  private browserConverter: Converter | undefined;
  private readonly executor: Executor;
  private declarations = "";
  private cell: RunningCell | undefined;

  constructor(
    private readonly sources: Sources,
    private readonly interrupts: Interrupts,
  ) {
    const node = this.wrappedConverter();
    const browser = (): Converter => (this.browserConverter ??= createConverter({ isJS: false, isBrowser: true }));
    const converters = {
      node,
      get browser() {
        return browser();
      },
      close: () => [this.converter, this.browserConverter].forEach((each) => each?.close()),
    };
    this.executor = createExecutor(process.cwd(), converters, {
      log: (value: unknown) => this.cell && (this.cell.result = { value }),
      error: (...args: unknown[]) => {
        if (args.length === 1) {
          this.fail(args[0]);
        } else if (!this.cell?.failure) {
          console.error(...args); // a finding of the compiler in a @module cell, which always succeeds
        }
      },
    });
    this.nameCells();
  }

  /** Runs a cell that stack traces call `name`. */
  async run(code: string, name: string): Promise<Outcome> {
    const cell: RunningCell = (this.cell = { name });
    this.sources.addCell(name, code);
    try {
      await this.executor.execute(code);
    } catch (error) {
      this.fail(error); // not the cell's error but the compiler's
    }
    this.cell = undefined;
    const { declOutput = "", output = "", diagnostics = [] } = cell.converted ?? {};
    if (!cell.failure) {
      if (cell.converted) this.declarations = declOutput;
      return { ok: true, ...(cell.result && { result: cell.result }) };
    }
    if (cell.converted && diagnostics.length === 0) {
      const isAssigned = (variable: string) => this.executor.locals[variable] !== undefined;
      this.declarations = keepAssigned(declOutput, output, isAssigned);
    }
    return { ok: false, thrown: cell.failure.thrown };
  }

  /** Gives up waiting for the running cell, which fails with `reason`; returns whether there was one. */
  stop(reason: unknown): boolean {
    if (!this.cell) return false;
    this.fail(reason);
    this.executor.interrupt();
    return true;
  }

  /** TypeScript's completions at a position (in UTF-16 units). */
  complete(code: string, position: number): CompletionInfo {
    return this.executor.complete(code, position);
  }

  /** TypeScript's description of what stands at a position (in UTF-16 units), or undefined. */
  inspect(code: string, position: number): ReturnType<Executor["inspect"]> | undefined {
    return this.executor.inspect(code, position);
  }

  /** Ends the compiler's file watchers. */
  close(): void {
    this.executor.close();
  }

  private fail(thrown: unknown): void {
    const interrupted = (thrown as NodeJS.ErrnoException | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    const reason = interrupted ? new InterruptedError("the cell was stopped") : thrown;
    if (this.cell) this.cell.failure ??= { thrown: reason };
  }

  /** tslab's converter; `prevDecl`, the executor's idea of the declarations so far, is replaced by ours. */
  private wrappedConverter(): Converter {
    const { converter } = this;
    return {
      convert: (_prevDecl, code) => {
        const converted = converter.convert(this.declarations, code);
        if (hasTopLevelForAwait(code)) converted.hasToplevelAwait = true;
        if (this.cell) this.remember(this.cell, code, converted);
        return converted;
      },
      complete: (_prevDecl, code, position) => converter.complete(this.declarations, code, position),
      inspect: (_prevDecl, code, position) => converter.inspect(this.declarations, code, position),
      addModule: (name, code, meta) => converter.addModule(name, code, meta),
      close: () => converter.close(),
    };
  }

  private remember(cell: RunningCell, code: string, converted: ConvertResult): void {
    cell.converted = converted;
    if (converted.diagnostics.length > 0) {
      this.fail(new TypeScriptError(converted.diagnostics as Diagnostic[], cell.name));
    }
    if (converted.output !== undefined) this.sources.addCell(cell.name, code, takeMaps(converted.output));
    for (const { path, data } of converted.sideOutputs ?? []) this.sources.addFile(path, takeMaps(data));
  }

  private nameCells(): void {
    const original = vm.runInThisContext;
    const runInThisContext: typeof original = (code, options) => {
      if (!this.cell || !code.endsWith(cellEnd)) return original(code, options) as unknown;
      const columnOffset = -(code.indexOf("{ ") + 2); // the opening of tslab's wrapper function
      const named = { ...(options as object), filename: this.cell.name, columnOffset };
      return this.interrupts.rearmAfter(() => original(code, named) as unknown);
    };
    Object.assign(vm, { runInThisContext });
  }
}
