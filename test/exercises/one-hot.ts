import { learner } from "../../scripts/grade/learner.mjs";
import { isProbability, same } from "../../scripts/grade/expect.mjs";

describe("one-hot", () => {
  const code = learner("one-hot");

  it("has a one at the index", async () => {
    same(await code.call("oneHot", 1, 3), [0, 1, 0], { what: "oneHot(1, 3)" });
    same(await code.call("oneHot", 0, 1), [1], { what: "oneHot(0, 1)" });
  });

  it("sums to one", async () => {
    isProbability(await code.call("oneHot", 4, 9), { what: "oneHot(4, 9)" });
  });
});
