import { same } from "../../../scripts/grade/expect.mjs";
import { learner } from "../../../scripts/grade/learner.mjs";

describe("room", () => {
  const code = learner("room");

  it("is enough", async () => {
    same(await code.call("room"), true, { what: "room()" });
  });
});
