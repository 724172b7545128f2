/**
 * The judge's tests of "gradient-norms": PyTorch's `retain_grad`, finite differences, and networks whose gradients are known
 * in closed form.
 */
import { RandomState } from "../../lib/dist/random";
import { close, holds, matrix, same, shape } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import type { Case } from "./gradient-norms.drive";
import { fields } from "./support/fields";
import expected from "./gradient-norms.expected.json";

type Rows = number[][];
const names = ["Wxh", "Whh", "Why", "bh", "by"] as const;
const asMatrix = (rows: Rows) => matrix(rows.length, rows[0].length, rows.flat());
const column = (values: readonly number[]) => matrix(values.length, 1, values);
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

/** A network, inputs and a target drawn from a seed. */
function randomCase(seed: number, D: number, H: number, V: number, T: number): Case {
  const random = new RandomState(seed);
  const rows = (n: number, m: number): Rows =>
    Array.from({ length: n }, () => Array.from(random.randn(m), (x) => 0.7 * x));
  return {
    weights: { Wxh: rows(H, D), Whh: rows(H, H), Why: rows(V, H), bh: rows(H, 1), by: rows(V, 1) },
    inputs: Array.from({ length: T }, () => rows(D, 1)),
    target: random.randint(0, V),
  };
}

/** Inputs and biases of zeros: all states are 0, the slope of tanh is 1, and only W_hhᵀ acts on the gradient. */
function linear(Whh: Rows, T: number): Case {
  const H = Whh.length;
  const zeros = (n: number, m: number): Rows => Array.from({ length: n }, () => new Array<number>(m).fill(0));
  const Why = [0, 1].map((v) => Array.from({ length: H }, (_, i) => Math.cos(2 + 3 * v + 5 * i)));
  return {
    weights: { Wxh: zeros(H, 2), Whh, Why, bh: zeros(H, 1), by: zeros(2, 1) },
    inputs: Array.from({ length: T }, () => zeros(2, 1)),
    target: 1,
  };
}

/** ‖W_hyᵀ (softmax(0) − one-hot(1))‖ of `linear`: the gradient at the last state. */
function lastNorm({ weights: { Why } }: Case): number {
  return norm(Why[0].map((w, i) => (w - Why[1][i]) / 2));
}

/** The loss at the end if the state after step `from` is h: the rest of the sequence in plain numbers. */
function lossFrom({ weights: { Wxh, Whh, Why, bh, by }, inputs, target }: Case, from: number, h: number[]): number {
  const dot = (row: number[], v: readonly number[]) => row.reduce((sum, w, j) => sum + w * v[j], 0);
  for (const x of inputs.slice(from)) {
    const input = x.map(([value]) => value);
    const before = h;
    h = Whh.map((row, i) => Math.tanh(dot(row, before) + dot(Wxh[i], input) + bh[i][0]));
  }
  const y = Why.map((row, i) => dot(row, h) + by[i][0]);
  return Math.log(y.reduce((sum, yi) => sum + Math.exp(yi), 0)) - y[target];
}

/** h₁ … h_T. */
function statesOf(data: Case): number[][] {
  const { Wxh, Whh, bh } = data.weights;
  let h = bh.map(() => 0);
  return data.inputs.map((x) => {
    const before = h;
    h = Whh.map((row, i) => {
      const sum = row.reduce((z, w, j) => z + w * before[j], bh[i][0]);
      return Math.tanh(Wxh[i].reduce((z, w, j) => z + w * x[j][0], sum));
    });
    return h;
  });
}

