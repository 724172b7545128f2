// Answers that a test goes on with, a driver that is not async, and errors that are expected.
import { holds, same } from "../../../scripts/grade/expect.mjs";
import { learner } from "../../../scripts/grade/learner.mjs";

describe("parts", () => {
  const code = learner("parts");

  it("are counted by the driver", async () => {
    same(await code.drive("count", "a b"), 2, { what: "the number of parts" });
  });

  it("are counted by the test", async () => {
    same((await code.call("split", "a b c")).parts.length, 3, { what: "the number of parts" });
  });

  it("are there at once", async () => {
    same(await code.drive("split", "a b"), { parts: ["a", "b"] }, { what: "the parts" });
  });

  it("of nothing are refused", async () => {
    const thrown = await code.call("split", "").then(
      () => "nothing",
      (error: { thrown?: string }) => {
        if (error.thrown === undefined) throw error;
        return error.thrown;
      },
    );
    same(thrown, "RangeError", { what: "what was thrown" });
  });

  it("of nothing are refused beside the code", async () => {
    const { name, message } = await code.drive("refuse", "");
    holds(name === "RangeError", `expected a RangeError, got ${message}`, { hint: `It was: ${message}` });
  });
});
