/** What the kernel knows about TypeScript: its own description, completion, inspection, and whether code is complete. */
import { isCompleteCode } from "tslab/dist/converter";
import { printQuickInfo } from "tslab/dist/inspect";
import { versions } from "tslab";
import type { Cells } from "./cells";
import { ts } from "./compiler-hook";
import type { Content } from "./wire";

/** Content of a `kernel_info_reply`. */
export function kernelInfo(): Content {
  return {
    status: "ok",
    protocol_version: "5.3",
    implementation: "tslab",
    implementation_version: versions.tslab,
    banner: `TypeScript ${versions.typescript} (tslab ${versions.tslab}, Node ${versions.node})`,
    help_links: [{ text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" }],
    language_info: {
      name: "typescript",
      version: versions.typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      // A string: with stock tslab's object {name: "javascript", typescript: true} JupyterLab leaves `interface` plain.
      codemirror_mode: "typescript",
      pygments_lexer: "typescript",
    },
  };
}

/**
 * Content of an `is_complete_reply`. tslab's own check knows "incomplete" and the indent, but never says "invalid", and
 * takes `<number>x` for an open JSX tag.
 */
export function isComplete(code: string): Content {
  // `export {}` makes it a module, where `await` may stand outside functions.
  const file = ts.createSourceFile("cell.ts", `export {};${code}`, ts.ScriptTarget.Latest);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly { code: number }[] };
  if (parseDiagnostics.length === 0) return { status: "complete" };
  const { completed, indent = "" } = isCompleteCode(code);
  const openTemplate = parseDiagnostics.some((each) => each.code === unterminatedTemplate);
  return !completed || openTemplate ? { status: "incomplete", indent } : { status: "invalid" };
}

const unterminatedTemplate = 1160;

/** Content of a `complete_reply`; the kinds of the candidates are shown as icons by JupyterLab. */
export function complete(cells: Cells, code: string, cursor: number): Content {
  const { start, end, candidates, original } = cells.complete(code, toUnits(code, cursor));
  const kinds = new Map(original?.entries.map((entry) => [entry.name, entry.kind as string]));
  const [cursor_start, cursor_end] = [toCharacters(code, start), toCharacters(code, end)];
  const types = candidates.map((text) => {
    return { text, type: shownKind(kinds.get(text)), start: cursor_start, end: cursor_end };
  });
  const metadata = { _jupyter_types_experimental: types };
  return { status: "ok", matches: candidates, cursor_start, cursor_end, metadata };
}

/** Content of an `inspect_reply`: signature and documentation at the cursor, or of the function whose call is open there. */
export function inspect(cells: Cells, code: string, cursor: number): Content {
  const position = toUnits(code, cursor);
  const opened = openParenthesis(code, position);
  for (const place of [position, position - 1, opened - 1]) {
    const info = place < 0 ? undefined : cells.inspect(code, place);
    if (info) return { status: "ok", found: true, data: { "text/plain": printQuickInfo(info) }, metadata: {} };
  }
  return { status: "ok", found: false, data: {}, metadata: {} };
}

/** Where the `(` stands that is still open at `position`, or -1. */
function openParenthesis(code: string, position: number): number {
  for (let i = position - 1, depth = 0; i >= 0; i--) {
    if (code[i] === ")") depth++;
    if (code[i] === "(" && depth-- === 0) return i;
  }
  return -1;
}

/** Jupyter counts characters, JavaScript UTF-16 units: an emoji is one of the former, two of the latter. */
function toUnits(code: string, characters: number): number {
  return Array.from(code).slice(0, characters).join("").length;
}

function toCharacters(code: string, units: number): number {
  return Array.from(code.slice(0, units)).length;
}

/** TypeScript's kinds in the words for which JupyterLab has icons. */
function shownKind(kind = ""): string {
  if (/\b(let|var|parameter|alias)\b/.test(kind)) return "variable";
  if (kind === "const") return "constant";
  if (/function/.test(kind)) return "function";
  if (/method|constructor/.test(kind)) return "method";
  if (/getter|setter|accessor/.test(kind)) return "property";
  if (/type/.test(kind)) return "type";
  if (/enum/.test(kind)) return "enum";
  if (/module/.test(kind)) return "module";
  return kind.split(" ").pop() ?? kind;
}
