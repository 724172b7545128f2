// The tests that every submission of the judge's own suite meets: values, nothing mutated, an async function, other code.
import { close, same, unchanged } from "../../../scripts/grade/expect.mjs";
import { learner } from "../../../scripts/grade/learner.mjs";

describe("sum", () => {
  const code = learner("sum");

  it("adds numbers", async () => {
    close(await code.call("sum", [1, 2, 3.5]), 6.5, { what: "sum([1, 2, 3.5])", hint: "add them all" });
    close(await code.call("sum", [-1, 1e6, 0.25]), 999999.25, { what: "sum([-1, 1e6, 0.25])" });
  });

  it("gives zero for no numbers", async () => {
    same(await code.call("sum", []), 0, { what: "sum([])" });
  });

  it("scales a list", async () => {
    close(await code.call("scale", [1, 2, 3], 2), [2, 4, 6], { what: "scale([1, 2, 3], 2)" });
  });

  it("leaves its input alone", async () => {
    const { args } = await code.inspect("scale", [1, 2, 3], 2);
    unchanged(args[0], [1, 2, 3], { what: "the list" });
  });

  it("waits", async () => {
    same(await code.callAsync("later", 7), 7, { what: "await later(7)" });
  });

  it("works with other code", async () => {
    same(await code.drive("twice", [1, 2]), [3, 3], { what: "two sums" });
  });
});
