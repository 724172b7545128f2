/**
 * `npm run names`: trains every row of the table on several splits and writes bench/names/results.json, docs/names.md and a cell of
 * notebook 4.
 * What is in results.json is not run again, so an interrupted run goes on where it was.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { data, models, type tf } from "unrolled";
import { notebookCell, page } from "./page";
import { rows, type Result } from "./rows";

const root = path.join(__dirname, "..", "..");
const file = path.join(__dirname, "results.json");
export const docs = path.join(root, "docs", "names.md");
export const notebook = path.join(root, "notebooks", "04-names-dataset.ipynb");

export const readResults = () => JSON.parse(readFileSync(file, "utf8")) as Result[];

/** How many lines of names the full set has. */
export const TOTAL = 20_050;

/** The Markdown of docs/names.md and of the cell in notebook 4, as prettier wants it. */
export async function texts(results: readonly Result[]): Promise<{ page: string; cell: string }> {
  const { format, resolveConfig } = await import("prettier");
  const options = { ...(await resolveConfig(docs)), parser: "markdown" };
  return {
    page: await format(page(results, TOTAL), options),
    cell: (await format(notebookCell(results), options)).trimEnd(),
  };
}

/** The cell of notebook 4 with the tables. */
export function measuredCell(nb: { cells: { id: string; source: string[] }[] }) {
  return nb.cells.find(({ id }) => id === "measured")!;
}

async function publish(results: readonly Result[]): Promise<void> {
  const { page, cell } = await texts(results);
  writeFileSync(docs, page);
  const nb = JSON.parse(readFileSync(notebook, "utf8"));
  measuredCell(nb).source = cell.split(/(?<=\n)/);
  writeFileSync(notebook, `${JSON.stringify(nb, null, 1)}\n`);
}

interface Options {
  /** Keys of rows; none means all. */
  only: string[];
  seeds: number;
  by: Result["by"][];
  fresh: boolean;
}

/** Runs what is missing. */
export async function run({ only, seeds, by, fresh }: Options): Promise<void> {
  const unknown = only.find((key) => !rows.some((row) => row.key === key));
  if (unknown !== undefined) {
    throw new Error(`There is no row "${unknown}"; there are ${rows.map(({ key }) => key).join(", ")}.`);
  }
  const results = existsSync(file) && !fresh ? readResults() : [];
  const names = await data.loadNames({ letters: `${data.allLetters} ` });
  if (names.total !== TOTAL) {
    throw new Error(
      `docs/names.md is about the full set of ${TOTAL} names, and ${names.total} were found: set UNROLLED_DATASETS to the folder that holds it.`,
    );
  }
  for (const seed of Array.from({ length: seeds }, (_, i) => i)) {
    for (const cut of by) {
      const split = data.splitNames(names, { by: cut, seed, validationSize: 0 });
      const made = new Map<string, models.TextClassifier>();
      for (const row of rows) {
        if (only.length > 0 && !only.includes(row.key)) continue;
        if (results.some((done) => done.row === row.key && done.by === cut && done.seed === seed)) continue;
        const start = performance.now();
        const model = await row.make(split, seed, made);
        made.set(row.key, model);
        const seconds = (performance.now() - start) / 1000;
        const { top1, top2, macroF1, loss, perClass } = models.evaluate(model, split.test);
        const arabic = perClass[split.classes.indexOf("Arabic")]?.recall ?? 0;
        results.push({ row: row.key, by: cut, seed, top1, top2, macroF1, loss, arabic, seconds });
        const figures = `${top1.toFixed(4)} ${top2.toFixed(4)} ${macroF1.toFixed(3)}`;
        console.log(`${row.key} by ${cut}, seed ${seed}: ${figures} (${seconds.toFixed(0)} s)`);
        writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
        await publish(results);
      }
      for (const model of made.values()) (model as Partial<tf.Tensor>).dispose?.();
    }
  }
  await publish(results);
}
