/** Danfo's data frames and series as a cell's last value: an HTML table beside the plain one. */
import { displaySymbol } from "./display";

/** As much of danfojs-node's NDframe, the base of DataFrame and Series, as is shown. */
interface Frame {
  readonly columns: string[];
  readonly index: (string | number)[];
  readonly values: unknown[];
  readonly dtypes: string[];
  readonly shape: number[];
  readonly $isSeries: boolean;
  toString(): string;
}

const mostRows = 50;
const mostColumns = 30;

/** Adds the display method to the classes of the loaded package. */
export function showTables(danfo: unknown): unknown {
  const { NDframe } = danfo as { NDframe?: { prototype: { [displaySymbol]?: () => object } } };
  if (NDframe && !NDframe.prototype[displaySymbol]) {
    NDframe.prototype[displaySymbol] = function (this: Frame) {
      return { "text/html": htmlTable(this), "text/plain": this.toString() };
    };
  }
  return danfo;
}

/** A table with the index as its first column; a note below says what was cut and how large the frame is. */
export function htmlTable(frame: Frame): string {
  const { columns, index, values, dtypes, $isSeries } = frame;
  const shownColumns = columns.slice(0, mostColumns);
  const head = shownColumns.map((name, i) => `<th title="${escapeHtml(dtypes[i])}">${escapeHtml(name)}</th>`);
  const rows = values.slice(0, mostRows).map((row, i) => {
    const cells = $isSeries ? [row] : (row as unknown[]).slice(0, mostColumns);
    const html = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("");
    return `<tr><th>${escapeHtml(index[i])}</th>${html}</tr>`;
  });
  const cut = [
    ...(values.length > mostRows ? [`the first ${mostRows} rows`] : []),
    ...(columns.length > mostColumns ? [`the first ${mostColumns} columns`] : []),
  ];
  const size = $isSeries ? `${values.length} values` : `${values.length} rows × ${columns.length} columns`;
  const note = cut.length > 0 ? `${size}, shown: ${cut.join(" and ")}` : size;
  const table = `<table><thead><tr><th></th>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<div style="max-width: 100%; overflow-x: auto">${table}<p>${note}</p></div>`;
}

/** The text of a value, safe inside HTML and its attributes. */
function escapeHtml(value: unknown): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(value).replace(/[&<>"']/g, (character) => entities[character]!);
}
