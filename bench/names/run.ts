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

/** Runs what is missing. `only`: keys of rows; none means all. */
export async function run({
  only = [] as string[],
  seeds = 5,
  by = ["name", "line"] as Result["by"][],
}): Promise<void> {
  const results = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result[]) : [];
  const names = await data.loadNames({ letters: `${data.allLetters} ` });
  for (const seed of Array.from({ length: seeds }, (_, i) => i)) {
    for (const cut of by) {
      const split = data.splitNames(names, { by: cut, seed, validationSize: 0 });
      for (const row of rows) {
        if (only.length > 0 && !only.includes(row.key)) continue;
        if (results.some((done) => done.row === row.key && done.by === cut && done.seed === seed)) continue;
        const start = performance.now();
        const model = await row.make(split, seed);
        const seconds = (performance.now() - start) / 1000;
        const { top1, top2, macroF1, loss, perClass } = models.evaluate(model, split.test);
        const arabic = perClass[split.classes.indexOf("Arabic")]?.recall ?? 0;
        results.push({ row: row.key, by: cut, seed, top1, top2, macroF1, loss, arabic, seconds });
        console.log(`${row.key} by ${cut}, seed ${seed}: ${top1.toFixed(4)} ${top2.toFixed(4)} ${macroF1.toFixed(3)}`);
        (model as Partial<tf.Tensor>).dispose?.();
        writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
        writeFileSync(docs, page(results, names));
      }
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
