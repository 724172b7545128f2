import { learner } from "../../scripts/grade/learner.mjs";
import { between, close, different, matrix, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { fields } from "./support/fields";
import { column, randomMatrix, randomParameters, withMatrices, type PlainMatrix } from "./support/matrices";
import expectedJson from "./cell-step.expected.json";

const { cases } = withMatrices(expectedJson);
const shapes = [
  [3, 4, 5],
  [1, 1, 1],
  [6, 2, 3],
  [4, 4, 4],
] as const;

/** A cell of the shape, one input and one state. */
function example(random: RandomState, shape: readonly [number, number, number]) {
  const [D, H] = shape;
  const parameters = randomParameters(random, shape);
  return { x: randomMatrix(random, D, 1), hPrev: randomMatrix(random, H, 1, 0.5), parameters };
}

const sizes = ({ x, parameters: { Why } }: ReturnType<typeof example>) =>
  `D = ${x.rows}, H = ${Why.cols}, V = ${Why.rows}`;

/** The two parts of a result. */
const parts = (got: unknown) => fields(got, ["h", "y"], "the result of cellStep");

describe("cell-step", () => {
  const code = learner("cell-step");

  it("computes the example of its comment", async () => {
    const parameters = { Wxh: column(1), Whh: column(0.5), Why: column(2), bh: column(0.1), by: column(-1) };
    const { h, y } = parts(await code.call("cellStep", column(0.4), column(0.6), parameters));
    const hint = "The comment above the function does this sum by hand.";
    close(h, column(Math.tanh(0.8)), { what: "h", hint });
    close(y, column(2 * Math.tanh(0.8) - 1), { what: "y", hint });
  });

  it("gives the hidden state of PyTorch's RNN", async () => {
    for (const item of cases) {
      const { h } = parts(await code.call("cellStep", item.x, item.hPrev, item.parameters));
      close(h, item.h, {
        what: `with ${sizes(item)}: h`,
        hint: "h = tanh(Wxh x + Whh hPrev + bh): is one of the three missing?",
      });
    }
  });

  it("gives the scores of PyTorch's Linear", async () => {
    for (const item of cases) {
      const { y } = parts(await code.call("cellStep", item.x, item.hPrev, item.parameters));
      close(y, item.y, { what: `with ${sizes(item)}: y`, hint: "y = Why h + by, with the new h, the one after tanh." });
    }
  });

  it("adds both biases", async () => {
    const random = new RandomState(1);
    for (const [D, H, V] of shapes) {
      const zeros = (rows: number, cols: number) => matrix(rows, cols, new Float64Array(rows * cols));
      const parameters = {
        ...randomParameters(random, [D, H, V]),
        Wxh: zeros(H, D),
        Whh: zeros(H, H),
        Why: zeros(V, H),
      };
      const { h, y } = parts(
        await code.call("cellStep", randomMatrix(random, D, 1), randomMatrix(random, H, 1), parameters),
      );
      const tanh = matrix(H, 1, parameters.bh.data.map(Math.tanh));
      close(h, tanh, { what: "where all weights are 0: h", hint: "What is left is h = tanh(bh)." });
      close(y, parameters.by, { what: "where all weights are 0: y", hint: "What is left is y = by." });
    }
  });

  it("depends on what it reads and on what it remembers", async () => {
    const { x, hPrev, parameters } = example(new RandomState(2), [3, 4, 5]);
    const usual = parts(await code.call("cellStep", x, hPrev, parameters));
    const otherInput = parts(await code.call("cellStep", column(0, 0, 1), hPrev, parameters));
    const otherMemory = parts(await code.call("cellStep", x, column(0, 0, 0, 0), parameters));
    different(usual.h, otherInput.h, { what: "h for two inputs", hint: "Wxh x belongs into the sum." });
    different(usual.h, otherMemory.h, {
      what: "h for two states before it",
      hint: "Without Whh hPrev the network is not recurrent: it forgets everything at every step.",
    });
    different(usual.y, otherMemory.y, { what: "y for two states before it", hint: "y is read off the new h." });
  });

  it("keeps the state between −1 and 1, and the scores free", async () => {
    const parameters = { Wxh: column(30), Whh: column(20), Why: column(7), bh: column(0), by: column(1) };
    const { h, y } = parts(await code.call("cellStep", column(1), column(1), parameters));
    between((h as PlainMatrix).data?.[0], -1, 1, {
      what: "with large weights h",
      hint: "tanh comes last: around the whole sum.",
    });
    close(y, column(8), { what: "where h = 1, Why = 7 and by = 1: y", hint: "No tanh around the scores." });
  });

  it("leaves its arguments as they were, so that a second call gives the same", async () => {
    for (const { x, hPrev, parameters, ...expected } of cases) {
      const { value, args } = await code.inspect("cellStep", x, hPrev, parameters);
      const hint = "add, addProduct, scale and tanh change the matrix they are called on: start with `bh.copy()`.";
      unchanged(args[0], x, { what: "x", hint });
      unchanged(args[1], hPrev, { what: "hPrev", hint });
      for (const name of ["bh", "by", "Wxh", "Whh", "Why"] as const)
        unchanged(args[2][name], parameters[name], { what: name, hint });
      same(await code.call("cellStep", x, hPrev, parameters), value, { what: "on a second call: the result", hint });
      close(parts(value), expected, { what: "the result" });
    }
  });
});
