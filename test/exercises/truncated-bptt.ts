/**
 * The judge's tests of "truncated-bptt": PyTorch's gradients with `detach`, finite differences with the states at the cuts
 * held fixed, and what must hold for any network.
 */
import { RandomState } from "../../lib/dist/random";
import { close, holds, matrix, same, shape, unchanged } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import type { Case } from "./truncated-bptt.drive";
import expected from "./truncated-bptt.expected.json";

type Rows = number[][];
const names = ["Wxh", "Whh", "Why", "bh", "by"] as const;
const asMatrix = (rows: Rows) => matrix(rows.length, rows[0].length, rows.flat());

/** A network, inputs and targets drawn from a seed, with H ≠ V ≠ D. */
function randomCase(seed: number, D: number, H: number, V: number, T: number): Case {
  const random = new RandomState(seed);
  const rows = (n: number, m: number): Rows =>
    Array.from({ length: n }, () => Array.from(random.randn(m), (x) => 0.6 * x));
  return {
    weights: { Wxh: rows(H, D), Whh: rows(H, H), Why: rows(V, H), bh: rows(H, 1), by: rows(V, 1) },
    inputs: Array.from({ length: T }, () => rows(D, 1)),
    targets: Array.from(random.randint(0, V, T)),
    h0: rows(H, 1),
  };
}

/** One step in plain numbers: the state after it, and the loss of its target. */
function step({ Wxh, Whh, Why, bh, by }: Case["weights"], x: Rows, h: number[], target: number) {
  const dot = (row: number[], v: readonly number[]) => row.reduce((sum, w, j) => sum + w * v[j], 0);
  const input = x.map(([value]) => value);
  const next = Wxh.map((row, i) => Math.tanh(dot(row, input) + dot(Whh[i], h) + bh[i][0]));
  const y = Why.map((row, i) => dot(row, next) + by[i][0]);
  const loss = Math.log(y.reduce((sum, yi) => sum + Math.exp(yi), 0)) - y[target];
  return { h: next, loss };
}

/** The states before each step. */
function statesOf({ weights, inputs, targets, h0 }: Case): number[][] {
  const states = [h0.map(([value]) => value)];
  inputs.forEach((x, t) => states.push(step(weights, x, states[t], targets[t]).h));
  return states;
}

/** The mean loss where every k-th step begins with a fixed state: its gradient is the truncated one. */
function lossWithCuts({ weights, inputs, targets }: Case, k: number, fixed: number[][]): number {
  let h = fixed[0];
  let sum = 0;
  inputs.forEach((x, t) => {
    const after = step(weights, x, t % k === 0 ? fixed[t] : h, targets[t]);
    h = after.h;
    sum += after.loss;
  });
  return sum / inputs.length;
}

