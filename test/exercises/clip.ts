import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, close, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { column, randomParameters, withMatrices, type PlainMatrix } from "./support/matrices";
import { fields } from "./support/fields";
import expectedJson from "./clip.expected.json";

const { cases, training } = withMatrices(expectedJson);

type Gradients = Record<"dWxh" | "dWhh" | "dWhy" | "dbh" | "dby", PlainMatrix>;

/** Random gradients of the shapes of a network. */
function randomGradients(random: RandomState, shape: readonly [number, number, number]): Gradients {
  const { Wxh, Whh, Why, bh, by } = randomParameters(random, shape);
  return { dWxh: Wxh, dWhh: Whh, dWhy: Why, dbh: bh, dby: by };
}

const scaled = (grads: Gradients, k: number) =>
  Object.fromEntries(
    Object.entries(grads).map(([name, grad]) => [name, { ...grad, data: grad.data.map((x) => k * x) }]),
  ) as Gradients;
const flat = (grads: Gradients) => Object.values(grads).flatMap(({ data }) => Array.from(data));
const norm = (grads: Gradients) => Math.hypot(...flat(grads));

const gradientsOf = (got: unknown) =>
  fields(got, ["dWxh", "dWhh", "dWhy", "dbh", "dby"], "the result of clipByGlobalNorm");
const parametersOf = (got: unknown) => fields(got, ["Wxh", "Whh", "Why", "bh", "by"], "the result of updateParameters");

