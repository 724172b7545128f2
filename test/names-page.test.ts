/** What the course says of its name classifiers is what was measured: docs/names.md, notebook 4 and the README. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import path from "node:path";
import { docs, measuredCell, notebook, readResults, texts } from "../bench/names/run";

describe("bench: docs/names.md", () => {
  it("is what the committed results say, to the letter, and so is the cell of notebook 4", async () => {
    const { page, cell } = await texts(readResults());
    assert.equal(readFileSync(docs, "utf8"), page);
    assert.equal(measuredCell(JSON.parse(readFileSync(notebook, "utf8"))).source.join(""), cell);
  });

  it("is what the README quotes", () => {
    const readme = readFileSync(path.join(__dirname, "..", "README.md"), "utf8");
    const means = (row: string) => {
      const all = readResults().filter((result) => result.row === row && result.by === "name");
      return (["top1", "top2", "macroF1"] as const)
        .map((what) => (all.reduce((sum, result) => sum + result[what], 0) / all.length).toFixed(3))
        .join(" / ");
    };
    for (const row of ["ngrams", "best", "ensemble"]) assert.ok(readme.includes(means(row)), `${row}: ${means(row)}`);
  });
});
