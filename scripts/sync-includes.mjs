// `npm run sync [-- --check]`: puts the library's code into the notebook cells that show it.
//
// A cell whose metadata say `"include": "lib/src/scratch/vanilla-rnn.ts#VanillaRNN"` has two parts, parted by its first empty
// line. Above it stands what the cell itself needs (a comment, imports). Below it stands the declaration of that name
// exactly as in the file, doc comment and all, only without the word `export`.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, "notebooks");

/** @typedef {{ cell_type: string, id: string, metadata: { include?: string }, source: string[] }} Cell */

/**
 * The text of a declaration, as a cell holds it.
 * @param {string} include path#Name
 * @returns {string}
 */
export function declaration(include) {
  const [file = "", name] = include.split("#");
  if (!name) throw new Error(`include "${include}": expected path#Name`);
  const text = readFileSync(path.join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = source.statements.find((statement) => namesOf(statement).includes(name));
  if (!found) throw new Error(`include "${include}": ${file} declares no ${name}`);
  const [comment] = ts.getJSDocCommentsAndTags(found);
  const code = text.slice(found.getStart(), found.end).replace(/^export /, "");
  return comment ? `${text.slice(comment.pos, comment.end)}\n${code}` : code;
}

/** @param {ts.Statement} statement */
function namesOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const named = /** @type {{ name?: ts.Node }} */ (/** @type {unknown} */ (statement));
  return named.name ? [named.name.getText()] : [];
}

/**
 * What a cell with an include has to hold: its own head, and the declaration as it is now.
 * @param {Cell} cell
 * @returns {string}
 */
export function expected(cell) {
  const [head = ""] = cell.source.join("").split("\n\n");
  return `${head}\n\n${declaration(cell.metadata.include ?? "")}`;
}

/**
 * The cells of a notebook that differ from the library; they are brought up to date in `cells`.
 * @param {{ cells: Cell[] }} notebook
 * @returns {string[]} their ids
 */
export function sync(notebook) {
  const changed = [];
  for (const cell of notebook.cells) {
    if (!cell.metadata.include) continue;
    const text = expected(cell);
    if (cell.source.join("") === text) continue;
    cell.source = text.split(/(?<=\n)/);
    changed.push(cell.id);
  }
  return changed;
}

function main() {
  const check = process.argv.includes("--check");
  let count = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".ipynb"))) {
    const file = path.join(folder, name);
    const notebook = JSON.parse(readFileSync(file, "utf8"));
    const changed = sync(notebook);
    count += changed.length;
    for (const id of changed) console.log(`${name}: cell ${id} ${check ? "differs from" : "now equals"} the library`);
    if (changed.length && !check) writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
  }
  if (count === 0) console.log("Every included cell equals the library.");
  if (check && count) {
    console.error("Run `npm run sync`.");
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
