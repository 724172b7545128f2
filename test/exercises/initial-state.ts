/** The judge's tests of "initial-state": shapes, PyTorch's outputs and gradients, and the losses that the notebook prints. */
import { RandomState } from "../../lib/dist/random";
import { close, holds, same, shape } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import expected from "./initial-state.expected.json";

const shapes = [
  { numLayers: 1, bidirectional: false, hiddenSize: 8, batch: 2 },
  { numLayers: 1, bidirectional: false, hiddenSize: 3, batch: 1 },
  { numLayers: 2, bidirectional: false, hiddenSize: 5, batch: 4 },
  { numLayers: 1, bidirectional: true, hiddenSize: 4, batch: 3 },
  { numLayers: 3, bidirectional: true, hiddenSize: 2, batch: 5 },
];
const inWords = ({ numLayers, bidirectional, hiddenSize, batch }: (typeof shapes)[number]) =>
  `${numLayers} layer${numLayers > 1 ? "s" : ""}${bidirectional ? " in two directions" : ""}, H = ${hiddenSize}, B = ${batch}`;
const flat = (value: number[][][]) => value.flat(2);

/** Tensors hold 32-bit numbers. */
const float32 = { atol: 2e-6, rtol: 1e-4 };

/** A tensor and nested arrays of the same shape and numbers. */
function equalTensor(got: unknown, want: number[][][], what: string, hint: string) {
  shape(got, [want.length, want[0].length, want[0][0].length], { what, hint });
  const data = Object(got).data ?? flat(got as number[][][]);
  close(Array.from(data), flat(want), { what: `${what}, row by row`, hint, ...float32 });
}

describe("initial-state", () => {
  const code = learner("initial-state");

  it("is zeros of the shape [L·D, B, H]", async () => {
    const hint = "The layers (times two where there are two directions) come first, with batchFirst, too.";
    for (const settings of shapes) {
      const { numLayers, bidirectional, hiddenSize, batch } = settings;
      const got = await code.drive("zeros", settings, batch);
      const what = `zeroState for ${inWords(settings)}`;
      shape(got, [numLayers * (bidirectional ? 2 : 1), batch, hiddenSize], { what, hint });
      const largest = Math.max(...Array.from(got.data as Float32Array, Math.abs));
      same(largest, 0, { what: `the largest number of ${what}`, hint: "Nothing has been read: tf.zeros." });
    }
  });

  it("makes the ToyRNN print the notebook's losses", async () => {
    const { losses, state } = Object(await code.drive("toy"));
    holds(!state, `zeroState returned ${state}: expected a tensor [1, 2, 8]`, { hint: "tf.zeros(shape)" });
    const hint = "Notebook 05 prints 0.3404 after 10 epochs and 0.0211 after 50, from states of zeros.";
    close(losses, expected.toy, { what: "the list of losses of 50 epochs", hint, atol: 1e-5, rtol: 1e-4 });
  });

  it("passes a given state on as it is", async () => {
    const hint = "A state of the right shape needs nothing done to it.";
    for (const { x, h0, output, last, ...settings } of expected.given) {
      const got = Object(await code.drive("given", settings, x, h0));
      equalTensor(got.output, output, "the layer's output from a given state", hint);
      equalTensor(got.last, last, "its last state", hint);
    }
  });

  it("continues where another sequence ended", async () => {
    const random = new RandomState(2);
    for (const [numLayers, B, T, cut] of [
      [1, 2, 5, 2],
      [2, 1, 4, 3],
    ]) {
      // prettier-ignore
      const row = () => Array.from({ length: T }, () => Array.from(random.randn(3)));
      const x = Array.from({ length: B }, row);
      const got = await code.drive("halves", { numLayers, bidirectional: false, seed: 6 }, x, cut);
      close(Array.from(got.halves.data), Array.from(got.whole.data), {
        what: `the output over ${cut} and ${T - cut} steps, compared with that over ${T}`,
        hint: "The second half has to start from the very state that it is given.",
        ...float32,
      });
    }
  });

  it("refuses a given state of another shape, and names both", async () => {
    const settings = { numLayers: 2, bidirectional: false, hiddenSize: 4 };
    const wrong = [[3, 2, 4], [2, 1, 4], [1, 3, 4], [2, 3, 5], [2, 3], [6, 4], [4, 3, 2], [2, 3, 4, 1]]; // prettier-ignore
    for (const bad of wrong) {
      const { error, message, shape: returned } = await code.drive("refuse", settings, 3, bad);
      const what = `givenState for [2, 3, 4], given a state [${bad.join(", ")}],`;
      const hint = "Compare every number of the two shapes, and how many there are.";
      holds(error, `${what} returned one of shape [${returned?.join(", ")}]: expected a RangeError`, { hint });
      same(error, "RangeError", { what: `the error of ${what}`, hint: "throw new RangeError(`…`)" });
      for (const part of ["2, 3, 4", bad.join(", ")]) {
        holds(
          message.replace(/\s/g, "").includes(`[${part.replaceAll(" ", "")}]`),
          `${what} threw "${message}": expected both shapes in it, and [${part}] is missing`,
        );
      }
    }
    const { error, message } = await code.drive("refuse", settings, 3, [2, 3, 4]);
    holds(!error, `givenState for [2, 3, 4] refused a state of this very shape: ${message}`);
  });

  it("repeats a learned state for every row of the batch", async () => {
    const random = new RandomState(3);
    for (const settings of shapes) {
      const { numLayers, bidirectional, hiddenSize, batch } = settings;
      const count = numLayers * (bidirectional ? 2 : 1);
      const start = Array.from({ length: count }, () => [Array.from(random.randn(hiddenSize))]);
      const want = start.map(([row]) => Array.from({ length: batch }, () => row));
      const got = await code.drive("repeated", settings, batch, start);
      const hint = "All rows of the batch are equal; two layers are not. Along which axis does it repeat?";
      equalTensor(got, want, `learnedState for ${inWords(settings)}`, hint);
    }
  });

  it("lets the gradient reach the learned state, from every row", async () => {
    for (const { x, start, output, gradient, ...settings } of expected.learned) {
      const got = Object(await code.drive("learned", settings, x, start));
      equalTensor(
        got.output,
        output,
        "the layer's output from a learned state",
        "Is it `start` that comes out, repeated?",
      );
      const [, operation] = /gradient function not found for (\w+)/.exec(String(got.error)) ?? [];
      holds(!operation, `tf has no gradient for ${operation}: use tile, concat or broadcastTo`);
      holds(got.gradient, "no gradient reaches `start`: the result does not come from it by operations of tf", {
        hint: "dataSync, arraySync and tf.tensor(…) cut the way back; tf.tile does not.",
      });
      equalTensor(got.gradient, gradient, "the gradient of `start`", "Each row of the batch adds its part.");
    }
  });
});
