/**
 * What a cell that failed half-way leaves behind.
 *
 * tslab forgets all declarations of a cell that threw, although the statements before the error ran: after
 * `const early = 5; f(); const late = 6` both are unknown. Here `early` stays usable and `late` is unknown.
 * (A name that the failed cell declared again has lost its old value, as in stock tslab.)
 */
import type { SourceFile, Statement, VariableStatement } from "typescript";
import { ts } from "./compiler-hook";

/**
 * Drops from a cell's declarations (`declOutput`, a .d.ts) each name that the compiled cell exports but had not assigned
 * when it stopped.
 */
export function keepAssigned(declarations: string, compiled: string, isAssigned: (name: string) => boolean): string {
  const missing = new Set(exportedNames(compiled).filter((name) => !isAssigned(name)));
  if (missing.size === 0) return declarations;
  const file = ts.createSourceFile("cell.d.ts", declarations, ts.ScriptTarget.Latest, true);
  return file.statements.map((statement) => withoutNames(statement, missing, file)).join("\n");
}

/** The compiled cell sets all its exports to undefined first: `exports.a = exports.b = void 0;`, in lines of 50 names. */
function exportedNames(compiled: string): string[] {
  const lines = compiled.match(/^(?:exports\.[\w$]+ = )+void 0;$/gm) ?? [];
  return lines.flatMap((line) => [...line.matchAll(/exports\.([\w$]+) = /g)].map((match) => match[1]!));
}

function withoutNames(statement: Statement, missing: ReadonlySet<string>, file: SourceFile): string {
  if (ts.isVariableStatement(statement)) return variables(statement, missing, file);
  const names = declaredNames(statement);
  const gone = names.length > 0 && names.every((name) => missing.has(name));
  return gone ? "" : statement.getText(file);
}

function variables(statement: VariableStatement, missing: ReadonlySet<string>, file: SourceFile): string {
  const { declarations } = statement.declarationList;
  const kept = declarations.filter((declaration) => !missing.has(declaration.name.getText(file)));
  if (kept.length === declarations.length) return statement.getText(file);
  return kept.map((declaration) => `declare let ${declaration.getText(file).replace(/ = .*/s, "")};`).join("\n");
}

function declaredNames(statement: Statement): string[] {
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.map((element) => element.name) : [];
    const all = [clause?.name, bindings && ts.isNamespaceImport(bindings) ? bindings.name : undefined, ...named];
    return all.flatMap((name) => (name ? [name.text] : []));
  }
  if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement) || ts.isEnumDeclaration(statement)) {
    return statement.name ? [statement.name.text] : [];
  }
  return []; // types have no value that could be missing
}
