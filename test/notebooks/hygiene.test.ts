// What every committed notebook keeps: no outputs, no noise in its metadata, a comment that opens each code cell,
// and, for the ports, one cell (or more) for each code cell of the Python original, in its order.
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Cell {
  cell_type: "code" | "markdown";
  id: string;
  metadata: { source?: { notebook: string; cell: number }; include?: string; tags?: string[]; raises?: string };
  source: string[];
  outputs?: unknown[];
  execution_count?: number | null;
}

interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

const folder = join(__dirname, "../../notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Notebook;

/** Code cells in each Python original, and the notebook that ports it. */
const originals: Record<string, { cells: number; port: string }> = {
  a: { cells: 6, port: "01-hello-world-to-alice.ipynb" },
  b: { cells: 17, port: "02-rnn-from-scratch.ipynb" },
  c: { cells: 14, port: "03-rnn-and-lstm-tagger.ipynb" },
  d: { cells: 4, port: "04-names-dataset.ipynb" },
  e: { cells: 3, port: "05-five-levels.ipynb" },
};

describe("notebooks", () => {
  it("are there", () => assert.ok(names.length > 0));

  for (const name of names) {
    describe(name, () => {
      const { cells, metadata, nbformat } = read(name);
      const code = cells.filter((cell) => cell.cell_type === "code");

      it("is committed without outputs and counts", () => {
        for (const cell of code) {
          assert.deepEqual(cell.outputs, [], `cell ${cell.id} has outputs`);
          assert.equal(cell.execution_count, null, `cell ${cell.id} has an execution count`);
        }
      });

      it("carries no metadata but the kernel's and the course's own", () => {
        assert.equal(nbformat, 4);
        assert.deepEqual(metadata, {
          kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
          language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
        });
        const known = new Set(["source", "include", "tags", "raises"]);
        for (const cell of cells) {
          const unknown = Object.keys(cell.metadata).filter((key) => !known.has(key));
          assert.deepEqual(unknown, [], `cell ${cell.id}`);
        }
      });

      it("gives every cell an id of its own", () => {
        assert.equal(new Set(cells.map((cell) => cell.id)).size, cells.length);
      });

      it("opens every code cell with a one-line comment", () => {
        for (const cell of code) assert.match(cell.source[0] ?? "", /^(\/\/ \S|\/\*\*)/, `cell ${cell.id}`);
      });

      it("imports from the course's packages only", () => {
        const allowed = new Set(["unrolled", "danfojs-node", "nodeplotlib", "tslab"]);
        for (const cell of code) {
          for (const [, module] of cell.source.join("").matchAll(/^\s*import[^"']*["']([^"']+)["']/gm)) {
            assert.ok(allowed.has(module) || module.startsWith("node:"), `cell ${cell.id} imports ${module}`);
          }
        }
      });
    });
  }

  for (const [letter, original] of Object.entries(originals)) {
    if (!names.includes(original.port)) continue;
    it(`${original.port} ports every code cell of source ${letter}, in order`, () => {
      const ported = read(original.port)
        .cells.filter((cell) => cell.cell_type === "code" && cell.metadata.source)
        .map((cell) => cell.metadata.source!);
      for (const { notebook } of ported) assert.equal(notebook, letter);
      const order = ported.map(({ cell }) => cell);
      assert.deepEqual(
        order,
        [...order].sort((x, y) => x - y),
        "the cells stand in another order than in the original",
      );
      const all = Array.from({ length: original.cells }, (_, i) => i + 1);
      assert.deepEqual([...new Set(order)], all);
    });
  }
});
