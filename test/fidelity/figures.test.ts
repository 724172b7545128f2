import { strict as assert } from "node:assert";
import { align, figuresIn, missingTexts } from "./figures";

describe("figures in printed text", () => {
  it("are found as printed, but not inside words", () => {
    assert.deepEqual(figuresIn("Epoch 40/200, Loss: 0.0067"), ["40", "200", "0.0067"]);
    assert.deepEqual(figuresIn("58,429 at [2,3], -0.7762, 1.21e-05. x0 SelectBackward0 AVX2"), [
      "58,429",
      "2",
      "3",
      "-0.7762",
      "1.21e-05",
    ]);
  });

  it("are laid side by side: a wrong one is named, further ones are counted", () => {
    const different = (expected: string[], got: string[]) => {
      const { pairs, extra } = align(expected, got);
      return { wrong: pairs.filter((pair) => pair.expected !== pair.got), extra };
    };
    assert.deepEqual(different(["1", "2", "3"], ["1", "2", "3"]), { wrong: [], extra: 0 });
    assert.deepEqual(different(["1", "2", "3"], ["1", "9", "2", "3", "4"]), { wrong: [], extra: 2 });
    assert.deepEqual(different(["1", "2", "3"], ["1", "2.1", "3"]), {
      wrong: [{ expected: "2", got: "2.1" }],
      extra: 0,
    });
    assert.deepEqual(different(["1", "2"], ["1"]).wrong, [{ expected: "2", got: undefined }]);
    assert.deepEqual(different(["1", "2"], ["2", "1"]).wrong.length, 1, "order counts");
  });
});

describe("texts in printed text", () => {
  it("are found whole and in order", () => {
    assert.deepEqual(missingTexts(["ab c", "d"], "Sample: ab c\nd\n"), []);
    assert.deepEqual(missingTexts(["ab c"], "Sample: ab cd\n"), ["ab c"]);
    assert.deepEqual(missingTexts(["o"], "no hello\n"), ["o"]);
    assert.deepEqual(missingTexts(["b", "a"], "a\nb\n"), ["a"]);
  });
});
