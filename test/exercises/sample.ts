import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, close, finite, isProbability, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { column, randomMatrix, withMatrices } from "./support/matrices";
import { throwsRangeError } from "./support/throws";
import clip from "./clip.expected.json";
import expectedJson from "./sample.expected.json";

const { softmax, draws, generated } = withMatrices(expectedJson);

describe("sample", () => {
  const code = learner("sample");

  it("computes the examples of its comments", async () => {
    const y = column(0, Math.log(3));
    const hint = "Divide the scores by the temperature first, then softmax: 3 to 1 becomes 3^(1/τ) to 1.";
    close(await code.call("probabilities", y, 1), column(0.25, 0.75), { what: "probabilities([0, ln 3], 1)", hint });
    close(await code.call("probabilities", y, 0.5), column(0.1, 0.9), { what: "probabilities([0, ln 3], 0.5)", hint });
    const p = column(0.2, 0.5, 0.3);
    for (const [u, index] of [
      [0.1, 0],
      [0.2, 1],
      [0.69, 1],
      [0.7, 2],
    ] as const)
      same(await code.call("draw", p, u), index, {
        what: `draw([0.2, 0.5, 0.3], ${u})`,
        hint: "The first index whose sum of probabilities so far, its own included, is above u: 0.2, 0.7, 1.",
      });
  });

  it("gives PyTorch's softmax(y / temperature)", async () => {
    for (const { y, temperature, p } of softmax)
      close(await code.call("probabilities", y, temperature), p, {
        what: `at temperature ${temperature}: the probability`,
        hint: "y / temperature inside the exp; after it, it would only be undone by dividing by the sum.",
      });
  });

  it("survives a tiny temperature", async () => {
    const random = new RandomState(1);
    for (const V of [1, 2, 30]) {
      const y = randomMatrix(random, V, 1, 50);
      const what = `probabilities(y, 0.001) for V = ${V}`;
      const hint = "exp(50 / 0.001) is Infinity: take the largest score away before dividing.";
      const { value: p, args } = await code.inspect("probabilities", y, 0.001);
      finite(p, { what, hint });
      isProbability(p, { what, hint });
      const likeliest = y.data.indexOf(Math.max(...y.data));
      close(p, column(...Array.from(y.data, (_, i) => Number(i === likeliest))), { what, hint });
      unchanged(args[0], y, { what: "y", hint: "map and scale change the matrix they are called on: copy() first." });
    }
  });

  it("refuses a temperature of 0 or below", async () => {
    close(await code.call("probabilities", column(2, 2), 3), column(0.5, 0.5), { what: "probabilities([2, 2], 3)" });
    for (const temperature of [0, -1, NaN])
      await throwsRangeError(code.call("probabilities", column(1, 2), temperature), {
        what: `the temperature ${temperature}`,
        hint: "`if (!(temperature > 0)) throw new RangeError(…)` catches NaN, too; `temperature <= 0` does not.",
      });
  });

  it("draws what NumPy's choice draws", async () => {
    for (const { p, u, drawn } of draws)
      same(await code.drive("drawAll", p, u), drawn, {
        what: `from ${p.rows} probabilities, with 200 numbers u in turn: draw`,
        hint: "The first index i with p₀ + … + pᵢ > u.",
      });
  });

  it("finds a piece for every u, and never draws what has no chance", async () => {
    const almostOne = 1 - 2 ** -53; // the largest u there is
    const tenths = column(...new Array<number>(10).fill(0.1));
    same(await code.call("draw", tenths, almostOne), 9, {
      what: "draw(ten times 0.1, the largest u below 1)",
      hint: "The ten add up to 0.9999999999999999 here, which is not above u: divide the sums by the total.",
    });
    same(await code.call("draw", column(...tenths.data, 0), almostOne), 9, {
      what: "draw(ten times 0.1 and a 0, the largest u below 1)",
      hint: "The last one has no chance: divide the sums by the total, and u finds its piece.",
    });
    same(await code.call("draw", column(0, 0.5, 0.5), 0), 1, {
      what: "draw([0, 0.5, 0.5], 0)",
      hint: "Above u, not at least u: the first piece has no width, and 0 has to pass it by.",
    });
    same(await code.call("draw", column(0.5, 0.5, 0), almostOne), 1, {
      what: "draw([0.5, 0.5, 0], the largest u below 1)",
      hint: "The last piece has no width.",
    });
    const { value, args } = await code.inspect("draw", tenths, 0.35);
    same(value, 3, { what: "draw(ten times 0.1, 0.35)" });
    unchanged(args[0], tenths, { what: "p", hint: "scale changes the matrix it is called on: divide the sums." });
    same(await code.call("draw", column(1), 0.3), 0, { what: "draw([1], 0.3)", hint: "There is only one." });
  });

  it("draws each index as often as its probability says", async () => {
    const p = column(0.1, 0.4, 0.05, 0.25, 0.2);
    const n = 4000;
    const drawn: number[] = await code.drive("drawAll", p, new RandomState(5).random(n));
    const counts = Array.from(p.data, (_, i) => drawn.filter((index) => index === i).length);
    same(
      counts.reduce((sum, count) => sum + count, 0),
      n,
      { what: `how many of ${n} draws are an index from 0 to 4`, hint: "An index is a whole number from 0 to V − 1." },
    );
    const chiSquare = counts.reduce((sum, count, i) => sum + (count - n * p.data[i]!) ** 2 / (n * p.data[i]!), 0);
    atMost(chiSquare, 18.5, {
      // one in a thousand of 4 degrees of freedom
      what: `χ² of the counts ${counts.join(", ")} where ${Array.from(p.data, (pi) => Math.round(n * pi)).join(", ")} are expected`,
      hint: "A draw takes the likeliest often, not always.",
    });
  });

  it("writes what NumPy writes", async () => {
    for (const { numbers, ...task } of generated)
      same(await code.drive("write", task), numbers, {
        what: `after [${task.start.join(", ")}] at temperature ${task.temperature}: number`,
        hint: "Each new number is drawn from the scores after everything before it, with one new u for each.",
      });
  });

  it("reads each number once, its own included, and carries the state along", async () => {
    for (const [start, length] of [
      [[2], 4],
      [[3, 1, 4, 1, 5], 3],
      [[6, 6], 1],
    ] as const) {
      const got = await code.drive("trace", start, length);
      const numbers: number[] = [...start];
      while (numbers.length < start.length + length) numbers.push((numbers.at(-1)! + 1) % 7);
      const after = `after [${start.join(", ")}] with length ${length}`;
      same(got.numbers, numbers, {
        what: `${after}, from a model that always counts on: number`,
        hint: "The result is the seed and then what was drawn, and each drawn number is the next input.",
      });
      const read = numbers.slice(0, got.read.length >= numbers.length ? numbers.length : -1); // the last one may be read
      same(got.read, read, {
        what: `${after}: the input of step`,
        hint: "Each number once, in order: the state remembers the rest.",
      });
      const states = [8];
      for (const number of read.slice(0, -1)) states.push((10 * states.at(-1)! + number) % 1e9);
      same(got.states, states, {
        what: `${after}: the state given to step`,
        hint: "h0 first, then the h that came back from the step before.",
      });
      same(got.draws, length, {
        what: `${after}: the number of calls of random()`,
        hint: "Once for each new number, not for those of the seed.",
      });
      unchanged(got.start, [...start], { what: "the seed", hint: "push changes an array: copy it with [...seed]." });
    }
    const none = await code.drive("trace", [1, 2], 0);
    same(none.numbers, [1, 2], { what: "what comes back with length 0", hint: "The seed alone: nothing is drawn." });
    same(none.draws, 0, { what: "the number of calls of random() with length 0" });
  });

  it("writes the text it was trained on, with your code of all steps", async () => {
    const { text, hiddenSize, steps, learningRate, maxNorm, seed } = clip.training;
    const task = { text, hiddenSize, steps, learningRate, maxNorm, seed };
    const got = await code.drive("trainAndWrite", task, { temperature: 0.25, seed: 1 });
    same(got.text, text, {
      what: `what the network writes after ${steps} steps`,
      hint: "This test joins all seven of your steps: a character RNN from nothing.",
    });
  });
});
