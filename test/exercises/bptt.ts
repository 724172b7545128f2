import { learner } from "../../scripts/grade/learner.mjs";
import { close, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { fields } from "./support/fields";
import { column, randomMatrix, randomParameters, withMatrices } from "./support/matrices";
import expectedJson from "./bptt.expected.json";

const { cases, late, example, tanh } = withMatrices(expectedJson);

/** What to look at when a gradient is wrong; the order in which the way back makes them. */
const hints = {
  dby: "At every step dby += dy.",
  dWhy: "At every step dWhy += dy hᵀ, with the h of the same step: addOuter(dy, h).",
  dbh: "dz = dh (1 − h²) and dh = Whyᵀ dy + dhNext; at every step dbh += dz. Is dhNext = Whhᵀ dz handed on to the step before?",
  dWhh: "At every step dWhh += dz hPrevᵀ, with the state *before* the step, which is h0 at the first.",
  dWxh: "At every step dWxh += dz xᵀ, with the input of the same step.",
};
const names = ["dby", "dWhy", "dbh", "dWhh", "dWxh"] as const;

describe("bptt", () => {
  const code = learner("bptt");

  /** Compares the gradients of one case, the easiest first. */
  async function compare(
    { pass, parameters, grads }: Pick<(typeof cases)[number], "pass" | "parameters" | "grads">,
    which: string,
  ) {
    const got = fields(await code.call("bptt", pass, parameters), names, "the result of bptt");
    for (const name of names) close(got[name], grads[name], { what: `${which}: ${name}`, hint: hints[name] });
  }

  it("computes the examples of its comments", async () => {
    close(await code.call("outputGradient", column(0.2, 0.7, 0.1), 1, 10), column(0.02, -0.03, 0.01), {
      what: "outputGradient([0.2, 0.7, 0.1], 1, 10)",
      hint: "Take 1 away at the target, then divide everything by T.",
    });
    close(await code.call("tanhGradient", column(2, 2), column(0, 0.5)), column(2, 1.5), {
      what: "tanhGradient([2, 2], [0, 0.5])",
      hint: "2 · (1 − 0²) and 2 · (1 − 0.5²).",
    });
    await compare(example, "in the example");
  });

  it("starts where autograd does: dy = (p − one-hot) / T", async () => {
    for (const { pass, dy } of cases)
      for (const [t, p] of pass.probs.entries())
        close(await code.call("outputGradient", p, pass.targets[t], pass.inputs.length), dy[t], {
          what: `at step ${t + 1} of ${pass.inputs.length}: dy`,
          hint: "The loss is a mean over T steps, so each step's share is divided by T.",
        });
  });

  it("goes back through tanh as autograd does", async () => {
    close(await code.call("tanhGradient", tanh.dh, tanh.h), tanh.dz, {
      what: "dz",
      hint: "h is already tanh(z): the slope is 1 − h², with no tanh of h.",
    });
  });

  it("equals PyTorch's autograd over a single step", async () => {
    const single = cases.filter(({ pass }) => pass.inputs.length === 1);
    for (const item of single) await compare(item, "with T = 1");
    // By hand: h = tanh(0) = 0 and p = [0.5, 0.5], so dy = [−0.5, 0.5] and dz = dh = 20 · 0.5 + 20 · 0.5 = 20.
    const zero = column(0);
    await compare(
      {
        pass: {
          inputs: [column(1000)],
          h0: column(3),
          hiddenStates: [zero],
          probs: [column(0.5, 0.5)],
          targets: [0],
        },
        parameters: { Wxh: zero, Whh: zero, Why: column(-20, 20), bh: zero, by: column(0, 0) },
        grads: {
          dby: column(-0.5, 0.5),
          dWhy: column(0, 0),
          dbh: column(20),
          dWhh: column(60),
          dWxh: column(20_000),
        },
      },
      "where the gradient is large and not to be clipped yet",
    );
  });

  it("equals PyTorch's autograd through time", async () => {
    for (const item of cases) {
      const { pass, parameters } = item;
      const [D, H, V] = [parameters.Wxh.cols, parameters.Whh.cols, parameters.Why.rows];
      await compare(item, `with T = ${pass.inputs.length}, D = ${D}, H = ${H}, V = ${V}`);
    }
  });

  it("brings a late error back to the first input", async () => {
    // Right and sure at every step but the last, and only the first input is not 0.
    const { pass, parameters, grads } = late;
    const got = fields(await code.call("bptt", pass, parameters), names, "the result of bptt");
    close(got.dWxh, grads.dWxh, {
      what: "where only the first input is not 0, and only the last step is wrong: dWxh",
      hint: "The error has to travel back through all the states: dh = Whyᵀ dy + dhNext, and dhNext = Whhᵀ dz of the step after.",
    });
  });

  it("has the gradients that difference quotients of your own loss give", async () => {
    const random = new RandomState(2);
    for (const [T, D, H, V] of [
      [6, 3, 5, 4],
      [1, 2, 3, 2],
      [10, 4, 2, 4],
    ] as const) {
      const inputs = Array.from({ length: T }, () => randomMatrix(random, D, 1));
      const targets = Array.from(random.randint(0, V, T));
      const parameters = randomParameters(random, [D, H, V]);
      const checks = await code.drive("gradientCheck", inputs, randomMatrix(random, H, 1, 0.5), targets, parameters);
      for (const { name, got, quotients } of checks)
        close(got, quotients, {
          what: `beside (loss(w + ε) − loss(w − ε)) / 2ε of your own forward pass and loss, with T = ${T}: ${name}`,
          hint: hints[name as keyof typeof hints],
          atol: 1e-8,
          rtol: 1e-5,
        });
    }
  });

  it("leaves what it is given as it was", async () => {
    const hint = "add, scale and map change the matrix they are called on: copy() first, or start from Matrix.zeros.";
    const dy = await code.inspect("outputGradient", column(0.2, 0.8), 0, 2);
    unchanged(dy.args[0], column(0.2, 0.8), { what: "p of outputGradient", hint });
    close(dy.value, column(-0.4, 0.4), { what: "dy" });
    const dz = await code.inspect("tanhGradient", tanh.dh, tanh.h);
    unchanged(dz.args, [tanh.dh, tanh.h], { what: "an argument of tanhGradient", hint });
    close(dz.value, tanh.dz, { what: "dz" });
    for (const { pass, parameters, grads } of cases) {
      const { value, args } = await code.inspect("bptt", pass, parameters);
      unchanged(args[0], pass, { what: "the argument pass", hint });
      unchanged(args[1], parameters, { what: "the argument parameters", hint });
      close(fields(value, names, "the result of bptt"), grads, { what: "grads" });
    }
  });
});
