/**
 * A cell that does not type-check: the compiler's findings as one error, each with the line it is about.
 * The cell was not run.
 */
import { resolve } from "node:path";
import { excerpt } from "./excerpt";
import { showPath } from "./stack";
import type { Sources } from "./sources";

/** One finding of tslab's compiler; lines and characters count from 0. */
export interface Diagnostic {
  start: { offset: number; line: number; character: number };
  end: { offset: number; line: number; character: number };
  messageText: string;
  code: number;
  fileName?: string;
}

const mostShown = 10;

/** Thrown in place of running a cell that has type errors. */
export class TypeScriptError extends Error {
  override name = "TypeScriptError";
  private readonly findings: Diagnostic[];

  constructor(
    diagnostics: readonly Diagnostic[],
    private readonly cell: string,
  ) {
    const findings = joinChains(diagnostics);
    const [first] = findings;
    const place = first?.fileName ? `${first.fileName} line` : "line";
    const more = findings.length > 1 ? `, and ${findings.length - 1} more` : "";
    super(first && `TS${first.code}: ${first.messageText} (${place} ${first.start.line + 1}${more})`);
    this.findings = findings;
  }

  /** An excerpt per finding; a single one needs no message, since the traceback ends with it. */
  blocks(sources: Sources): string[] {
    const shown = this.findings.slice(0, mostShown).map((finding) => {
      const file = finding.fileName ? resolve(finding.fileName) : this.cell;
      const { line, character } = finding.start;
      const length = finding.end.line === line ? finding.end.character - character : Infinity;
      const text = sources.text(file);
      const quote = text === undefined ? "" : `\n${excerpt(text, line + 1, character + 1, length)}`;
      const message = this.findings.length > 1 ? `\nTS${finding.code}: ${finding.messageText}\n` : "";
      return `${showPath(file)}:${line + 1}:${character + 1}${quote}${message}`;
    });
    const rest = this.findings.length - shown.length;
    return rest > 0 ? [...shown, `… ${rest} more`] : shown;
  }
}

/**
 * About names that an exported declaration uses (TS4xxx). tslab exports what a cell declares, so they repeat what another
 * finding says at the same place.
 */
const aboutExports = (code: number): boolean => code >= 4000 && code < 4200;

/** tslab flattens a message and its explanations into a list; those with the same range are one finding. */
function joinChains(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const findings: Diagnostic[] = [];
  for (const next of diagnostics) {
    const last = findings[findings.length - 1];
    if (last && last.start.offset === next.start.offset && last.end.offset === next.end.offset) {
      if (!aboutExports(next.code)) last.messageText += `\n  ${next.messageText}`;
    } else {
      findings.push({ ...next });
    }
  }
  return findings;
}
