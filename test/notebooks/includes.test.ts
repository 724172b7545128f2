// Cells that show code of the library hold the text that the tests of the library have tested.
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../notebooks");
const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
const vanilla = "lib/src/scratch/vanilla-rnn.ts#VanillaRNN";

function cell(source: string, include = vanilla) {
  return { cell_type: "code", id: "x", metadata: { include }, source: source.split(/(?<=\n)/) };
}

describe("included code", () => {
  let declaration: Awaited<ReturnType<typeof load>>["declaration"];
  let expected: Awaited<ReturnType<typeof load>>["expected"];
  let sync: Awaited<ReturnType<typeof load>>["sync"];
  const load = () => import("../../scripts/sync-includes.mjs");
  before(async () => ({ declaration, expected, sync } = await load()));

  for (const name of notebooks) {
    const { cells } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { cells: ReturnType<typeof cell>[] };
    for (const one of cells.filter(({ metadata }) => metadata.include)) {
      it(`${name}: cell ${one.id} equals ${one.metadata.include}; if not, run npm run sync`, () => {
        assert.equal(one.source.join(""), expected(one));
      });
    }
  }

  it("is the declaration with its doc comment and without the word export", () => {
    const text = declaration(vanilla);
    assert.match(text, /^\/\*\*\n \* hₜ = /);
    assert.match(text, /\n \*\/\nclass VanillaRNN \{/);
    assert.ok(text.endsWith("\n}"));
  });

  it("finds a cell that differs by one character, and repairs it below its head only", () => {
    const right = `// A comment\nimport { np } from "unrolled";\n\n${declaration(vanilla)}`;
    const wrong = cell(right.replace("-Math.log", "+Math.log"));
    assert.deepEqual(sync({ cells: [cell(right)] }), []);
    assert.deepEqual(sync({ cells: [wrong] }), ["x"]);
    assert.equal(wrong.source.join(""), right);
  });

  it("says which file lacks which name", () => {
    assert.throws(() => declaration("lib/src/scratch/matrix.ts#Tensor"), /matrix.ts declares no Tensor/);
    assert.throws(() => declaration("lib/src/scratch/matrix.ts"), /expected path#Name/);
  });
});
