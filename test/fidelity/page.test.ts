import { strict as assert } from "node:assert";

describe("the fidelity page", () => {
  const row = { notebook: "b", port: ["b5-print"], figures: 2, others: [], texts: 1, missing: [] };
  const one = { notebook: "b", what: "losses", seed: "42", values: 3, texts: [1, 2] as [number, number] };

  it("counts what is exact, and says what is not, and how far", async () => {
    const { page } = await import("../../scripts/fidelity/page.mjs");
    const text = await page({
      ...{ engine: "an engine", torch: "1.2", numpy: "3.4" },
      printed: [
        { ...row, cell: 5 },
        { ...row, cell: 7, others: [{ expected: "2.9539", got: "2.9531" }], missing: ["a\nb"] },
        { ...row, cell: 8, note: "no data" },
        { ...row, notebook: "d", cell: 4 },
      ],
      series: [
        { ...one, ours: { largest: 2e-5, first: 4 }, itself: { "two threads": { largest: 0, first: null } } },
        { ...one, seed: "7", ours: { largest: 0, first: null }, itself: {}, weights: false },
      ],
    });
    assert.match(text, /PyTorch 1\.2 .* NumPy 3\.4/);
    assert.match(text, /\*\*5 of 6 figures and 2 of 3 texts\*\* of 3 cells/);
    assert.match(text, /\| 5 +\| b5-print .*\| exact +\|/);
    assert.match(text, /\| 7 .*2\.9539 → 2\.9531 \(3 digits\); text not found: `a⏎b` +\|/);
    assert.match(text, /\| 8 .*not compared: no data +\|/);
    assert.match(text, /04 · Names\n\nNothing in it is random\./);
    const [own, other] = text.split("## Other seeds");
    assert.match(own, /\| losses +\| 3 +\| +\| 1 of 2 +\| 2\.0e-5 +\| 5 +\| 0 +\|/);
    assert.match(other, /\| losses +\| 7 +\| 3 +\| no +\| 1 of 2 +\| 0 +\| – +\|/);
  });
});
