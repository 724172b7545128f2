/**
 * A value → the formats in which notebooks can show it (a MIME bundle).
 *
 * A value shows itself through `[Symbol.for("Jupyter.display")]()`, sync or async, which returns a bundle; the symbol is
 * the one Deno's Jupyter kernel uses. An empty bundle shows nothing. Any other value is printed as `console.log` would.
 */
import { inspect } from "node:util";

/** Formats of one output by MIME type; binary ones as base64. */
export type Bundle = Record<string, unknown>;

/** The method by which a value shows itself. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** The bundle of a value, or undefined when it shows nothing; throws what the value's own method throws. */
export async function bundleOf(value: unknown): Promise<Bundle | undefined> {
  const show = (value as { [displaySymbol]?: unknown } | null | undefined)?.[displaySymbol];
  if (typeof show !== "function") return { "text/plain": plainText(value) };
  const bundle = encodeBinary((await (show.call(value) as unknown)) ?? {});
  if (Object.keys(bundle).length === 0) return undefined;
  return { "text/plain": inspect(value, { depth: 0 }), ...bundle };
}

/** Replaces bytes by base64, in which Jupyter carries images. */
export function encodeBinary(bundle: object): Bundle {
  const entries = Object.entries(bundle).map(([mime, data]: [string, unknown]) => {
    const encoded = data instanceof Uint8Array ? Buffer.from(data).toString("base64") : data;
    return [mime, encoded];
  });
  return Object.fromEntries(entries) as Bundle;
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}