describe("truncated-bptt", () => {
  const code = learner("truncated-bptt");

  /** Compares named gradients, those of the output first: they need no way back through time. */
  function compareGrads(got: unknown, want: Record<string, Rows>, what: string, hint: string, atol = 1e-9) {
    for (const name of ["dby", "dWhy", "dbh", "dWxh", "dWhh"]) {
      holds(Object.hasOwn(Object(got), name), `${what}: there is no grads.${name}`);
      close((got as Record<string, unknown>)[name], asMatrix(want[name]), {
        what: `grads.${name} (${what})`,
        hint,
        atol,
      });
    }
  }

  it("equals full backpropagation when k is at least T", async () => {
    for (const { passes, ...data } of expected.cases) {
      const T = data.inputs.length;
      for (const { k, grads } of passes.filter(({ k }) => k >= T)) {
        const got = Object(await code.drive("pass", data, k));
        compareGrads(
          got.grads,
          grads,
          `T = ${T}, k = ${k}`,
          "With k ≥ T nothing is cut: compare with VanillaRNN.backward, line by line.",
        );
      }
    }
  });

  it("equals PyTorch with detach before every k-th step", async () => {
    const hint = "Steps count from 0; nothing flows from step t to step t − 1 if t is a multiple of k.";
    for (const { passes, ...data } of expected.cases) {
      const T = data.inputs.length;
      for (const { k, grads } of passes.filter(({ k }) => k < T)) {
        const got = Object(await code.drive("pass", data, k));
        compareGrads(got.grads, grads, `T = ${T}, k = ${k}`, hint);
      }
    }
  });

  it("equals finite differences with the states at the cuts held fixed", async () => {
    const hint = "The gradient of a loss whose pieces each begin with a state that does not move.";
    for (const [seed, D, H, V, T, k] of [
      [1, 2, 3, 4, 5, 2],
      [2, 4, 2, 3, 6, 4],
      [3, 1, 4, 2, 3, 1],
    ]) {
      // prettier-ignore
      const data = randomCase(seed, D, H, V, T);
      const fixed = statesOf(data);
      const slopes: Record<string, Rows> = {};
      for (const name of names) {
        slopes[`d${name}`] = data.weights[name].map((row, i) =>
          row.map((value, j) => {
            const at = (x: number) => {
              const moved = structuredClone(data);
              moved.weights[name][i][j] = x;
              return lossWithCuts(moved, k, fixed);
            };
            return (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
          }),
        );
      }
      const got = Object(await code.drive("pass", data, k));
      compareGrads(got.grads, slopes, `T = ${T}, k = ${k}`, hint, 1e-7);
    }
  });

  it("carries the state over the cuts: loss and last state do not depend on k", async () => {
    const hint = "Only the way back is cut. Forwards, each step goes on from the state before it.";
    for (const { passes, ...data } of expected.cases) {
      for (const { k, loss, h } of passes) {
        const got = Object(await code.drive("pass", data, k));
        close(got.loss, loss, { what: `the loss with k = ${k}`, hint });
        close(got.h, asMatrix(h), { what: `h with k = ${k}`, hint });
      }
    }
    const data = randomCase(4, 3, 2, 4, 5);
    const zero = { ...data, h0: data.h0.map(() => [0]) };
    close(Object(await code.drive("passFromZero", data, 2)).loss, lossWithCuts(zero, 9, statesOf(zero)), {
      what: "the loss without h0",
      hint: "Without h0 the first state is zero.",
    });
  });

  it("leaves the network, the inputs and the state as they were", async () => {
    const data = randomCase(5, 3, 4, 2, 6);
    const { first, second, weights, inputs, targets, h0 } = await code.drive("twice", data, 2);
    const hint = "`add`, `scale`, `map` and `addProduct` change the matrix they are called on: work on a `copy()`.";
    close(Object(first).loss, lossWithCuts(data, 2, statesOf(data)), { what: "the loss" });
    for (const name of names)
      same(weights[name], asMatrix(data.weights[name]), { what: `rnn.${name} after the call`, hint });
    data.inputs.forEach((x, t) => same(inputs[t], asMatrix(x), { what: `inputs[${t}] after the call`, hint }));
    same(targets, data.targets, { what: "targets after the call" });
    same(h0, asMatrix(data.h0), { what: "h0 after the call", hint });
    same(second, first, { what: "a second call with the same arguments" });
  });

  it("trains on a stream piece by piece, as PyTorch does", async () => {
    for (const { losses, h, trained: wanted, ...data } of expected.streams) {
      const { T, k } = { T: data.inputs.length, k: data.k };
      const { result, trained, inputs, targets, h0 } = await code.drive("stream", data);
      const hint = `${T} steps in pieces of ${k}: the state goes on, the weights change after each piece.`;
      shape(Object(result).losses, [Math.ceil(T / k)], { what: "losses", hint });
      close(result.losses, losses, { what: "losses", hint });
      close(result.h, asMatrix(h), { what: "h, the state after the last step", hint });
      for (const name of names) {
        close(trained[name], asMatrix(wanted[name]), { what: `rnn.${name} after the training`, hint });
      }
      const copy =
        "The stream is the caller's: cut pieces with `slice`, which copies; `splice` and `shift` take them out.";
      unchanged(inputs, data.inputs.map(asMatrix), { what: "the list of inputs", hint: copy });
      unchanged(targets, data.targets, { what: "the list of targets", hint: copy });
      unchanged(h0, asMatrix(data.h0), { what: "h0", hint: "Work on a `copy()` of it." });
    }
  });

  it("learns a stream that comes round", async () => {
    const losses = await code.drive("cycle", 4, 1200, 5);
    shape(losses, [240], { what: "losses", hint: "One for each piece of 5 steps." });
    const last = losses[losses.length - 1];
    holds(
      last < 0.1,
      `the last loss is ${last.toFixed(3)}, and was ${losses[0].toFixed(3)} at first: expected less than 0.1`,
      {
        hint: "Is rnn.updateParameters called after each piece, with its gradients?",
      },
    );
  });
});
