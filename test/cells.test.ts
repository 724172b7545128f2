/** RNNCell, LSTMCell, GRUCell and unroll: PyTorch's values and gradients, and the judge of the fast layers. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backend, manualSeed, nn, tf } from "unrolled";
import { close, kinds, makeCell, makeLayer, randn, runCell, runLayer, weighted, type Kind } from "./support/recurrent";

interface Case {
  kind: Kind;
  seed: number;
  bias: boolean;
  shape: [I: number, H: number, B: number];
  results: Record<string, number[]>;
  grads: Record<string, number[]>;
}

const { cases } = JSON.parse(readFileSync(join(__dirname, "fixtures", "recurrent-cells.json"), "utf8")) as {
  cases: Case[];
};

before(() => backend.ready);

describe("recurrent cells", () => {
  for (const { kind, seed, bias, shape, results, grads } of cases) {
    it(`${kind} cell ${bias ? "with" : "without"} bias takes PyTorch's step, with its gradients`, () => {
      const [I, H, B] = shape;
      manualSeed(seed);
      const cell = makeCell(kind, I, H, { bias });
      const count = kind === "lstm" ? 2 : 1;
      const x = randn(B, I);
      const states = Array.from({ length: count }, () => randn(B, H));
      const factors = Array.from({ length: count }, () => randn(B, H));
      const step = (x: tf.Tensor, states: tf.Tensor[]): readonly tf.Tensor[] =>
        cell instanceof nn.LSTMCell ? cell.forward(x, [states[0]!, states[1]!]) : [cell.forward(x, states[0])];
      step(x, states).forEach((state, i) => close("hc"[i]!, state, results["hc"[i]!]!));
      const named = cell.namedParameters();
      const inputs = [x, ...states, ...named.map(([, variable]) => variable)];
      const actual = tf.grads((...[x, ...rest]) => weighted(step(x!, rest.slice(0, count)), factors))(inputs);
      const names = ["x", ..."hc".slice(0, count), ...named.map(([name]) => name)];
      assert.deepEqual([...names].sort(), Object.keys(grads).sort());
      names.forEach((name, i) => close(`gradient of ${name}`, actual[i]!, grads[name]!));
    });
  }

  it("print as PyTorch's", () => {
    assert.equal(String(new nn.RNNCell(3, 2)), "RNNCell(3, 2)");
    const relu = new nn.RNNCell(3, 2, { bias: false, nonlinearity: "relu" });
    assert.equal(String(relu), "RNNCell(3, 2, bias=False, nonlinearity=relu)");
    assert.equal(String(new nn.GRUCell(3, 2, { bias: false })), "GRUCell(3, 2, bias=False)");
  });

  it("say what is wrong with their input", () => {
    const cell = new nn.LSTMCell(3, 2);
    assert.throws(() => cell.forward(tf.zeros([4, 2])), {
      message: "LSTMCell.forward: expected input [B, 3], got [4, 2]",
    });
    assert.throws(() => cell.forward(tf.zeros([4, 3]), [tf.zeros([4, 2]), tf.zeros([1, 2])]), {
      message: "LSTMCell.forward: expected a state [4, 2], got [1, 2]",
    });
    assert.throws(() => nn.unroll(cell, tf.zeros([4, 3])), {
      message: "unroll: expected a sequence [T, B, I] of at least one step, got [4, 3]",
    });
  });
});

describe("unroll", () => {
  /** The parameters of the first layer and direction of a layer stand in a cell under their names without the ending. */
  const shareParameters = (cell: nn.Module, layer: nn.Module) =>
    cell.loadStateDict(
      Object.fromEntries(Object.entries(layer.stateDict()).map(([name, value]) => [name.replace("_l0", ""), value])),
    );

  for (const kind of kinds) {
    for (const [I, H, B, T] of [
      [3, 2, 4, 5],
      [1, 1, 1, 1],
      [5, 7, 1, 3],
      [2, 33, 3, 2],
    ] as const) {
      for (const used of [
        [1, 1, 1],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]) {
        const results = ["output", "hN", "cN"].filter((_, i) => used[i]);
        if (kind !== "lstm" && results[0] === "cN") continue;
        const title = `runs a ${kind} cell to what the fast layer gives: I ${I}, H ${H}, B ${B}, T ${T}, ${results.join(", ")}`;
        it(title, () =>
          tf.tidy(() => {
            manualSeed(21);
            const layer = makeLayer(kind, I, H);
            const cell = makeCell(kind, I, H);
            shareParameters(cell, layer);
            const count = kind === "lstm" ? 2 : 1;
            const x = randn(T, B, I);
            const states = Array.from({ length: count }, () => randn(B, H));
            const factors = [
              [T, B, H],
              [B, H],
              [B, H],
            ].map((shape, i) => (used[i] ? randn(...shape) : null));
            const fast = (x: tf.Tensor, states: tf.Tensor[]) => {
              const [output, ...last] = runLayer(
                layer,
                x,
                states.map((state) => tf.expandDims(state, 0)),
              );
              return [output!, ...last.map((state) => tf.squeeze(state, [0]))];
            };
            const both = [fast, (x: tf.Tensor, states: tf.Tensor[]) => runCell(cell, x, states)].map((run, i) => {
              const parameters = [layer, cell][i]!.parameters();
              const loss = (...[x, ...states]: tf.Tensor[]) => weighted(run(x!, states.slice(0, count)), factors);
              return tf.valueAndGrads(loss)([x, ...states, ...parameters]);
            });
            close("loss", both[0]!.value, both[1]!.value.dataSync(), 1e-5);
            both[0]!.grads.forEach((gradient, i) =>
              close(`gradient ${i}`, gradient, both[1]!.grads[i]!.dataSync(), 1e-5),
            );
          }),
        );
      }
    }
  }
});
