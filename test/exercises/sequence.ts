import { learner } from "../../scripts/grade/learner.mjs";
import { close, different, same, unchanged } from "../../scripts/grade/expect.mjs";
import { RandomState } from "../../lib/src/random";
import { fields } from "./support/fields";
import { column, randomMatrix, randomParameters, withMatrices, type PlainMatrix } from "./support/matrices";
import expectedJson from "./sequence.expected.json";

const { cases } = withMatrices(expectedJson);

/** The two parts of a result: lists of columns. */
function parts(got: unknown): Record<"outputs" | "hiddenStates", PlainMatrix[]> {
  return fields(got, ["outputs", "hiddenStates"], "the result of unroll");
}

/** The numbers of a list of [1, 1] matrices. */
const numbers = (list: PlainMatrix[]) => list.map(({ data }) => data[0]);

describe("sequence", () => {
  const code = learner("sequence");
  const columns = (...values: number[]) => values.map((value) => column(value));

  it("computes the example of its comment", async () => {
    const { result } = await code.drive("trace", columns(1, 2, 3), column(0));
    const { outputs, hiddenStates } = parts(result);
    const hint = "Each step gets the state of the step before: 1, then 2 + 10 · 1, then 3 + 10 · 12.";
    close(hiddenStates, columns(1, 12, 123), { what: "for the inputs 1, 2, 3: hiddenStates", hint });
    close(outputs, columns(-1, -12, -123), { what: "for the inputs 1, 2, 3: outputs", hint });
  });

  it("calls the step once for each input, in order, with the state of the step before", async () => {
    for (const values of [[5], [3, 1, 4, 1, 5], [2, 7, 1, 8, 2, 8, 1, 8]]) {
      const { calls } = await code.drive("trace", columns(...values), column(9));
      const T = values.length;
      same(numbers(calls.map(({ x }: { x: PlainMatrix }) => x)), values, {
        what: `with T = ${T}: the input of step`,
        hint: "One call for each input, from the first to the last.",
      });
      const states = [9]; // h0, then h after each step but the last
      for (const value of values.slice(0, -1)) states.push(value + 10 * states.at(-1)!);
      same(numbers(calls.map(({ hPrev }: { hPrev: PlainMatrix }) => hPrev)), states, {
        what: `with T = ${T}: the state given to step`,
        hint: "The first step starts from h0, each later one from the h that the step before has returned.",
      });
    }
  });

  it("equals PyTorch's RNN", async () => {
    for (const { inputs, h0, parameters, ...expected } of cases) {
      const got = parts(await code.drive("withLibraryCell", inputs, h0, parameters));
      const hint = "T outputs and T hidden states, h₁ first; h0 is not among them.";
      close(got.hiddenStates, expected.hiddenStates, { what: `with T = ${inputs.length}: hiddenStates`, hint });
      close(got.outputs, expected.outputs, { what: `with T = ${inputs.length}: outputs`, hint });
    }
  });

  it("lets the first input reach the last output", async () => {
    const random = new RandomState(1);
    const parameters = randomParameters(random, [2, 6, 3]);
    const inputs = Array.from({ length: 5 }, () => randomMatrix(random, 2, 1));
    const h0 = column(0, 0, 0, 0, 0, 0);
    const usual = parts(await code.drive("withLibraryCell", inputs, h0, parameters));
    const changed = parts(await code.drive("withLibraryCell", [column(3, -3), ...inputs.slice(1)], h0, parameters));
    same(usual.outputs.length, 5, { what: "the number of outputs of 5 inputs" });
    different(usual.outputs.at(-1), changed.outputs.at(-1), {
      what: "the last outputs for two different first inputs",
      hint: "Is the state handed on from step to step? Otherwise the network has no memory.",
    });
  });

  it("goes on where it stopped: two halves make the whole", async () => {
    const random = new RandomState(2);
    const parameters = randomParameters(random, [3, 4, 2]);
    const inputs = Array.from({ length: 7 }, () => randomMatrix(random, 3, 1));
    const h0 = randomMatrix(random, 4, 1, 0.5);
    const whole = parts(await code.drive("withLibraryCell", inputs, h0, parameters));
    const first = parts(await code.drive("withLibraryCell", inputs.slice(0, 3), h0, parameters));
    same(first.hiddenStates.length, 3, { what: "the number of hidden states of 3 inputs" });
    const second = parts(await code.drive("withLibraryCell", inputs.slice(3), first.hiddenStates[2], parameters));
    close([...first.outputs, ...second.outputs], whole.outputs, {
      what: "steps 1–3, then steps 4–7 from the state after step 3: outputs",
      hint: "The first step has to start from the h0 it is given, not from zeros.",
    });
  });

  it("leaves the inputs and h0 as they were", async () => {
    const inputs = columns(3, 1, 4);
    const got = await code.drive("trace", inputs, column(2));
    const hint = "`hPrev = h` lets a name point to the new state; it copies nothing into h0.";
    unchanged(got.h0, column(2), { what: "h0", hint });
    unchanged(got.inputs, inputs, { what: "the list of inputs", hint });
    close(
      parts(got.result),
      { outputs: columns(-23, -231, -2314), hiddenStates: columns(23, 231, 2314) },
      { what: "result" },
    );
  });

  it("runs your own cell over a sequence", async () => {
    for (const { inputs, h0, parameters, ...expected } of cases) {
      const got = parts(await code.drive("withOwnCell", inputs, h0, parameters));
      const hint = "This test joins your `unroll` with your `cellStep`.";
      close(got.outputs, expected.outputs, { what: `with your cell and T = ${inputs.length}: outputs`, hint });
      close(got.hiddenStates, expected.hiddenStates, {
        what: `with your cell and T = ${inputs.length}: hiddenStates`,
        hint,
      });
    }
  });
});