describe("gradient-norms", () => {
  const code = learner("gradient-norms");

  it("equals PyTorch's gradients at every state", async () => {
    for (const { gradients, ...data } of expected.cases) {
      const T = data.inputs.length;
      const got = await code.drive("gradients", data);
      holds(Array.isArray(got) && got.length === T, `expected ${T} gradients, one for each state, got ${got?.length}`);
      // From the last, where the way back begins.
      for (let t = T; t >= 1; t--) {
        const hint =
          t === T
            ? "W_hyᵀ (softmax(y_T) − one-hot(target)); the list begins with h₁ and ends with h_T."
            : `dL/dh${t} comes from dL/dh${t + 1} through the slope 1 − h² of step ${t + 1} and W_hhᵀ.`;
        close(got[t - 1], column(gradients[t - 1]), { what: `dL/dh${t} of ${T} states`, hint });
      }
    }
  });

  it("equals finite differences: nudge a state, run the rest", async () => {
    const data = randomCase(3, 2, 4, 3, 5);
    const got = Object(await code.drive("gradients", data));
    for (const [t, h] of [...statesOf(data).entries()].reverse()) {
      const slopes = h.map((value, i) => {
        const at = (x: number) => lossFrom(data, t + 1, h.map((old, j) => (i === j ? x : old))); // prettier-ignore
        return (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
      });
      const hint = "How much does the loss change if this state alone is moved a little?";
      close(got[t], column(slopes), { what: `dL/dh${t + 1}`, hint, atol: 1e-7 });
    }
  });

  it("measures their length", async () => {
    for (const { gradients, ...data } of expected.cases) {
      const hint = "The square root of the sum of squares.";
      close(await code.drive("norms", data), gradients.map(norm), { what: "the list of norms", hint });
    }
  });

  it("keeps the norm with an orthogonal W_hh, halves it with half of one", async () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const rotation = [[c, -s, 0], [s, c, 0], [0, 0, 1]]; // prettier-ignore
    for (const [factor, what] of [
      [1, "a rotation"],
      [0.5, "half a rotation matrix"],
      [1.5, "1.5 times a rotation matrix"],
    ] as const) {
      const data = linear(rotation.map((row) => row.map((w) => factor * w)), 8); // prettier-ignore
      const want = data.inputs.map((_, t) => lastNorm(data) * factor ** (7 - t));
      close(await code.drive("norms", data), want, {
        what: `the norms where all states are 0 and W_hh is ${what}`,
        hint: "Nothing but W_hhᵀ acts here, once a step.",
      });
    }
  });

  it("multiplies by W_hh transposed", async () => {
    // Unit 0 is made from unit 2 of the step before; the others are made from nothing.
    const data = linear([[0, 0, 2], [0, 0, 0], [0, 0, 0]], 2); // prettier-ignore
    const [first] = Object(await code.drive("gradients", data));
    const { Why } = data.weights;
    close(first, column([0, 0, Why[0][0] - Why[1][0]]), {
      what: "dL/dh1 where W_hh has a single entry, in row 0 and column 2",
      hint: "Unit 0 was made from unit 2 of the step before, so unit 2 gets its gradient: addTransposedProduct.",
    });
  });

  it("vanishes where tanh is saturated", async () => {
    const data = randomCase(6, 2, 3, 4, 6);
    data.weights.bh = data.weights.bh.map(() => [9]); // h is about 1, its slope about 0
    const states = statesOf(data);
    const got = await code.drive("norms", data);
    shape(got, [6], { what: "the list of norms" });
    const slope = Math.max(...states.flat().map((h) => 1 - h * h));
    const bound = got[5] * slope * norm(data.weights.Whh.flat());
    holds(
      got[4] > 0 && got[4] <= bound * (1 + 1e-6),
      `the norm at h5 is ${got[4].toPrecision(3)}: expected above 0 and at most ${bound.toPrecision(3)}`,
      {
        hint: "The slope of tanh at h₆ is 1 − h₆², nearly 0 here: hardly anything gets through.",
      },
    );
  });

  it("tracks the norms before the first training step and after each", async () => {
    const { norms, steps, ...data } = expected.training;
    const { history, calls } = await code.drive("track", data, steps);
    same(calls, steps, { what: "the number of calls of trainStep" });
    const hint = "Measure, then train, then measure: one row more than training steps.";
    shape(history, [steps + 1, norms[0].length], { what: "the history", hint });
    close(history, norms, { what: "the history", hint });
    const none = await code.drive("track", data, 0);
    close(Object(none).history, [norms[0]], { what: "the history with 0 training steps", hint });
  });

  it("makes curves of the history for the figure", async () => {
    const history = [
      [0.2, 0.4, 0.8],
      [0.1, 0.5, 0.9],
    ];
    const curves = (got: unknown) =>
      Array.isArray(got) ? got.map((curve) => fields(curve, ["name", "x", "y"], "a curve of normCurves")) : got;
    const hint = "One curve for each row, and in it one point for each time step: 0 steps back is the last one.";
    const { value, args } = await code.inspect("normCurves", history);
    for (const [rows, got] of [
      [history, value],
      [[[0.3, 0.1, 0.7, 0.2, 0.5]], undefined],
      [[[2], [1], [3]], undefined],
    ] as [number[][], unknown][]) {
      const want = rows.map((norms, step) => ({
        name: `training step ${step}`,
        x: norms.map((_, back) => back),
        y: norms.map((_, back) => norms[norms.length - 1 - back]),
      }));
      const what = `normCurves(${JSON.stringify(rows)})`;
      same(curves(got ?? (await code.call("normCurves", rows))), want, { what, hint });
    }
    same(args[0], history, { what: "the history after the call", hint: "`reverse` changes the array: copy it first." });
  });

  it("leaves the network and the inputs as they were", async () => {
    const { gradients, ...data } = expected.cases[0];
    const { first, second, weights, inputs } = await code.drive("twice", data);
    close(first, gradients.map(norm), { what: "the list of norms" }); // prettier-ignore
    const hint = "`add`, `scale` and `map` change the matrix they are called on: work on a `copy()`.";
    for (const name of names)
      same(weights[name], asMatrix(data.weights[name]), { what: `rnn.${name} after the call`, hint });
    data.inputs.forEach((x, t) => same(inputs[t], asMatrix(x), { what: `inputs[${t}] after the call`, hint }));
    same(second, first, { what: "a second call with the same arguments" });
  });
});
