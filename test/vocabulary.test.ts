import { strict as assert } from "node:assert";
import { data } from "unrolled";
import python from "./fixtures/text.json";

describe("data.Vocabulary", () => {
  it("numbers characters as Python's sorted(set(text)), beyond the first plane too", () => {
    for (const [text, , sorted] of python.clean as [string, string, string[]][]) {
      assert.deepEqual(data.Vocabulary.fromText(text).tokens, sorted);
    }
    // JavaScript's own order puts the rabbit (a surrogate pair) before the ligature.
    assert.deepEqual(data.Vocabulary.fromText("🐇ﬀ").tokens, ["ﬀ", "🐇"]);
  });

  it("encodes hello world as the notebook does, and back", () => {
    const vocabulary = data.Vocabulary.fromText("hello world");
    assert.equal(vocabulary.size, 8);
    assert.deepEqual([...vocabulary.encode("hello world")], [3, 2, 4, 4, 5, 0, 7, 5, 6, 4, 1]);
    assert.equal(vocabulary.decode(vocabulary.encode("hello world")), "hello world");
    assert.ok(vocabulary.encode("hello") instanceof Int32Array);
  });

  it("counts an emoji as one token", () => {
    const vocabulary = data.Vocabulary.fromText("a🐇b");
    assert.equal(vocabulary.size, 3);
    assert.deepEqual([...vocabulary.encode("🐇🐇a")], [2, 2, 0]);
  });

  it("numbers words by first appearance when asked", () => {
    const vocabulary = new data.Vocabulary("The dog ate the apple the dog".split(" "), { order: "appearance" });
    assert.deepEqual(vocabulary.tokens, ["The", "dog", "ate", "the", "apple"]);
    assert.deepEqual([...vocabulary.encode(["the", "dog"])], [3, 1]);
    assert.equal(vocabulary.decode([0, 1], { separator: " " }), "The dog");
  });

  it("names an unknown character, where it is and what surrounds it", () => {
    const vocabulary = data.Vocabulary.fromText("alice was beginning");
    assert.throws(() => vocabulary.encode("alice was tired"), {
      name: "RangeError",
      message:
        'Vocabulary.encode: "t" (U+0074) is not among the 11 tokens of this vocabulary at position 10 in "alice was tired"',
    });
    assert.throws(() => vocabulary.encode("🐇"), /"🐇" \(U\+1F407\) .* at position 0/);
    assert.throws(() => vocabulary.encode("Alice"), /its lower case is known/);
    assert.throws(() => vocabulary.index("z"), /Vocabulary\.index: "z"/);
  });

  it("maps what it does not know to the unknown token, if there is one", () => {
    const vocabulary = data.Vocabulary.fromText("ab", { unknown: "�" });
    assert.deepEqual([...vocabulary.encode("axb")], [0, 2, 1]);
    assert.equal(vocabulary.decode([2]), "�");
    assert.equal(vocabulary.unknownIndex, 2);
  });

  it("refuses an empty text and numbers that stand for nothing", () => {
    assert.throws(() => data.Vocabulary.fromText(""), /empty text/);
    const vocabulary = data.Vocabulary.fromText("ab");
    assert.throws(() => vocabulary.decode([2]), /from 0 to 1, got 2/);
    assert.throws(() => vocabulary.token(-1), /got -1/);
    assert.throws(() => vocabulary.token(0.5), /got 0.5/);
  });
});
