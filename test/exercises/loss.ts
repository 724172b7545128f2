import { learner } from "../../scripts/grade/learner.mjs";
import { between, close, finite, isProbability, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { column, randomMatrix, withMatrices, type PlainMatrix } from "./support/matrices";
import expectedJson from "./loss.expected.json";

const { cases, large } = withMatrices(expectedJson);
const sizes = (outputs: PlainMatrix[]) => `T = ${outputs.length}, V = ${outputs[0]!.rows}`;

describe("loss", () => {
  const code = learner("loss");

  it("computes the examples of its comments", async () => {
    const y = column(0, Math.log(3));
    close(await code.call("softmax", y), column(0.25, 0.75), {
      what: "softmax([0, ln 3])",
      hint: "exp(0) = 1 and exp(ln 3) = 3: one part of four, and three.",
    });
    close(await code.call("crossEntropy", [y, column(5, 5)], [1, 0]), (Math.log(4 / 3) + Math.log(2)) / 2, {
      what: "crossEntropy([[0, ln 3], [5, 5]], [1, 0])",
      hint: "−ln 0.75 for the first step, −ln 0.5 for the second, and the mean of the two.",
    });
  });

  it("gives PyTorch's softmax", async () => {
    for (const { outputs, softmax } of cases)
      for (const [t, y] of outputs.entries())
        close(await code.call("softmax", y), softmax[t], {
          what: `softmax of ${y.rows} scores`,
          hint: "exp of every score, divided by the sum of all these exps; a column [V, 1] like y.",
        });
  });

  it("gives probabilities, whatever the scores", async () => {
    const random = new RandomState(1);
    for (const [V, size] of [
      [1, 1],
      [2, 0],
      [7, 3],
      [50, 30],
    ] as const) {
      const y = randomMatrix(random, V, 1, size);
      const p = await code.call("softmax", y);
      isProbability(p, {
        what: `softmax of ${V} scores`,
        hint: "Divide by the sum of exactly the numbers you return.",
      });
      const shifted = { ...y, data: y.data.map((yi) => yi + 5) };
      close(await code.call("softmax", shifted), p, {
        what: `with every score 5 higher: softmax of ${V} scores`,
        hint: "Only differences between scores count.",
      });
    }
  });

  it("survives scores of 1000 in softmax", async () => {
    for (const [t, y] of large.outputs.entries()) {
      const what = `softmax([${y.data.join(", ")}])`;
      const hint = "exp(1000) is Infinity and exp(−1000) is 0: take the largest score away from all of them first.";
      const p = await code.call("softmax", y);
      finite(p, { what, hint });
      close(p, large.softmax[t], { what, hint });
    }
  });

  it("gives PyTorch's mean cross-entropy", async () => {
    for (const { outputs, targets, loss } of cases)
      close(await code.call("crossEntropy", outputs, targets), loss, {
        what: `with ${sizes(outputs)} the loss`,
        hint: "−ln of the probability of the target, summed over the steps, divided by their number T.",
      });
  });

  it("costs ln V when nothing is known, and nearly nothing when the network is right and sure", async () => {
    for (const V of [2, 10, 27]) {
      const equal = column(...new Array<number>(V).fill(0.3));
      close(await code.call("crossEntropy", [equal, equal, equal], [0, V - 1, 1]), Math.log(V), {
        what: `the loss of ${V} equal scores`,
        hint: "Each of V equally likely characters has the probability 1/V, and −ln(1/V) = ln V: the natural logarithm.",
      });
    }
    const sure = await code.call("crossEntropy", [column(0, 20, 0)], [1]);
    between(sure, 0, 1e-8, {
      what: "the loss of a score of 20 for the right answer and 0 for two others",
      hint: "Which entry of the softmax does it look at?",
    });
  });

  it("is exact even where the network is sure and wrong", async () => {
    const hint =
      "The probability rounds to 0, and ln 0 is −Infinity; adding 1e-10 to it makes a wrong number of it. Use m + ln Σ exp(y − m) − y[target].";
    for (const [t, y] of large.outputs.entries()) {
      const target = large.targets[t]!;
      const what = `the loss of the scores [${y.data.join(", ")}] where the target is ${target}`;
      const loss = await code.call("crossEntropy", [y], [target]);
      finite(loss, { what, hint });
      close(loss, large.losses[t], { what, hint });
    }
    close(await code.call("crossEntropy", large.outputs, large.targets), large.loss, {
      what: "the mean of the three",
      hint,
    });
  });

  it("does not hide a NaN", async () => {
    const zeros = column(0, 0, 0);
    close(await code.call("crossEntropy", [zeros, zeros], [0, 1]), Math.log(3), { what: "the loss of equal scores" });
    const loss = await code.call("crossEntropy", [column(1, NaN, 2), zeros], [0, 1]);
    same(loss, NaN, {
      what: "the loss where one score is NaN",
      hint: "A NaN says that something broke before. Replaced by a number, it would be found much later.",
    });
  });

  it("leaves the scores as they were", async () => {
    for (const { outputs, targets, softmax: p, loss } of cases) {
      const hint = "map and scale change the matrix they are called on: `y.copy()` first.";
      const softmax = await code.inspect("softmax", outputs[0]);
      unchanged(softmax.args[0], outputs[0], { what: "y of softmax", hint });
      close(softmax.value, p[0], { what: "the softmax" });
      const crossEntropy = await code.inspect("crossEntropy", outputs, targets);
      unchanged(crossEntropy.args[0], outputs, { what: "the list outputs of crossEntropy", hint });
      unchanged(crossEntropy.args[1], targets, { what: "the list targets of crossEntropy", hint });
      close(crossEntropy.value, loss, { what: "the loss" });
    }
  });
});
