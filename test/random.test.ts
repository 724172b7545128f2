import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { fmaf } from "../lib/src/random/float32";
import { RandomState, TorchGenerator, defaultGenerator, manualSeed, np } from "unrolled";
import numpyFixture from "./fixtures/numpy-random.json";
import torchFixture from "./fixtures/torch-random.json";

interface Step {
  call: string;
  args: unknown[];
  values?: number[];
  length?: number;
  first?: number[];
  last?: number[];
  sha256?: string;
}
type Draws = Float32Array | Float64Array | Int32Array;

/** NumPy's normals go through C's logarithm, which errs in a last bit now and then: their values are compared, not their bytes. */
function assertNormals(actual: Draws, step: Step, where: string): void {
  assert.equal(actual.length, step.length ?? step.values!.length, where);
  const close = (a: number, b: number) => Math.abs(a - b) <= 2 ** -51 * Math.abs(b);
  const pairs = (part: Draws, expected: number[]) => expected.forEach((x, i) => assert.ok(close(part[i]!, x), where));
  pairs(actual, step.first ?? step.values!);
  pairs(actual.slice(-3), step.last ?? []);
}

/** Compares one draw with its summary in the fixture, bit for bit. */
function assertDrawn(actual: Draws, step: Step, where: string): void {
  if (step.values) return assert.deepEqual(Array.from(actual), step.values, where);
  assert.equal(actual.length, step.length, where);
  assert.deepEqual(Array.from(actual.slice(0, 3)), step.first, where);
  assert.deepEqual(Array.from(actual.slice(-3)), step.last, where);
  const bytes = Buffer.from(actual.buffer, actual.byteOffset, actual.byteLength);
  assert.equal(createHash("sha256").update(bytes).digest("hex"), step.sha256, where);
}

function replay(generator: object, steps: Step[], call = callMethod): void {
  steps.forEach((step, i) => {
    const isRounded = generator instanceof RandomState && /^(randn|normal)$/.test(step.call);
    (isRounded ? assertNormals : assertDrawn)(
      call(generator, step),
      step,
      `step ${i}: ${step.call}(${JSON.stringify(step.args)})`,
    );
  });
}

function callMethod(generator: object, { call, args }: Step): Draws {
  const method = (generator as Record<string, (...args: unknown[]) => Draws>)[call]!;
  return method.apply(
    generator,
    args.map((arg) => (arg === null ? undefined : arg)),
  );
}

describe("fmaf", () => {
  it("rounds once where the float64 sum falls half-way between two floats", () => {
    const [a, b] = [1 + 2 ** -15, (1 - 2 ** -15) * 2 ** -24]; // a · b is a little less than half a unit of c
    assert.equal(fmaf(a, b, 1 + 2 ** -23), 1 + 2 ** -23);
    assert.equal(Math.fround(a * b + (1 + 2 ** -23)), 1 + 2 ** -22);
    assert.equal(fmaf(-a, b, -1 - 2 ** -23), -1 - 2 ** -23);
    assert.equal(fmaf(2, 3, 4), 10);
  });
});

