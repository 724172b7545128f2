// docs/fidelity.md out of what the fidelity tests recorded: tables and the sentences around them, and every number in it
// comes from the records.
import { format } from "prettier";

/** @typedef {{ expected: string, got?: string }} Pair */
/** @typedef {{ notebook: string, cell: number, port: string[], figures: number, others: Pair[], texts: number, missing: string[], note?: string }} Printed */
/** @typedef {{ largest: number, first: number | null }} Difference */
/** @typedef {{ notebook: string, what: string, seed: string, values: number, ours: Difference, itself: Record<string, Difference>, weights?: boolean, texts?: [number, number], accuracy?: { ours: number, theirs: number, itself: Record<string, number> } }} Series */

/** @type {Record<string, { title: string, seed: string }>} */
const notebooks = {
  a: { title: "01 · From hello world to Alice", seed: "0" },
  b: { title: "02 · A recurrent network from scratch", seed: "42" },
  c: { title: "03 · An RNN that spells and an LSTM that tags", seed: "777" },
  d: { title: "04 · Names", seed: "" },
  e: { title: "05 · Five levels of understanding", seed: "3679770961" },
};

/**
 * The page, formatted as the repository formats Markdown.
 * @param {{ engine: string, torch: string, numpy: string, printed: Printed[], series: Series[] }} records
 */
export async function page({ engine, torch, numpy, printed, series }) {
  const own = series.filter(({ notebook, seed }) => notebooks[notebook]?.seed === seed);
  const others = series.filter((row) => !own.includes(row));
  const double = (/** @type {Series} */ row) => "older BLAS kernels" in row.itself;
  const text = `# Fidelity

<!-- Written by \`npm run fidelity\`. Do not edit. -->

How close the notebooks come to the Python originals they port. Every number on this page was measured by \`npm run fidelity\`, on ${engine};
the originals were run with PyTorch ${torch} on one CPU thread and NumPy ${numpy}.

## What the notebooks print

${total(printed)}

A _figure_ is any number in the output; a _text_ is what a model wrote, or what Python formatted (a model, a shape, a list). Cells that print neither are left out.
${printedTables(printed)}

## In full precision

Printed figures have four digits. Here whole series are compared, as they are computed: all losses of a training, norms, scores. The difference is relative; a value
below 0.01 counts as 0.01, because such a loss is the small difference of numbers near 1. "From" says at which value the difference first passes one millionth.

The columns on the right are the yardstick: **how far the original is from itself** when the same program runs with two threads, on a processor with
AVX2 but without AVX-512, or on one without either. Sums are then taken in another order, and the last bits differ; training makes them grow.

${seriesTable(own.filter((row) => !double(row)))}

${chaos(own)}

The part from scratch, in double precision, against NumPy; the yardstick is NumPy with the BLAS kernels of an older processor:

${seriesTable(own.filter(double))}

## Other seeds

The same programs with seeds for which nothing was made. First weights are equal to the last bit, or the row says no.

${seriesTable(
  others.filter((row) => !double(row)),
  { seeds: true },
)}

${seriesTable(others.filter(double), { seeds: true })}
`;
  return format(text, { parser: "markdown", printWidth: 120 });
}

function total(/** @type {Printed[]} */ printed) {
  const compared = printed.filter(({ note }) => !note);
  const sum = (/** @type {(row: Printed) => number} */ of) => compared.reduce((all, row) => all + of(row), 0);
  const figures = sum((row) => row.figures);
  const texts = sum((row) => row.texts);
  const exact = figures - sum((row) => row.others.length);
  const same = texts - sum((row) => row.missing.length);
  return `**${exact} of ${figures} figures and ${same} of ${texts} texts** of ${compared.length} cells are reproduced exactly.`;
}