describe("clip", () => {
  const code = learner("clip");
  const [three, four, zero] = [column(3), column(4), column(0)];
  const example: Gradients = { dWxh: three, dWhh: zero, dWhy: four, dbh: zero, dby: zero };

  it("computes the examples of its comments", async () => {
    close(await code.call("globalNorm", example), 5, { what: "the norm of 3, 0, 4, 0, 0", hint: "√(3² + 4²)." });
    const clipped = { dWxh: column(0.6), dWhh: zero, dWhy: column(0.8), dbh: zero, dby: zero };
    close(gradientsOf(await code.call("clipByGlobalNorm", example, 1)), clipped, {
      what: "3, 0, 4, 0, 0 clipped to the norm 1: grads",
      hint: "Its norm is 5, so every entry is multiplied by 1/5.",
    });
    const ones = { Wxh: column(1), Whh: column(1), Why: column(1), bh: column(1), by: column(1) };
    close(
      parametersOf(await code.call("updateParameters", ones, example, 0.1)),
      { Wxh: column(0.7), Whh: column(1), Why: column(0.6), bh: column(1), by: column(1) },
      {
        what: "from parameters of 1, with a learning rate of 0.1: parameters",
        hint: "1 − 0.1 · 3 and 1 − 0.1 · 4: downhill is minus the gradient.",
      },
    );
  });

  it("measures all five matrices as one arrow", async () => {
    for (const { grads, norm } of cases)
      close(await code.call("globalNorm", grads), norm, {
        what: "the norm of five matrices",
        hint: "The root of the sum of the squares of all entries; norms do not add up, their squares do.",
      });
    for (const name of ["dWxh", "dWhh", "dWhy", "dbh", "dby"] as const) {
      const alone = { ...scaled(example, 0), [name]: column(-2) };
      close(await code.call("globalNorm", alone), 2, {
        what: `the norm where only ${name} is not 0`,
        hint: "All five count.",
      });
    }
  });

  it("gives PyTorch's clipped gradient", async () => {
    for (const { grads, maxNorm, clipped } of cases)
      close(gradientsOf(await code.call("clipByGlobalNorm", grads, maxNorm)), clipped, {
        what: `clipped to ${maxNorm}: grads`,
        hint: "Every entry times maxNorm / norm, with the norm of the whole gradient.",
        rtol: 1e-5, // PyTorch divides by norm + 1e-6
      });
  });

  it("keeps the direction of a long gradient and makes it exactly maxNorm long", async () => {
    const random = new RandomState(1);
    for (const [shape, size] of [
      [[3, 4, 5], 10],
      [[1, 1, 1], 1e4],
      [[6, 2, 3], 1e9],
    ] as const) {
      const grads = scaled(randomGradients(random, shape), size);
      const clipped = gradientsOf(await code.call("clipByGlobalNorm", grads, 2));
      close(clipped, scaled(grads, 2 / norm(grads)), {
        what: `of the norm ${norm(grads).toPrecision(3)}, clipped to 2: grads`,
        hint: "The same factor everywhere. Cutting off single entries, or each matrix by itself, turns the arrow.",
        rtol: 1e-5,
      });
      close(norm(clipped), 2, { what: "the norm of the clipped gradient", rtol: 1e-5 });
    }
  });

  it("leaves a short gradient alone", async () => {
    const random = new RandomState(2);
    const hint = "maxNorm is a limit, not a wish: only a gradient that is longer is scaled.";
    close(gradientsOf(await code.call("clipByGlobalNorm", scaled(example, 2), 5)), example, {
      what: "twice as long as maxNorm: grads",
    });
    const grads = randomGradients(random, [3, 4, 5]);
    same(gradientsOf(await code.call("clipByGlobalNorm", grads, 1000)), grads, {
      what: "shorter than maxNorm: grads",
      hint,
    });
    close(gradientsOf(await code.call("clipByGlobalNorm", example, 5)), example, {
      what: "exactly as long as maxNorm: grads",
      hint,
    });
    const zeros = scaled(grads, 0);
    same(gradientsOf(await code.call("clipByGlobalNorm", zeros, 1)), zeros, {
      what: "where all entries are 0: grads",
      hint: "maxNorm / 0 is Infinity, and 0 · Infinity is NaN: compare before you divide.",
    });
  });

  it("does not hide a NaN", async () => {
    close(await code.call("globalNorm", example), 5, { what: "the norm without a NaN" });
    const grads = { ...example, dWhh: column(NaN) };
    same(await code.call("globalNorm", grads), NaN, {
      what: "the norm of a gradient with a NaN in it",
      hint: "The norm is what one watches while training; it has to show that something broke.",
    });
  });

  it("takes PyTorch's SGD step", async () => {
    for (const { parameters, clipped, learningRate, after } of cases)
      close(parametersOf(await code.call("updateParameters", parameters, clipped, learningRate)), after, {
        what: "after the step: parameters",
        hint: "W − learningRate · dW, for all five.",
      });
  });

  it("leaves what it is given as it was", async () => {
    const hint = "scale and add change the matrix they are called on: copy() first.";
    for (const { grads, clipped, maxNorm, parameters, learningRate, after } of cases) {
      const measuring = await code.inspect("globalNorm", grads);
      unchanged(measuring.args[0], grads, { what: "the gradient given to globalNorm", hint });
      close(measuring.value, norm(grads), { what: "the norm of five matrices" });
      const clipping = await code.inspect("clipByGlobalNorm", grads, maxNorm);
      unchanged(clipping.args[0], grads, { what: "the argument grads", hint });
      close(gradientsOf(clipping.value), clipped, { what: "grads", rtol: 1e-5 });
      const step = await code.inspect("updateParameters", parameters, clipped, learningRate);
      unchanged(step.args[0], parameters, { what: "the argument parameters", hint });
      unchanged(step.args[1], clipped, { what: "the argument grads", hint });
      close(parametersOf(step.value), after, { what: "parameters" });
    }
  });

  it("trains: with your code of all steps the loss falls as PyTorch's does", async () => {
    const { losses: expected, lastLoss, ...task } = training;
    const losses: number[] = await code.drive("losses", task);
    const hint = "This test joins all your steps so far: one-hot, cell-step, sequence, loss, bptt and clip.";
    const what = `beside PyTorch: the loss before step`;
    close(losses.slice(0, expected.length), expected, { what, hint, rtol: 1e-5 });
    atMost(losses.at(-1), 2 * lastLoss, { what: `the loss after ${losses.length} steps`, hint });
  });
});
