import { learner } from "../../scripts/grade/learner.mjs";
import { matrix, same } from "../../scripts/grade/expect.mjs";
import { column } from "./support/matrices";
import { throwsRangeError } from "./support/throws";

describe("one-hot", () => {
  const code = learner("one-hot");

  it("lists each character of a text once, sorted", async () => {
    const hint = "A Set keeps each character once; sort() puts a list in order.";
    same(await code.call("vocabulary", "hello"), ["e", "h", "l", "o"], { what: 'vocabulary("hello")', hint });
    same(await code.call("vocabulary", "to be, or not"), [..." ,benort"], {
      what: 'vocabulary("to be, or not")',
      hint,
    });
    same(await code.call("vocabulary", "Hello\nhello"), ["\n", "H", "e", "h", "l", "o"], {
      what: 'vocabulary("Hello\\nhello")',
      hint: "A capital and a small letter are two characters, and the end of a line is one, too.",
    });
    same(await code.call("vocabulary", "aaa"), ["a"], { what: 'vocabulary("aaa")', hint });
    same(await code.call("vocabulary", ""), [], { what: "the vocabulary of an empty text", hint });
  });

  it("keeps an emoji whole", async () => {
    const hint = 'split("") cuts an emoji in two; [...text], Array.from(text) and new Set(text) do not.';
    same(await code.call("vocabulary", "la🎵la🎶"), ["a", "l", "🎵", "🎶"], { what: 'vocabulary("la🎵la🎶")', hint });
    same(await code.call("encode", "🎶a", ["a", "🎵", "🎶"]), [2, 0], {
      what: 'encode("🎶a", ["a", "🎵", "🎶"])',
      hint,
    });
  });

  it("numbers characters by their place in the list", async () => {
    const hint = "The number of a character is its place in `chars`, counted from 0; `chars` may be in any order.";
    const what = 'encode("hello", ["e", "h", "l", "o"])';
    same(await code.call("encode", "hello", ["e", "h", "l", "o"]), [1, 0, 2, 2, 3], { what, hint });
    same(await code.call("encode", "hihell", ["h", "i", "e", "l", "o"]), [0, 1, 0, 2, 3, 3], {
      what: 'encode("hihell", ["h", "i", "e", "l", "o"])',
      hint,
    });
    same(await code.call("encode", "", ["a"]), [], { what: "an empty text", hint });
  });

  it("refuses a character it does not know", async () => {
    const hint = "indexOf gives −1 for what is not in the list: look at it before you use it.";
    same(await code.call("encode", "hole", ["e", "h", "l", "o"]), [1, 3, 2, 0], {
      what: "the numbers of a known text",
    });
    await throwsRangeError(code.call("encode", "help", ["e", "h", "l", "o"]), { what: 'the "p" of "help"', hint });
    await throwsRangeError(code.call("encode", "E", ["e"]), { what: 'an "E" where only "e" is known', hint });
  });

  it("puts a single 1 at the index", async () => {
    const hint = "A column of zeros [size, 1], and a 1 in `data[index]`.";
    same(await code.call("oneHot", 2, 4), column(0, 0, 1, 0), { what: "oneHot(2, 4)", hint });
    same(await code.call("oneHot", 0, 1), column(1), { what: "oneHot(0, 1)", hint });
    for (const [index, size] of [
      [0, 5],
      [4, 5],
      [17, 40],
    ] as const) {
      const expected = matrix(size, 1, new Float64Array(size));
      expected.data[index] = 1;
      same(await code.call("oneHot", index, size), expected, { what: `oneHot(${index}, ${size})`, hint });
    }
  });

  it("refuses an index outside the vocabulary", async () => {
    const hint =
      "data[7] = 1 on a shorter array does nothing, nor does data[1.5] = 1, and nobody says a word: check for a whole number with 0 ≤ index < size first.";
    same(await code.call("oneHot", 3, 4), column(0, 0, 0, 1), { what: "oneHot(3, 4)" });
    for (const [index, size] of [
      [4, 4],
      [-1, 4],
      [1.5, 4],
      [NaN, 4],
    ])
      await throwsRangeError(code.call("oneHot", index, size), { what: `oneHot(${index}, ${size})`, hint });
  });

  it("loses nothing: the columns of a text spell the text", async () => {
    const text = "hello, hole";
    const hint = "All three functions have to mean the same place by the same number.";
    const chars: string[] = await code.call("vocabulary", text);
    same(chars, [...new Set(text)].sort(), { what: "the vocabulary", hint });
    const numbers: number[] = await code.call("encode", text, chars);
    same(
      numbers,
      Array.from(text, (char) => chars.indexOf(char)),
      { what: "the list of numbers of the text", hint },
    );
    for (const [i, char] of [...text].slice(0, 7).entries()) {
      const expected = matrix(chars.length, 1, new Float64Array(chars.length));
      expected.data[chars.indexOf(char)] = 1;
      same(await code.call("oneHot", numbers[i], chars.length), expected, { what: `the column of "${char}"`, hint });
    }
  });
});
