import { strict as assert } from "node:assert";
import { data } from "unrolled";
import python from "./fixtures/text.json";

/** Calls `check` with every code point that Python's Unicode version knows (a newer Node may know more). */
function forEachKnownCodePoint(check: (codePoint: number, character: string) => void): void {
  const unassigned = new Set<number>();
  for (const [first, last] of python.unassigned) for (let c = first; c <= last; c++) unassigned.add(c);
  let checked = 0;
  for (let c = 0; c < 0x110000; c++) {
    if ((c >= 0xd800 && c <= 0xdfff) || unassigned.has(c)) continue;
    checked++;
    check(c, String.fromCodePoint(c));
  }
  assert.ok(checked > 280_000);
}

function toSet(runs: number[][]): Set<number> {
  const set = new Set<number>();
  for (const [first, last] of runs) for (let c = first; c <= last; c++) set.add(c);
  return set;
}

const hex = (c: number) => `U+${c.toString(16).toUpperCase()}`;

describe("data.text", () => {
  it("calls a letter what Python's isalpha calls one, over all of Unicode", () => {
    const alpha = toSet(python.alpha);
    forEachKnownCodePoint((c, s) => assert.equal(data.isAlpha(s), alpha.has(c), hex(c)));
  });

  it("calls white space what Python's isspace calls so, over all of Unicode", () => {
    const space = toSet(python.space);
    forEachKnownCodePoint((c, s) => assert.equal(data.isSpace(s), space.has(c), hex(c)));
  });

  it("asks about exactly one character", () => {
    assert.equal(data.isAlpha(""), false);
    assert.equal(data.isAlpha("ab"), false);
    assert.equal(data.isSpace("  "), false);
  });

  it("keeps and lower-cases every character as Python does", () => {
    const alpha = toSet(python.alpha);
    const space = toSet(python.space);
    const lower = new Map<number, string>(python.lowerSpecial as [number, string][]);
    for (const [first, last, step, offset] of python.lower) {
      for (let c = first; c <= last; c += step) lower.set(c, String.fromCodePoint(c + offset));
    }
    forEachKnownCodePoint((c, s) => {
      const kept = [...(lower.get(c) ?? s)].filter((k) => alpha.has(k.codePointAt(0)!) || space.has(k.codePointAt(0)!));
      assert.equal(data.cleanText(s), kept.join(""), hex(c));
    });
  });

  it("cleans whole texts as Python does, final sigmas and dotted capitals included", () => {
    for (const [text, cleaned] of python.clean as [string, string, string[]][]) {
      assert.equal(data.cleanText(text), cleaned);
    }
  });
});
