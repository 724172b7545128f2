/**
 * The way out of the process into a notebook: our kernel's hook, else the stock tslab kernel's writer, else none.
 * Not a judge of what to send (bundle.ts) nor of when (display.ts). Never loads tslab: its compiler takes a second.
 */

/** The content of a `display_data` message: one picture in several mime types. */
export interface DisplayData {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

/** What our kernel puts on `globalThis[Symbol.for("jupyter.kernel")]`. */
interface KernelHook {
  publish(type: string, content: object): void;
  clearOutput(wait?: boolean): void;
}

/** Somewhere rich output can go. */
export interface Channel {
  send(content: DisplayData, update: boolean): void;
  clearOutput(wait?: boolean): void;
}

type TslabWriter = (content: DisplayData, update: boolean) => void;

const hookName = Symbol.for("jupyter.kernel");

/** The channel of the kernel this process is, or undefined in a script, a test, a plain REPL. */
export function channel(): Channel | undefined {
  const hook = (globalThis as Record<symbol, unknown>)[hookName] as KernelHook | undefined;
  if (hook) {
    return {
      send: (content, update) => hook.publish(update ? "update_display_data" : "display_data", content),
      clearOutput: (wait) => hook.clearOutput(wait),
    };
  }
  const tslab = stockTslab();
  if (!tslab) return undefined;
  return {
    // The stock kernel cannot clear: it has no clear_output message.
    send: (content, update) => tslab.lastWriteDisplayData?.(content, update),
    clearOutput: () => {},
  };
}

/**
 * tslab's own module, if this process runs inside it and a cell has run: it is then in the module cache. There may be a
 * second copy (the started one loads the notebook folder's own tslab): only the one at work has a writer.
 */
function stockTslab(): { lastWriteDisplayData?: TslabWriter } | undefined {
  return Object.keys(require.cache)
    .filter((file) => /tslab[\\/]dist[\\/]jupyter\.js$/.test(file))
    .map((file) => require.cache[file]?.exports as { lastWriteDisplayData?: TslabWriter } | undefined)
    .find((exports) => exports?.lastWriteDisplayData);
}
