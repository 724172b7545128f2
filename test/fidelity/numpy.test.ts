// The from-scratch half of notebook 02 against NumPy, for the notebook's seed and for two that nothing was made for.
import { strict as assert } from "node:assert";
import { Matrix, RandomState, scratch } from "unrolled";
import fixture from "../fixtures/b-scratch.json";
import { difference, record, type Difference } from "./record";

const { CharRNN, VanillaRNN } = scratch;

/** Replays the notebook's draws from a seed; each part of the fixture is met in its turn. */
function replay(seed: number) {
  const random = new RandomState(seed);
  const rnn = new VanillaRNN(10, 20, 10, { random });
  const inputs = Array.from({ length: 5 }, () => new Matrix(10, 1, random.randn(10, 1)));
  const targets = Array.from({ length: 5 }, () => random.randint(0, 10));
  const loss = rnn.computeLoss(rnn.forward(inputs).outputs, targets);
  const grads = rnn.backward(targets);

  const matrices = scratch.gradientFlowMatrices(10, { random });

  const { text } = fixture;
  const chars = [...new Set(text)].sort();
  const model = new CharRNN(chars, 64, { random });
  const losses: number[] = [];
  const samples: string[] = [];
  for (let i = 1; i <= 1000; i++) {
    const start = random.randint(0, text.length - 25 - 1);
    losses.push(model.trainStep(text.slice(start, start + 25), text.slice(start + 1, start + 26), 0.1));
    if (i % 200 === 0) samples.push(model.generate(random.choice(chars), { length: 50, temperature: 0.8 }));
  }
  const temperatures = [0.5, 0.8, 1, 1.5].map((temperature) => model.generate("t", { temperature }));
  const greedy = model.generate("t", { length: 60, temperature: 0 });
  const initializations = scratch.compareInitializations(100, { random });
  return { targets, loss, grads, matrices, losses, samples, temperatures, greedy, initializations };
}

for (const [seed, expected] of Object.entries(fixture.seeds)) {
  describe(`the from-scratch notebook with seed ${seed}, against NumPy`, () => {
    let actual: ReturnType<typeof replay>;
    before(() => {
      actual = replay(Number(seed));
    });

    /** Asserts that two series agree to 1e-12, and keeps how far apart they are. */
    function agree(
      name: keyof typeof expected.itself,
      what: string,
      ours: readonly ArrayLike<number>[],
      theirs: readonly number[][],
      { floor = 0, texts }: { floor?: number; texts?: readonly [number, number] } = {},
    ) {
      assert.deepEqual(
        ours.map(({ length }) => length),
        theirs.map(({ length }) => length),
      );
      const values = theirs.flat();
      const apart = difference(
        ours.flatMap((one) => Array.from(one)),
        values,
        floor,
      );
      const itself: Record<string, Difference> = expected.itself[name];
      record.series({ notebook: "b", what, seed, values: values.length, ours: apart, itself, texts });
      assert.ok(apart.largest < 1e-12, `${what}: ${apart.largest}`);
    }

    it("VanillaRNN: the loss and every gradient agree to 1e-12", () => {
      const { targets, loss, grads } = expected.vanilla;
      assert.deepEqual(actual.targets, targets);
      assert.ok(Math.abs(actual.loss - loss) < 1e-12);
      const names = Object.keys(grads) as (keyof typeof grads)[];
      const ours = names.map((name) => actual.grads[name].data);
      agree(
        "gradients",
        "gradients of VanillaRNN (3)",
        ours,
        names.map((name) => grads[name]),
        { floor: 1 },
      );
    });

    it("gradient flow: the norms of 50 steps agree to 1e-12", () => {
      const names = Object.keys(expected.flow) as (keyof typeof expected.flow)[];
      for (const name of names) {
        const { norm2, radius } = expected.flow[name];
        assert.ok(Math.abs(scratch.spectralNorm(actual.matrices[name]) / norm2 - 1) < 1e-13, name);
        assert.ok(Math.abs(scratch.spectralRadius(actual.matrices[name]) / radius - 1) < 1e-13, name);
      }
      const ours = names.map((name) => scratch.simulateGradientFlow(actual.matrices[name], 50));
      agree(
        "flow",
        "norms of gradient flow (5)",
        ours,
        names.map((name) => expected.flow[name].norms),
      );
    });

    it("CharRNN: the losses of 1000 steps agree to 1e-12, and every sampled text is the same", () => {
      const written = [...actual.samples, ...actual.temperatures, actual.greedy];
      const theirs = [
        ...expected.char.samples,
        ...expected.char.temperatures.map(([, text]) => text),
        expected.char.greedy,
      ];
      const equal = theirs.filter((text, i) => text === written[i]).length;
      const texts = [equal, theirs.length] as const;
      agree("losses", "losses of CharRNN (7), texts (7, 8)", [actual.losses], [expected.char.losses], { texts });
      assert.deepEqual(written, theirs);
    });

    it("initialisations: singular values and norms agree to 1e-12", () => {
      const { initializations } = expected;
      assert.deepEqual(
        actual.initializations.map(({ name }) => name),
        initializations.map(({ name }) => name),
      );
      actual.initializations.forEach(({ name, maxSingularValue }, i) => {
        assert.ok(Math.abs(maxSingularValue / initializations[i].maxSingularValue - 1) < 1e-12, name);
      });
      const ours = actual.initializations.map(({ gradientNorms }) => gradientNorms);
      const theirs = initializations.map(({ gradientNorms }) => gradientNorms);
      agree("initializations", "norms of four initialisations (15)", ours, theirs);
    });
  });
}