describe("TorchGenerator", () => {
  for (const { seed, steps } of torchFixture.streams) {
    const calls = new Set(steps.map((step) => step.call)).size;
    it(`draws what PyTorch draws from seed ${seed} (${steps.length} steps, ${calls} distributions)`, () => {
      replay(new TorchGenerator(BigInt(seed)), steps as Step[]);
    });
  }

  it("gives double-precision normals to within their last bits", () => {
    const generator = new TorchGenerator(42);
    for (const [n, expected] of Object.entries(torchFixture.normal64)) {
      const actual = generator.normal64(Number(n), 1, 2).slice(-40);
      expected.forEach((x, i) => assert.ok(Math.abs(actual[i]! - x) <= 1e-15 * Math.max(1, Math.abs(x)) * 4));
    }
  });

  it("seeds a DataLoader as PyTorch does: two 64-bit draws an epoch, the second for a fresh generator", () => {
    const generator = new TorchGenerator(42);
    for (const order of torchFixture.loading.orders) {
      generator.random64();
      assert.deepEqual(Array.from(new TorchGenerator(generator.random64()).randperm(20)), order);
    }
    assert.equal(generator.uniform(), torchFixture.loading.next);
  });

  it("returns one number without a size, from the same stream", () => {
    const one = new TorchGenerator(7);
    const many = new TorchGenerator(7);
    const scalars = [one.normal(), one.normal(), one.uniform(), one.exponential(), one.randint(3, 9)];
    const arrays = [...many.normal(2), ...many.uniform(1), ...many.exponential(1), ...many.randint(3, 9, 1)];
    assert.deepEqual(scalars, arrays);
    assert.equal(one.multinomial([0, 3, 0]), 1);
  });

  it("keeps the second normal of a pair through other draws, and drops it when reseeded", () => {
    const generator = new TorchGenerator(0);
    const pair = Array.from(generator.normal(2));
    generator.manualSeed(0);
    const first = generator.normal();
    generator.uniform(5);
    generator.normal(16);
    assert.deepEqual([first, generator.normal()], pair);
    generator.normal();
    generator.manualSeed(0);
    assert.equal(generator.normal(), pair[0]);
  });

  it("never returns the upper bound of uniform, even where rounding reaches it", () => {
    assert.deepEqual(new Set(new TorchGenerator(0).uniform(1000, 1, 1 + 2 ** -23)), new Set([1]));
  });

  it("returns to a saved state, cached normal included", () => {
    const generator = new TorchGenerator(5);
    generator.normal(3);
    const state = generator.getState();
    const draw = () => [...generator.normal(5), ...generator.uniform(700)];
    const first = draw();
    generator.setState(state);
    assert.deepEqual(draw(), first);
  });

  it("has a default generator that manualSeed restarts", () => {
    assert.equal(manualSeed(42), defaultGenerator);
    assert.equal(defaultGenerator.initialSeed, 42n);
    assert.deepEqual(defaultGenerator.normal(40), new TorchGenerator(42).normal(40));
  });

  it("decides a coin by all 53 bits", () => {
    for (const seed of [0, 1, 2]) {
      const generator = new TorchGenerator(seed);
      for (let i = 0; i < 700; i++) generator.random64(); // past the first refill
      const state = generator.getState();
      const drawn = Number(BigInt.asUintN(53, generator.random64()));
      const toss = (p: number) => {
        generator.setState(state);
        return generator.bernoulli(p, 1)[0];
      };
      assert.equal(toss(drawn * 2 ** -53), 0);
      assert.equal(toss((drawn + 1) * 2 ** -53), 1);
    }
  });

  it("refuses what PyTorch refuses, and says what it expected", () => {
    const generator = new TorchGenerator(0);
    for (const seed of [1.5, NaN, 2 ** 60, 2n ** 64n, -(2n ** 63n) - 1n]) {
      assert.throws(() => manualSeed(seed), /manualSeed: expected/);
    }
    assert.throws(() => generator.uniform(-1), /uniform: expected a size .* got -1/);
    assert.throws(() => generator.uniform(3, 2, 1), /uniform: .* low = 2, high = 1/);
    assert.throws(() => generator.normal(3, 0, -1), /normal: expected std >= 0, got -1/);
    assert.throws(() => generator.randint(3, 3, 2), /randint: expected low < high, got low = 3, high = 3/);
    assert.throws(() => generator.exponential(3, 0), /exponential: expected a rate > 0, got 0/);
    assert.throws(() => generator.bernoulli(1.5, 3), /bernoulli: .* got 1.5/);
    assert.throws(() => generator.multinomial([0.5, 0.5], 3), /cannot draw 3 of 2 .* replacement = true/);
    assert.throws(() => generator.multinomial([0, 0]), /multinomial: .* got none/);
    assert.throws(() => generator.multinomial([0.5, -0.5]), /multinomial: .* got -0.5 at 1/);
    assert.throws(() => generator.multinomial([0.5, NaN]), /multinomial: .* got NaN at 1/);
  });
});

