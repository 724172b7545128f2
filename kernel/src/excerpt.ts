/** Quotes a few lines of code and marks a place in them, for errors.ts and type-errors.ts. */
import { bold, dim } from "./ansi";

/**
 * The lines around `line`:`column` (both from 1), with `length` characters underlined:
 *
 *       1 | const n = 3;
 *     > 2 | check(n);
 *         | ^^^^^
 */
export function excerpt(text: string, line: number, column: number, length = 1): string {
  const lines = text.split("\n");
  const first = Math.max(1, line - 2);
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  const out: string[] = [];
  for (let n = first; n <= last; n++) {
    const code = lines[n - 1] ?? "";
    const number = String(n).padStart(width);
    if (n !== line) {
      out.push(dim(`  ${number} | ${code}`));
      continue;
    }
    const before = code.slice(0, column - 1).replace(/[^\t]/g, " "); // tabs stay, so that the mark stands below its text
    const marks = "^".repeat(Math.max(1, Math.min(length, code.length - column + 1)));
    out.push(`${bold(">")} ${number} | ${code}`, `  ${" ".repeat(width)} | ${before}${bold(marks)}`);
  }
  return out.join("\n");
}