function printedTables(/** @type {Printed[]} */ printed) {
  return Object.entries(notebooks)
    .map(([letter, { title, seed }]) => {
      const rows = printed
        .filter(({ notebook }) => notebook === letter)
        .map((row) => [row.cell, row.port.join(", "), row.figures, row.texts, verdict(row)]);
      if (rows.length === 0) return "";
      return `\n### ${title}\n\n${seed ? `Seed ${seed}.` : "Nothing in it is random."}\n\n${table(["cell", "cells of the port", "figures", "texts", "result"], rows)}\n`;
    })
    .join("");
}

/** "exact", or what is not. */
function verdict(/** @type {Printed} */ { others, missing, note }) {
  if (note) return `not compared: ${note}`;
  const wrong = others.map(({ expected, got }) => `${expected} → ${got ?? "missing"}${digits(expected, got)}`);
  const lost = missing.map((text) => `text not found: \`${text.slice(0, 30).replaceAll("\n", "⏎")}\``);
  return [...wrong, ...lost].join("; ") || "exact";
}

/** How many leading digits two figures share. */
function digits(/** @type {string} */ expected, /** @type {string | undefined} */ got) {
  const apart = Math.abs(Number(expected) - Number(got)) / Math.abs(Number(expected));
  return Number.isFinite(apart) && apart > 0 ? ` (${Math.max(0, Math.floor(-Math.log10(apart)))} digits)` : "";
}

function seriesTable(/** @type {Series[]} */ rows, { seeds = false } = {}) {
  const variants = [...new Set(rows.flatMap(({ itself }) => Object.keys(itself)))];
  const head = [
    "notebook",
    "what (cells)",
    ...(seeds ? ["seed"] : []),
    "values",
    "first weights",
    "texts",
    "difference",
    "from",
  ];
  const lines = rows.map((row) => [
    notebooks[row.notebook]?.title.slice(0, 2),
    row.what,
    ...(seeds ? [row.seed] : []),
    row.values,
    row.weights === undefined ? "" : row.weights ? "equal" : "no",
    row.texts ? `${row.texts[0]} of ${row.texts[1]}` : "",
    size(row.ours),
    step(row.ours),
    ...variants.map((name) => both(row.itself[name])),
  ]);
  return table([...head, ...variants], lines);
}

/** The trainings in which PyTorch does not agree with itself, with the accuracies that come of it. */
function chaos(/** @type {Series[]} */ rows) {
  const chaotic = rows.filter(({ itself }) => Object.values(itself).some(({ largest }) => largest > 0.01));
  const accuracies = rows.flatMap(({ what, accuracy }) => (accuracy ? [{ what, ...accuracy }] : []));
  if (accuracies.length === 0) return "";
  const variants = Object.keys(accuracies[0]?.itself ?? {});
  const percent = (/** @type {number | undefined} */ share) => (share ?? NaN).toFixed(2);
  const lines = accuracies.map(({ what, ours, theirs, itself }) => {
    return [what, percent(ours), percent(theirs), ...variants.map((name) => percent(itself[name]))];
  });
  const names = chaotic.map(({ what }) => `"${what}"`).join(" and ");
  return `In ${names} training is chaotic: the last bit of a sum decides what the network learns, in PyTorch as here, and no two ways to compute it agree for
long. The share of right answers at the end:

${table(["what (cell)", "here", "PyTorch", ...variants.map((name) => `PyTorch, ${name}`)], lines)}`;
}

const size = (/** @type {Difference} */ { largest }) => (largest === 0 ? "0" : largest.toExponential(1));
const step = (/** @type {Difference} */ { first }) => (first === null ? "–" : String(first + 1));

/** A difference and where it begins, in one column. */
function both(/** @type {Difference | undefined} */ other) {
  if (!other) return "";
  return other.first === null ? size(other) : `${size(other)}, from ${step(other)}`;
}

function table(/** @type {string[]} */ head, /** @type {(string | number | undefined)[][]} */ rows) {
  const line = (/** @type {(string | number | undefined)[]} */ cells) =>
    `| ${cells.map((cell) => String(cell ?? "")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
