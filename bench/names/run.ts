/**
 * `npm run names`: trains every row of the table on several splits and writes bench/names/results.json and docs/names.md.
 * What is in results.json is not run again, so an interrupted run goes on where it was.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { data, models, type tf } from "unrolled";
import { page } from "./page";
import { rows } from "./rows";

/** What came of one row on one split. */
export interface Result {
  row: string;
  by: "name" | "line";
  seed: number;
  top1: number;
  top2: number;
  macroF1: number;
  loss: number;
  /** The share of the Arabic names (or lines) that were told. */
  arabic: number;
  seconds: number;
}

const file = path.join(__dirname, "results.json");
const docs = path.join(__dirname, "..", "..", "docs", "names.md");

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
  const results = existsSync(file) && !fresh ? (JSON.parse(readFileSync(file, "utf8")) as Result[]) : [];
  const names = await data.loadNames({ letters: `${data.allLetters} ` });
  if (names.total < 20_000) {
    throw new Error(
      `docs/names.md is about the full set of 20,050 names, and only ${names.total} were found: set UNROLLED_DATASETS to the folder that holds it.`,
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
        writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
        writeFileSync(docs, page(results, names));
      }
      for (const model of made.values()) (model as Partial<tf.Tensor>).dispose?.();
    }
  }
  writeFileSync(docs, page(results, names));
  execFileSync(process.execPath, [
    require.resolve("prettier/bin/prettier.cjs"),
    "--log-level=warn",
    "--write",
    docs,
    file,
  ]);
}