describe("RandomState", () => {
  function callNumpy(state: object, step: Step): Draws {
    if (step.call !== "shuffle") return callMethod(state, step);
    const items = Int32Array.from({ length: step.args[0] as number }, (_, i) => i);
    (state as RandomState).shuffle(items);
    return items;
  }

  for (const { seed, steps } of numpyFixture.streams) {
    it(`draws what NumPy draws from seed ${JSON.stringify(seed)} (${steps.length} steps)`, () => {
      replay(new RandomState(seed), steps as Step[], callNumpy);
    });
  }

  it("gives normals within two units in the last place, of which 99 % are exact", () => {
    let exact = 0;
    for (const [seed, expected] of Object.entries(numpyFixture.normals)) {
      const actual = new RandomState(Number(seed)).randn(expected.length);
      expected.forEach((x, i) => {
        assert.ok(
          Math.abs(actual[i]! - x) <= 2 ** -51 * Math.abs(x),
          `seed ${seed}, normal ${i}: ${actual[i]} for ${x}`,
        );
        if (actual[i] === x) exact++;
      });
    }
    assert.ok(exact >= 900, `${exact} of 903 are exact`);
  });

  it("returns one number or item without a size, from the same stream", () => {
    const one = new RandomState(7);
    const many = new RandomState(7);
    const scalars = [one.random(), one.rand(), one.randn(), one.normal(1, 2), one.uniform(2, 3), one.randint(9)];
    const arrays = [
      ...many.random(2),
      ...many.randn(1),
      ...many.normal(1, 2, 1),
      ...many.uniform(2, 3, 1),
      ...many.randint(0, 9, 1),
    ];
    assert.deepEqual(scalars, arrays);
    const letters = ["a", "b", "c"];
    assert.equal(one.choice(letters), letters[many.choice(3)]);
    assert.deepEqual(one.choice(letters, { size: 2, p: [0, 0, 1] }), ["c", "c"]);
    assert.deepEqual(letters, ["a", "b", "c"]);
    assert.equal(one.choice(3, { p: [0, 1, 0] }), 1);
  });

  it("restarts the global stream with np.random.seed", () => {
    np.random.seed(42);
    const first = np.random.randn(3, 4);
    assert.equal(first.length, 12);
    np.random.randn(); // leaves a cached normal, which reseeding must drop
    np.random.seed(42);
    assert.deepEqual(np.random.randn(12), first);
  });

  it("draws integers beyond 32 bits one at a time", () => {
    const state = new RandomState(1);
    for (let i = 0; i < 100; i++) {
      const value = state.randint(2 ** 40, 2 ** 40 + 2 ** 33);
      assert.ok(value >= 2 ** 40 && value < 2 ** 40 + 2 ** 33 && Number.isInteger(value));
    }
  });

  it("refuses what NumPy refuses, and says what it expected", () => {
    const state = new RandomState(0);
    for (const seed of [-1, 2 ** 32, 1.5, NaN, [-1]]) {
      assert.throws(() => state.seed(seed), /RandomState.seed: expected a whole number from 0 to 2\^32 - 1/);
    }
    assert.throws(() => state.seed([]), /RandomState.seed: .* empty/);
    assert.throws(() => state.randn(-1), /randn: .* got -1/);
    assert.throws(() => state.normal(0, -1), /normal: .* got -1/);
    assert.throws(() => state.randint(3, 3), /randint: .* low = 3, high = 3/);
    assert.throws(() => state.randint(0), /randint: .* low = 0, high = 0/);
    assert.throws(() => state.choice(0), /choice: .* got 0/);
    assert.throws(() => state.choice(3, { p: [0.5, 0.5] }), /one probability for each of 3 items, got 2/);
    assert.throws(() => state.choice(2, { p: [-0.5, 1.5] }), /choice: .* got -0.5 at 0/);
    assert.throws(() => state.choice(3, { size: 4, replace: false }), /cannot draw 4 of 3/);
    assert.throws(() => state.choice(3, { size: 3, replace: false, p: [0.5, 0.5, 0] }), /only 2 have/);
  });

  it("holds probabilities to NumPy's tolerance: 1.5e-8, and 3.5e-4 for float32", () => {
    const state = new RandomState(0);
    state.choice(2, { p: [0.5, 0.5 + 1.4e-8] });
    assert.throws(() => state.choice(2, { p: [0.5, 0.5 + 1.6e-8] }), /sum to 1/);
    state.choice(2, { p: Float32Array.of(0.5, 0.5003) });
    assert.throws(() => state.choice(2, { p: Float32Array.of(0.5, 0.5004) }), /sum to 1/);
  });
});
