/**
 * Rows as a table: HTML in a notebook, aligned columns in a terminal. For results of a few dozen rows; data frames with
 * operations on them are Danfo's business.
 */
import { display, escapeHtml, type DisplayHandle } from "./display";

/** What a cell may hold. */
export type Cell = string | number | boolean | null | undefined;

export interface TableOptions {
  /** Column names, in the order shown; by default the keys of the rows as they appear. */
  columns?: readonly string[];
  /** Digits after the point in columns of numbers that are not all whole. */
  digits?: number;
  caption?: string;
}

/** Shows rows, `[{ model: "RNN", accuracy: 0.96 }]` or `[["RNN", 0.96]]`, numbers on the right. */
export function table(
  rows: readonly (Readonly<Record<string, Cell>> | readonly Cell[])[],
  options: TableOptions = {},
): DisplayHandle {
  const { digits = 4, caption } = options;
  const columns = options.columns ?? columnsOf(rows);
  const cells = rows.map((row) => (isList(row) ? columns.map((_, i) => row[i]) : columns.map((name) => row[name])));
  const decimals = columns.map((_, i) => (cells.some((row) => isFraction(row[i])) ? digits : 0));
  const text = cells.map((row) => row.map((cell, i) => written(cell, decimals[i]!)));
  const right = columns.map((_, i) => cells.every((row) => typeof row[i] === "number" || row[i] == null));
  const widths = columns.map((name, i) => Math.max(name.length, ...text.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const plain = [
    ...(caption ? [caption] : []),
    ...(columns.some(Boolean) ? [line(columns), rule] : []),
    ...text.map(line),
  ].join("\n");
  return display({ "text/html": htmlOf(columns, text, right, caption), "text/plain": plain });
}

function htmlOf(columns: readonly string[], text: string[][], right: boolean[], caption: string | undefined): string {
  const align = (i: number): string => ` style="text-align:${right[i] ? "right" : "left"}"`;
  const row = (tag: "td" | "th", cells: readonly string[]): string =>
    `<tr>${cells.map((cell, i) => `<${tag}${align(i)}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const head = columns.some(Boolean) ? `<thead>${row("th", columns)}</thead>` : "";
  const title = caption ? `<caption>${escapeHtml(caption)}</caption>` : "";
  return `<table>${title}${head}<tbody>${text.map((cells) => row("td", cells)).join("")}</tbody></table>`;
}

function columnsOf(rows: readonly (Readonly<Record<string, Cell>> | readonly Cell[])[]): string[] {
  if (rows.every(isList)) return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, () => "");
  return [...new Set(rows.flatMap((row) => (isList(row) ? [] : Object.keys(row))))];
}

function isList(row: unknown): row is readonly Cell[] {
  return Array.isArray(row);
}

function isFraction(cell: Cell): boolean {
  return typeof cell === "number" && Number.isFinite(cell) && !Number.isInteger(cell);
}

function written(cell: Cell, digits: number): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "number" && Number.isFinite(cell) ? cell.toFixed(digits) : String(cell);
}
