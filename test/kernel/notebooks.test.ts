// What `jupyter nbconvert --execute` makes of cells that fail: every error has to be seen, and no cell may be lost.
import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { pythonWith, runWithKernels } from "./python";

const log = 'console.log("ran");';

/** How runs of a notebook end, and then, cell by cell, `[count]outputs`: a plain run, and one with --allow-errors. */
interface Ends {
  plain: string[];
  allowed?: string[];
}

const notebooks: Record<string, Ends & { cells: string[]; tags?: object }> = {
  ok: {
    cells: ["const x = 20;", "x + 1", log],
    plain: ["ok", "[1]", "[2]execute_result", "[3]stdout"],
  },
  "an error": {
    cells: ["1", 'throw new Error("here");', log],
    plain: ["CellExecutionError", "[1]execute_result", "[2]error:Error", "[ ]"],
    allowed: ["ok", "[1]execute_result", "[2]error:Error", "[3]stdout"],
  },
  "a type error": {
    cells: ['const n: number = "text";', log],
    plain: ["CellExecutionError", "[1]error:TypeScriptError", "[ ]"],
    allowed: ["ok", "[1]error:TypeScriptError", "[2]stdout"],
  },
  "a rejection that nobody awaits": {
    cells: ['Promise.reject(new Error("lost")); 1', log],
    plain: ["CellExecutionError", "[1]error:Error", "[ ]"],
    allowed: ["ok", "[1]error:Error", "[2]stdout"],
  },
  "a timer that throws in the next cell": {
    cells: [
      'setTimeout(() => { throw new Error("late"); }, 200); 1',
      "await new Promise((r) => setTimeout(r, 5000));",
      log,
    ],
    plain: ["CellExecutionError", "[1]execute_result", "[2]error:Error", "[ ]"],
    allowed: ["ok", "[1]execute_result", "[2]error:Error", "[3]stdout"],
  },
  "an error that is expected": {
    cells: ['throw new Error("wanted");', log],
    tags: { 0: ["raises-exception"] },
    plain: ["ok", "[1]error:Error", "[2]stdout"],
  },
  "process.exit(0)": {
    cells: ["1", "process.exit(0);", log],
    plain: ["DeadKernelError", "[1]execute_result", "[2]", "[ ]"],
  },
  "200,000 lines": {
    cells: ["for (let i = 0; i < 200_000; i++) console.log(i);", log],
    plain: ["ok", "[1]stdoutstderr", "[2]stdout"],
  },
};

describe("jupyter nbconvert --execute", function () {
  this.timeout(180_000);

  describe("makes of a notebook with", () => {
    let results: Record<string, Ends>;
    before(function () {
      const python = pythonWith(this as unknown as Mocha.Context, "nbclient");
      const script = join(__dirname, "run_notebooks.py");
      const { status, stdout, stderr } = runWithKernels(python, [script], JSON.stringify(notebooks));
      assert.equal(status, 0, stderr);
      results = JSON.parse(stdout);
    });
    for (const [name, { plain, allowed }] of Object.entries(notebooks)) {
      it(name, () => assert.deepEqual(results[name], { plain, ...(allowed && { allowed }) }));
    }
  });

  it("ends with 1 on an error, and quotes it", function () {
    const python = pythonWith(this, "nbconvert");
    const folder = join(__dirname, "..", "..", "build", "kernel-nbconvert");
    mkdirSync(folder, { recursive: true });
    const cell = {
      cell_type: "code",
      source: 'throw new Error("seen");',
      metadata: {},
      outputs: [],
      execution_count: null,
    };
    const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    const notebook = { nbformat: 4, nbformat_minor: 4, metadata: { kernelspec }, cells: [cell] };
    const file = join(folder, "error.ipynb");

    writeFileSync(file, JSON.stringify(notebook));
    const { status, stderr } = runWithKernels(python, ["-m", "nbconvert", "--execute", "--to", "notebook", file]);
    assert.equal(status, 1);
    assert.match(stripVTControlCharacters(stderr), /\nError: seen\n/);
  });
});
