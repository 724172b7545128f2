/**
 * `for await (const x of …)` outside functions, in a cell that has no other `await`.
 *
 * tslab wraps a cell in an async function when the compiler complains about an `await` at the top. About `for await` it
 * does not complain, so the cell lands in a plain function, where it is a syntax error. Here such loops are found, so that
 * cells.ts can ask for the async function.
 */
import type { Node } from "typescript";
import { ts } from "./compiler-hook";

/** Whether a cell has a `for await` that belongs to no function of its own. */
export function hasTopLevelForAwait(code: string): boolean {
  if (!/\bfor\b[^(]*\bawait\b/.test(code)) return false; // most cells need not be parsed once more
  const found = (node: Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier) return true;
    return ts.forEachChild(node, found) ?? false;
  };
  return found(ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest));
}
