import { learner } from "../../scripts/grade/learner.mjs";
import { close, finite, matrix, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { fields } from "./support/fields";
import { column, randomMatrix, withMatrices } from "./support/matrices";
import expectedJson from "./lstm-step.expected.json";

const { cases, sequence } = withMatrices(expectedJson);
const zeros = (rows: number, cols = 1) => matrix(rows, cols, new Float64Array(rows * cols));
const sizes = ({ x, hPrev }: (typeof cases)[number]) => `with D = ${x.rows}, H = ${hPrev.rows}`;

describe("lstm-step", () => {
  const code = learner("lstm-step");

  it("computes the examples of its comments", async () => {
    close(await code.call("sigmoid", column(0, Math.log(3))), column(0.5, 0.75), {
      what: "sigmoid([0, ln 3])",
      hint: "1 / (1 + 1) and 1 / (1 + 1/3).",
    });
    const bias = column(0, Math.log(3), 1, 0);
    const parameters = { weight_ih: zeros(4), weight_hh: zeros(4), bias_ih: bias, bias_hh: bias };
    const gates = fields(
      await code.call("lstmGates", column(1), column(1), parameters),
      ["i", "f", "g", "o"],
      "the result of lstmGates",
    );
    const hint = "The two biases add up; the blocks are i, f, g, o in this order, and g alone goes through tanh.";
    close(gates, { i: column(0.5), f: column(0.9), g: column(Math.tanh(2)), o: column(0.5) }, { what: "gates", hint });
    const got = fields(
      await code.call("lstmStep", column(1), column(1), column(1), parameters),
      ["h", "c"],
      "the result of lstmStep",
    );
    const c = 0.9 + 0.5 * Math.tanh(2);
    close(
      got,
      { h: column(0.5 * Math.tanh(c)), c: column(c) },
      {
        what: "result",
        hint: "c = f · cPrev + i · g = 1.382, then h = o · tanh(c) = 0.441.",
      },
    );
  });

  it("has a sigmoid that is safe for any number", async () => {
    const z = column(-1000, -2, 0, 2, 1000);
    const { value, args } = await code.inspect("sigmoid", z);
    const hint = "1 / (1 + exp(−z)) needs no special case; exp(z) / (1 + exp(z)) is Infinity / Infinity for large z.";
    finite(value, { what: "sigmoid([−1000, −2, 0, 2, 1000])", hint });
    close(value, column(0, 1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-2)), 1), {
      what: "sigmoid([−1000, −2, 0, 2, 1000])",
      hint,
    });
    unchanged(args[0], z, { what: "z", hint: "map changes the matrix it is called on: copy() first." });
  });

  it("has the gates of PyTorch's LSTMCell", async () => {
    const hints = {
      i: "Rows 0 … H − 1 of weight_ih x + bias_ih + weight_hh hPrev + bias_hh, through sigmoid.",
      f: "Rows H … 2H − 1, through sigmoid.",
      g: "Rows 2H … 3H − 1: the candidate is a value, not a share, so tanh and not sigmoid.",
      o: "Rows 3H … 4H − 1, through sigmoid: the last block.",
    };
    for (const item of cases) {
      const gates = fields(
        await code.call("lstmGates", item.x, item.hPrev, item.parameters),
        ["i", "f", "g", "o"],
        "the result of lstmGates",
      );
      for (const name of ["i", "f", "g", "o"] as const)
        close(gates[name], item.gates[name], { what: `${sizes(item)}: ${name}`, hint: hints[name] });
    }
  });

  it("adds both biases", async () => {
    const random = new RandomState(1);
    const [D, H] = [3, 2];
    const parameters = {
      weight_ih: zeros(4 * H, D),
      weight_hh: zeros(4 * H, H),
      bias_ih: zeros(4 * H),
      bias_hh: zeros(4 * H),
    };
    for (const name of ["bias_ih", "bias_hh"]) {
      const bias = randomMatrix(random, 4 * H, 1);
      const gates = fields(
        await code.call("lstmGates", column(1, 2, 3), column(4, 5), { ...parameters, [name]: bias }),
        ["i", "f", "g", "o"],
        "the result of lstmGates",
      );
      const f = column(...Array.from(bias.data.subarray(H, 2 * H), (z) => 1 / (1 + Math.exp(-z))));
      close(gates.f, f, {
        what: `where everything but ${name} is 0: f`,
        hint: "PyTorch has two biases; both belong into the sum.",
      });
    }
  });

  it("gives the cell state of PyTorch's LSTMCell", async () => {
    for (const item of cases) {
      const { c } = fields(
        await code.call("lstmStep", item.x, item.hPrev, item.cPrev, item.parameters),
        ["h", "c"],
        "the result of lstmStep",
      );
      close(c, item.c, {
        what: `${sizes(item)}: c`,
        hint: "c = f ⊙ cPrev + i ⊙ g: f keeps some of the old, i lets in some of the new.",
      });
    }
  });

  it("gives the hidden state of PyTorch's LSTMCell", async () => {
    for (const item of cases) {
      const { h } = fields(
        await code.call("lstmStep", item.x, item.hPrev, item.cPrev, item.parameters),
        ["h", "c"],
        "the result of lstmStep",
      );
      close(h, item.h, { what: `${sizes(item)}: h`, hint: "h = o ⊙ tanh(c), with the new c." });
    }
  });

  it("keeps what it knows for 100 steps while the forget gate is open and the input gate shut", async () => {
    const random = new RandomState(2);
    const [D, H] = [2, 3];
    const gate = (z: number) => new Array<number>(H).fill(z);
    const parameters = {
      weight_ih: zeros(4 * H, D),
      weight_hh: zeros(4 * H, H),
      bias_ih: column(...gate(-100), ...gate(100), ...gate(1), ...gate(0)), // i shut, f open, g something, o half open
      bias_hh: zeros(4 * H),
    };
    const c0 = column(-2, 0.5, 3);
    const inputs = Array.from({ length: 100 }, () => randomMatrix(random, D, 1));
    const got = await code.drive("run", inputs, zeros(H), c0, parameters);
    close(got.lastCell, c0, {
      what: "after 100 steps with f = 1 and i = 0: c",
      hint: "1 · cPrev + 0 · g: nothing else may touch the cell state; this is why an LSTM remembers.",
    });
  });

  it("equals PyTorch's LSTM over 20 steps", async () => {
    const { inputs, parameters, hiddenStates, lastCell } = sequence;
    const H = hiddenStates[0]!.rows;
    const got = await code.drive("run", inputs, zeros(H), zeros(H), parameters);
    const hint =
      "Each step starts from the h and the c of the step before: is `h` the hidden state and `c` the cell state?";
    close(got.hiddenStates, hiddenStates, { what: "over 20 steps: hiddenStates", hint });
    close(got.lastCell, lastCell, { what: "after 20 steps: c", hint });
  });

  it("leaves its arguments as they were, so that a second call gives the same", async () => {
    const hint =
      "map, add, addProduct and tanh change the matrix they are called on, and subarray shares its numbers: copy() first.";
    for (const { x, hPrev, cPrev, parameters, h, c } of cases) {
      const gating = await code.inspect("lstmGates", x, hPrev, parameters);
      for (const [i, before] of [x, hPrev].entries())
        unchanged(gating.args[i], before, { what: `${["x", "hPrev"][i]} of lstmGates`, hint });
      for (const [name, before] of Object.entries(parameters))
        unchanged(gating.args[2][name], before, { what: `${name} of lstmGates`, hint });
      const { value, args } = await code.inspect("lstmStep", x, hPrev, cPrev, parameters);
      for (const [i, before] of [x, hPrev, cPrev].entries())
        unchanged(args[i], before, { what: ["x", "hPrev", "cPrev"][i]!, hint });
      for (const [name, before] of Object.entries(parameters)) unchanged(args[3][name], before, { what: name, hint });
      same(await code.call("lstmStep", x, hPrev, cPrev, parameters), value, {
        what: "on a second call: the result",
        hint,
      });
      close(fields(value, ["h", "c"], "the result of lstmStep"), { h, c }, { what: "the result" });
    }
  });
});
