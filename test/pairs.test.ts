/** Data made for the exercises: reversed strings, dates, opinions. */
import { strict as assert } from "node:assert";
import { data } from "unrolled";

describe("data.reversalPairs", () => {
  it("makes strings of the letters and lengths asked for, each with its reversal", () => {
    const pairs = data.reversalPairs(200, { letters: "abc", minLength: 1, maxLength: 4 });
    for (const { source, target } of pairs) {
      assert.match(source, /^[abc]{1,4}$/);
      assert.equal(target, [...source].reverse().join(""));
    }
    assert.equal(new Set(pairs.map(({ source }) => source.length)).size, 4);
  });

  it("makes the same from the same seed, and others from another", () => {
    const sources = (seed: number) => data.reversalPairs(20, { seed }).map(({ source }) => source);
    assert.deepEqual(sources(1), sources(1));
    assert.notDeepEqual(sources(1), sources(2));
  });

  it("refuses lengths that cannot be", () => {
    assert.throws(() => data.reversalPairs(1, { minLength: 5, maxLength: 4 }), /expected 1 ≤ minLength ≤ maxLength/);
  });
});

describe("data.datePairs", () => {
  const pairs = data.datePairs(20_000, { firstYear: 1999, lastYear: 2001 });

  it("writes real days in three ways, which JavaScript reads as the target", () => {
    for (const { source, target } of pairs) {
      assert.match(source, /^(\d\d? [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d\d?, \d{4})$/);
      assert.equal(new Date(`${source} UTC`).toISOString().slice(0, 10), target);
    }
  });

  it("covers the whole range, leap day included", () => {
    const targets = new Set(pairs.map(({ target }) => target));
    for (const day of ["1999-01-01", "2000-02-29", "2001-12-31"]) assert.ok(targets.has(day), day);
    assert.ok(targets.size <= 365 + 366 + 365 && targets.size > 1000);
    assert.ok([...targets].every((day) => day >= "1999-01-01" && day <= "2001-12-31"));
  });

  it("refuses years that cannot be", () => {
    assert.throws(() => data.datePairs(1, { firstYear: 99 }), /expected 1000 ≤ firstYear ≤ lastYear ≤ 9999, got 99/);
  });
});

describe("data.loadOpinions", () => {
  it("has 240 different sentences, half of them good", async () => {
    const opinions = await data.loadOpinions();
    assert.equal(opinions.length, 240);
    assert.equal(opinions.filter(({ label }) => label === 1).length, 120);
    assert.equal(new Set(opinions.map(({ sentence }) => sentence)).size, 240);
  });

  it("has twins whose words are the same and whose labels differ", async () => {
    const bags = new Map<string, number[]>();
    for (const { label, sentence } of await data.loadOpinions()) {
      const bag = (sentence.toLowerCase().match(/[a-z]+/g) ?? []).sort().join(" ");
      bags.set(bag, [...(bags.get(bag) ?? []), label]);
    }
    const twins = [...bags.values()].filter((labels) => labels.length > 1);
    assert.ok(twins.flat().length >= 90);
    for (const labels of twins) assert.deepEqual(labels.sort(), [0, 1]);
  });

  it("says which line is wrong", () => {
    assert.throws(() => data.parseOpinions("label\tsentence\n1\tGood.\n2\tBad."), /in line 3, got "2\\tBad."/);
  });
});
