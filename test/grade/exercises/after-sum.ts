import { close } from "../../../scripts/grade/expect.mjs";
import { learner } from "../../../scripts/grade/learner.mjs";

describe("after-sum", () => {
  const code = learner("after-sum");

  it("takes the mean", async () => {
    close(await code.drive("check", [1, 2, 6]), 3, { what: "the mean" });
  });
});
