/**
 * The executed notebooks print the figures and texts of the Python originals. Runs after the notebooks (`npm test`,
 * `npm run fidelity`), on what they left in build/notebooks or in the folder named by UNROLLED_EXECUTED.
 */
import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import originals from "../fixtures/fidelity.json";
import { align, figuresIn, missingTexts } from "./figures";
import { record } from "./record";

interface Cell {
  id: string;
  cell_type: string;
  metadata: { source?: { notebook: string; cell: number } };
  outputs?: { output_type: string; name?: string; text?: string | string[] }[];
}

const folder = process.env.UNROLLED_EXECUTED ?? join(__dirname, "../../build/notebooks");
const ports: Record<keyof typeof originals, string> = {
  a: "01-hello-world-to-alice",
  b: "02-rnn-from-scratch",
  c: "03-rnn-and-lstm-tagger",
  d: "04-names-dataset",
  e: "05-five-levels",
};

/** What the cell wrote to standard output. */
function stdout({ outputs = [] }: Cell): string {
  return outputs
    .filter(({ output_type, name }) => output_type === "stream" && name === "stdout")
    .map(({ text = "" }) => (Array.isArray(text) ? text.join("") : text))
    .join("");
}

/** Why a cell cannot print what the original prints: the fixtures are of the real texts, that of Alice is one epoch. */
function notComparable(letter: string, cell: number, everything: string): string | undefined {
  if (letter === "d")
    return everything.includes("total 20050") ? undefined : "another list than the tutorials' was read";
  if (letter !== "a" || cell < 5) return undefined;
  if (!everything.includes("Number of sequences: 136040")) return "another text than Alice was read";
  if (cell === 6 && !everything.includes("1 epoch instead of 50")) return "trained for 50 epochs, the fixture for one";
  return undefined;
}

for (const [letter, cells] of Object.entries(originals)) {
  const name = ports[letter as keyof typeof originals];
  const file = join(folder, `${name}.ipynb`);

  describe(`${name}, executed`, () => {
    const notebook = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] }) : undefined;
    it("is there", () => assert.ok(notebook, `run the notebooks first: npm run notebooks -- ${name.slice(0, 2)}`));
    if (!notebook) return;
    const everything = notebook.cells.map(stdout).join("\n");

    for (const { cell, figures, texts } of cells) {
      if (figures.length === 0 && texts.length === 0) continue;
      it(`prints what cell ${cell} of source ${letter} prints`, function () {
        const port = notebook.cells.filter(({ metadata: { source } }) => source?.cell === cell);
        const row = { notebook: letter, cell, port: port.map(({ id }) => id) };
        const note = notComparable(letter, cell, everything);
        if (note) {
          record.printed({ ...row, figures: figures.length, others: [], texts: texts.length, missing: [], note });
          return this.skip();
        }
        const printed = port.map(stdout).join("\n");
        const others = align(figures, figuresIn(printed)).pairs.filter((pair) => pair.expected !== pair.got);
        const missing = missingTexts(texts, printed);
        record.printed({ ...row, figures: figures.length, others, texts: texts.length, missing });
        assert.deepEqual({ others, missing }, { others: [], missing: [] });
      });
    }
  });
}
