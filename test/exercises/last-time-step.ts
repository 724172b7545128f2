/**
 * The judge's tests of "last-time-step": PyTorch's `out[:, -1, :]` and packed sequences, where the gradient goes, and the
 * losses that the notebook prints.
 */
import { RandomState } from "../../lib/dist/random";
import { close, holds, same, shape } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import expected from "./last-time-step.expected.json";

type Rows = number[][][];
const shapeOf = (out: Rows) => `[${out.length}, ${out[0].length}, ${out[0][0].length}]`;

/** Tensors hold 32-bit numbers. */
const float32 = { atol: 2e-6, rtol: 1e-4 };

function random3d(seed: number, B: number, T: number, H: number): Rows {
  const random = new RandomState(seed);
  return Array.from({ length: B }, () => Array.from({ length: T }, () => Array.from(random.randn(H))));
}

/** A tensor [B, H] with these rows. */
function equalRows(got: unknown, want: number[][], what: string, hint: string) {
  shape(got, [want.length, want[0].length], { what, hint });
  close(Array.from(Object(got).data ?? (got as number[][]).flat()), want.flat(), {
    what: `${what}, row by row`,
    hint,
    ...float32,
  });
}

describe("last-time-step", () => {
  const code = learner("last-time-step");

  it("equals PyTorch's out[:, -1, :]", async () => {
    for (const { out, last } of expected.same.filter(({ out }) => out.length > 1)) {
      const hint = "out is [B, T, H]: keep the first axis, take the last place of the second.";
      equalRows(await code.drive("last", out), last, `lastTimeStep of out ${shapeOf(out)}`, hint);
    }
  });

  it("keeps the batch axis of a batch of one", async () => {
    for (const { out, last } of expected.same.filter(({ out }) => out.length === 1)) {
      const hint = "`squeeze()` drops every axis of length 1, that of the batch, too: `squeeze([1])` or reshape.";
      equalRows(await code.drive("last", out), last, `lastTimeStep of out ${shapeOf(out)}`, hint);
      const lengths = [1];
      equalRows(await code.drive("last", out, lengths), [out[0][0]], `the same with lengths [1]`, hint);
    }
  });

  it("takes the last real step of padded sequences, as PyTorch's packed ones end", async () => {
    for (const { out, lengths, last } of expected.padded) {
      const hint = "A sequence of 3 steps ends at step 2, counted from 0; what follows is padding.";
      const what = `lastTimeStep of out ${shapeOf(out)} with lengths [${lengths.join(", ")}]`;
      equalRows(await code.drive("last", out, lengths), last, what, hint);
    }
  });

  it("does not look at the padding", async () => {
    const out = random3d(1, 3, 5, 2);
    const lengths = [2, 5, 4];
    const filled = out.map((row, b) => row.map((step, t) => (t < lengths[b] ? step : step.map(() => 1e30))));
    const want = lengths.map((length, b) => out[b][length - 1]);
    equalRows(
      await code.drive("last", filled, lengths),
      want,
      "lastTimeStep, the padding being 1e30",
      "Only the real steps count.",
    );
  });

  it("takes full lengths like none", async () => {
    const random = new RandomState(4);
    for (let run = 0; run < 4; run++) {
      const [B, T, H] = [random.randint(1, 5), random.randint(1, 6), random.randint(1, 4)];
      const out = random3d(run, B, T, H);
      const want = out.map((row) => row[T - 1]);
      const hint = "T steps of T are all of them.";
      equalRows(await code.drive("last", out), want, `lastTimeStep of out ${shapeOf(out)}`, hint);
      equalRows(await code.drive("last", out, new Array(B).fill(T)), want, `the same with all lengths ${T}`, hint);
    }
  });

  it("sends the gradient to the last real steps alone", async () => {
    const out = random3d(7, 3, 4, 2);
    for (const lengths of [undefined, [3, 1, 4]]) {
      const want = out.map((row, b) =>
        row.map((step, t) => step.map((x) => (t === (lengths?.[b] ?? 4) - 1 ? 2 * x : 0))),
      );
      const { gradient: got, error } = Object(await code.drive("gradient", out, lengths));
      const [, operation] = /gradient function not found for (\w+)/.exec(String(error)) ?? [];
      holds(!operation, `tf has no gradient for ${operation}: use slice, reshape or gather`);
      holds(got, "no gradient reaches `out`: the result does not come from it by operations of tf", {
        hint: "dataSync, arraySync and tf.tensor(…) cut the way back; slice, reshape and gather do not.",
      });
      close(Array.from(Object(got).data ?? []), want.flat(2), {
        what: `the gradient of out ${shapeOf(out)}, row by row, ${lengths ? `with lengths [${lengths.join(", ")}]` : "without lengths"}`,
        hint: "Twice the value at the steps that are taken (the loss is a sum of squares), 0 elsewhere.",
        ...float32,
      });
    }
  });

  it("refuses lengths that cannot be", async () => {
    const out = random3d(9, 2, 4, 3);
    equalRows(await code.drive("last", out, [1, 4]), [out[0][0], out[1][3]], "lastTimeStep of out [2, 4, 3] with lengths [1, 4]", "These lengths can be."); // prettier-ignore
    for (const [lengths, why] of [
      [[0, 2], "a sequence of no steps has no last one"],
      [[2, 5], "there are only 4 steps"],
      [[-1, 2], "a length is not negative"],
      [[1.5, 2], "a length is a whole number"],
      [[2], "there are 2 rows"],
      [[1, 2, 3], "there are 2 rows"],
    ] as [number[], string][]) {
      const { error, message, shape: returned } = await code.drive("refuse", [2, 4, 3], lengths);
      const what = `lastTimeStep of out [2, 4, 3] with lengths [${lengths.join(", ")}]`;
      holds(error, `${what} returned a tensor [${returned?.join(", ")}]: expected a RangeError, as ${why}`);
      same(error, "RangeError", { what: `the error of ${what}`, hint: `It was: ${message}` });
    }
  });

  it("makes the ToyRNN print the notebook's losses", async () => {
    const losses = await code.drive("toy");
    const hint = "Notebook 05 prints 0.3404 after 10 epochs and 0.0211 after 50.";
    close(losses, expected.toy, { what: "the list of losses of 50 epochs", hint, atol: 1e-5, rtol: 1e-4 });
  });
});
