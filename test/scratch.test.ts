import { strict as assert } from "node:assert";
import { Matrix, RandomState, np, scratch } from "unrolled";
import fixture from "./fixtures/b-scratch.json";

const { CharRNN, VanillaRNN } = scratch;

/** The largest |a − b| / max(|b|, floor). */
function distance(actual: ArrayLike<number>, expected: readonly number[], floor: number): number {
  assert.equal(actual.length, expected.length);
  return expected.reduce((worst, x, i) => Math.max(worst, Math.abs(actual[i]! - x) / Math.max(Math.abs(x), floor)), 0);
}

describe("Matrix", () => {
  const A = Matrix.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it("multiplies, transposes and adds", () => {
    assert.deepEqual(A.matmul(A.transpose()).data, Float64Array.of(14, 32, 32, 77));
    assert.deepEqual(A.transpose().shape, [3, 2]);
    assert.deepEqual(A.copy().add(A, 0.5).scale(2).data, Float64Array.of(3, 6, 9, 12, 15, 18));
    assert.deepEqual(A.data, Float64Array.of(1, 2, 3, 4, 5, 6));
    assert.equal(A.sum(), 21);
    assert.equal(A.max(), 6);
    assert.equal(A.norm(), Math.sqrt(91));
    assert.equal(A.at(1, 0), 4);
    assert.deepEqual(A.copy().clip(2, 5).data, Float64Array.of(2, 2, 3, 4, 5, 5));
  });

  // From 256 entries on the kernels work on a copy, in memory that other products have left their numbers in.
  it("agrees with the definition of each product at every remainder of four rows and columns, in small and large", () => {
    const random = new RandomState(0);
    // Whole numbers: every sum is exact, in whatever order.
    const draw = (rows: number, cols: number) => new Matrix(rows, cols, Float64Array.from(random.randint(1, 99, [rows, cols]))); // prettier-ignore
    const nan = (rows: number, cols: number) => Matrix.zeros(rows, cols).map(() => NaN);
    const ones = (count: number) => Matrix.zeros(count, 1).map(() => 1);
    const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((m) => [1, 3, 8, 256, 301].map((n) => [m, n] as const));
    sizes.push(...[29, 30, 31, 32].flatMap((m) => [18, 19, 20, 21].map((n) => [m, n] as const)));
    for (const [m, n] of sizes) {
      const [W, u, v] = [draw(m, n), draw(m, 1), draw(n, 1)];
      const entry = (i: number, j: number) => W.at(i, j);
      const rows = Array.from({ length: m }, (_, i) => i);
      const cols = Array.from({ length: n }, (_, j) => j);
      const Wv = rows.map((i) => 1 + cols.reduce((sum, j) => sum + entry(i, j) * v.at(j, 0), 0));
      const WTu = cols.map((j) => 1 + rows.reduce((sum, i) => sum + entry(i, j) * u.at(i, 0), 0));
      const outer = rows.flatMap((i) => cols.map((j) => entry(i, j) + u.at(i, 0) * v.at(j, 0)));
      const product = rows.flatMap((i) => cols.map((j) => u.at(i, 0) * v.at(j, 0)));
      const agree = (run: () => Matrix, expected: number[], what: string) => {
        nan(40, 1).addProduct(nan(40, 340), nan(340, 1));
        assert.deepEqual(Array.from(run().data), expected, `${what} [${m}, ${n}]`);
      };
      agree(() => ones(m).addProduct(W, v), Wv, "addProduct");
      agree(() => ones(n).addTransposedProduct(W, u), WTu, "addTransposedProduct");
      agree(() => W.copy().addOuter(u, v), outer, "addOuter");
      agree(() => u.matmul(v.transpose()), product, "matmul");
    }
  });

  // The loops read and write row by row, the kernels after a copy: small matrices came out otherwise than large ones.
  it("may be a factor of the product that is added to it", () => {
    for (const n of [2, 3, 5, 8, 9, 15, 17, 30]) {
      const rows = Array.from({ length: n }, (_, i) => i);
      const entry = (seed: number) => (_: number, i: number) => ((i * 7 + seed * 5) % 9) - 4; // whole numbers: exact in any order
      const A = new Matrix(n, n).map(entry(1));
      const C = new Matrix(n, n).map(entry(2));
      const h = new Matrix(n, 1).map(entry(3));
      const dot = (term: (k: number) => number) => rows.reduce((sum, k) => sum + term(k), 0);
      const product = (X: Matrix, Y: Matrix) =>
        rows.flatMap((i) => rows.map((j) => C.at(i, j) + dot((k) => X.at(i, k) * Y.at(k, j))));
      const same = (actual: Matrix, expected: number[]) => assert.deepEqual(Array.from(actual.data), expected, `${n}`);

      const g = h.copy();
      same(
        g.addProduct(A, g),
        rows.map((i) => h.at(i, 0) + dot((k) => A.at(i, k) * h.at(k, 0))),
      );
      const d = h.copy();
      same(
        d.addTransposedProduct(A, d),
        rows.map((i) => h.at(i, 0) + dot((k) => A.at(k, i) * h.at(k, 0))),
      );
      const [right, left, both] = [C.copy(), C.copy(), C.copy()];
      same(right.addProduct(A, right), product(A, C));
      same(left.addProduct(left, A), product(C, A));
      same(both.addProduct(both, both), product(C, C));
    }
  });

  it("gives every matrix its own numbers, however many are made", () => {
    const many = Array.from({ length: 3000 }, (_, i) => Matrix.zeros(7, 1).map(() => i));
    many.forEach((x, i) => assert.deepEqual(x.data, new Float64Array(7).fill(i)));
  });

  it("names both shapes when they do not fit", () => {
    const B = Matrix.zeros(2, 2);
    const v = Matrix.zeros(2, 1);
    assert.throws(() => A.matmul(B), /Matrix.matmul: cannot multiply \[2, 3\] by \[2, 2\]/);
    assert.throws(() => A.add(B), /Matrix.add: cannot add \[2, 2\] to \[2, 3\]/);
    assert.throws(() => v.addProduct(A, v), /addProduct: .* \[2, 3\] and \[2, 1\] to \[2, 1\]/);
    assert.throws(() => v.addTransposedProduct(A, v), /addTransposedProduct: .* \[2, 3\] transposed and \[2, 1\]/);
    assert.throws(() => A.addOuter(v, v), /addOuter: .* \[2, 1\] and \[2, 1\] to \[2, 3\]/);
    assert.throws(() => A.at(2, 0), /Matrix.at: expected a place within \[2, 3\], got \(2, 0\)/);
    assert.throws(() => new Matrix(2, 2, new Float64Array(3)), /Matrix: expected 4 values for \[2, 2\], got 3/);
    assert.throws(() => Matrix.zeros(2, -1), /Matrix: expected a shape .* got \[2, -1\]/);
    assert.throws(() => Matrix.from([[1, 2], [3]]), /rows of 2 values, got 1 in row 1/);
    assert.throws(() => Matrix.oneHot(3, 3), /oneHot: expected an index from 0 to 2, got 3/);
  });
});

describe("linear algebra", () => {
  for (const { seed, shape, Q, R, singularValues, radius } of fixture.factors) {
    const [m, n] = shape as [number, number];
    it(`factors a ${m} × ${n} matrix with LAPACK's signs, and finds its singular values`, () => {
      const A = new Matrix(m, n, new RandomState(seed).randn(m, n));
      const before = A.copy();
      const [q, r] = scratch.qr(A);
      assert.ok(distance(q.data, Q, 1) < 1e-14);
      assert.ok(distance(r.data, R, 1) < 1e-14);
      assert.ok(distance(scratch.singularValues(A), singularValues, 1e-3) < 1e-13);
      if (radius !== null) assert.ok(Math.abs(scratch.spectralRadius(A) / radius - 1) < 1e-13);
      assert.deepEqual(A, before);
    });
  }

  it("finds the radius of matrices that are not diagonalisable, turn, or vanish", () => {
    const radius = (rows: number[][]) => scratch.spectralRadius(Matrix.from(rows));
    // prettier-ignore
    assert.ok(Math.abs(radius([[2, 1], [0, 2]]) - 2) < 1e-14);
    // prettier-ignore
    assert.ok(Math.abs(radius([[0, -3], [3, 0]]) - 3) < 1e-14);
    // prettier-ignore
    assert.equal(radius([[0, 1], [0, 0]]), 0);
    assert.throws(() => scratch.spectralRadius(Matrix.zeros(2, 3)), /expected a square matrix, got \[2, 3\]/);
    assert.throws(() => scratch.singularValues(Matrix.from([[NaN]])), /singularValues: expected finite/);
  });
});

describe("linear algebra at the ends of the range of numbers", () => {
  const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);
  // AᵀA of [[1, 2], [3, 4]] has the eigenvalues 15 ± √221; those of A itself are (5 ± √33) / 2.
  const [largest, smallest] = [Math.sqrt(15 + Math.sqrt(221)), Math.sqrt(15 - Math.sqrt(221))];
  const radius = (5 + Math.sqrt(33)) / 2;

  // The squares of such entries are 0, or Infinity: the rotations never came to an end, and the radius was 0, or NaN.
  for (const unit of [1e-300, 1e-160, 1e-30, 1, 1e30, 1e200, 1e307]) {
    it(`finds singular values and the radius of entries about ${unit}`, () => {
      const A = Matrix.from([[1, 2], [3, 4]]).scale(unit); // prettier-ignore
      const [first, second] = scratch.singularValues(A);
      assert.ok(relative(first!, largest * unit) < 1e-14, `${first}`);
      assert.ok(relative(second!, smallest * unit) < 1e-14, `${second}`);
      assert.ok(relative(scratch.spectralNorm(A), largest * unit) < 1e-14);
      assert.ok(relative(scratch.spectralRadius(A), radius * unit) < 1e-14, `${scratch.spectralRadius(A)}`);
    });
  }

  it("counts in the smallest number there is, as NumPy does, and up to the largest", () => {
    const A = Matrix.from([[1, 2], [3, 4]]).scale(Number.MIN_VALUE); // prettier-ignore
    assert.deepEqual(scratch.singularValues(A), Float64Array.of(5 * Number.MIN_VALUE, 0)); // 5.46 and 0.37 of them
    assert.equal(scratch.spectralRadius(A), 5 * Number.MIN_VALUE);
    assert.equal(scratch.spectralNorm(Matrix.eye(2).scale(Number.MAX_VALUE)), Number.MAX_VALUE);
    assert.deepEqual(scratch.singularValues(Matrix.zeros(2, 2)), Float64Array.of(0, 0));
    assert.equal(scratch.spectralRadius(Matrix.zeros(2, 2)), 0);
    assert.equal(scratch.spectralNorm(Matrix.zeros(0, 0)), 0);
  });

  it("finds small singular values beside large ones, and comes to an end where they are too small", () => {
    const beside = (x: number) => scratch.singularValues(Matrix.from([[1, 0, 0], [0, x, 2 * x], [0, 3 * x, 4 * x]])); // prettier-ignore
    const values = beside(1e-100);
    assert.equal(values[0], 1);
    assert.ok(relative(values[1]!, largest * 1e-100) < 1e-14);
    assert.ok(relative(values[2]!, smallest * 1e-100) < 1e-14);
    for (const x of [1e-155, 1e-158, 1e-160, 1e-161, 1e-162, 1e-200, 5e-324]) {
      const [first, ...others] = beside(x);
      assert.equal(first, 1);
      assert.ok(
        others.every((value) => value >= 0 && value < 1e-150),
        `${others}`,
      );
    }
  });

  it("refuses what is not finite, and says who does", () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const A = Matrix.from([[1, bad], [0, 1]]); // prettier-ignore
      assert.throws(() => scratch.singularValues(A), /singularValues: expected finite entries, got NaN or Infinity/);
      assert.throws(() => scratch.spectralNorm(A), /spectralNorm: expected finite entries/);
      assert.throws(() => scratch.spectralRadius(A), {
        name: "RangeError",
        message: "spectralRadius: expected finite entries, got NaN or Infinity",
      });
    }
  });
});

describe("VanillaRNN", () => {
  const make = () => new VanillaRNN(3, 5, 4, { random: new RandomState(1) });
  const random = new RandomState(2);
  const inputs = Array.from({ length: 6 }, () => new Matrix(3, 1, random.randn(3, 1)));
  const targets = [0, 3, 1, 1, 2, 0];

  it("has the gradients that finite differences of the loss give", () => {
    const rnn = make();
    const hPrev = new Matrix(5, 1, random.randn(5, 1));
    const loss = () => rnn.computeLoss(rnn.forward(inputs, hPrev).outputs, targets);
    loss();
    const grads = rnn.backward(targets);
    const epsilon = 1e-5;
    for (const name of ["Wxh", "Whh", "Why", "bh", "by"] as const) {
      const weight = rnn[name].data;
      const numeric = Array.from(weight, (w, i) => {
        weight[i] = w + epsilon;
        const above = loss();
        weight[i] = w - epsilon;
        const below = loss();
        weight[i] = w;
        return (above - below) / (2 * epsilon);
      });
      assert.ok(distance(grads[`d${name}`].data, numeric, 1) < 1e-9, name);
    }
  });

  it("carries the hidden state: the last output depends on the first input", () => {
    const rnn = make();
    const last = (sequence: Matrix[]) => rnn.forward(sequence).outputs.at(-1)!.copy();
    const changed = [inputs[0]!.copy().scale(2), ...inputs.slice(1)];
    assert.ok(last(inputs).add(last(changed), -1).norm() > 1e-6);
  });

  it("goes on where it stopped when given its last hidden state", () => {
    const rnn = make();
    const whole = rnn.forward(inputs);
    const first = rnn.forward(inputs.slice(0, 2));
    const second = rnn.forward(inputs.slice(2), first.hiddenStates[1]);
    assert.deepEqual(second.outputs.at(-1)!.data, whole.outputs.at(-1)!.data);
  });

  it("clips gradients to 5 and leaves its inputs as they were", () => {
    const rnn = make();
    rnn.Why.scale(1000);
    const copies = inputs.map((x) => x.copy());
    rnn.computeLoss(rnn.forward(inputs).outputs, targets);
    const { dWxh } = rnn.backward(targets);
    assert.equal(Math.max(...dWxh.data.map(Math.abs)), 5);
    assert.deepEqual(inputs, copies);
  });

  it("draws from np.random unless told otherwise", () => {
    np.random.seed(3);
    assert.deepEqual(
      new VanillaRNN(2, 3, 4).Why.data,
      new VanillaRNN(2, 3, 4, { random: new RandomState(3) }).Why.data,
    );
  });

  it("learns a sequence of one step", () => {
    const rnn = make();
    const losses = Array.from({ length: 200 }, () => {
      const loss = rnn.computeLoss(rnn.forward(inputs.slice(0, 1)).outputs, [2]);
      rnn.updateParameters(rnn.backward([2]), 0.5);
      return loss;
    });
    assert.ok(losses.at(-1)! < 0.01 && losses[0]! > 0.5);
  });

  it("says which shape or target does not fit", () => {
    const rnn = make();
    assert.throws(() => rnn.forward([]), /VanillaRNN.forward: expected at least one input/);
    assert.throws(() => rnn.forward([Matrix.zeros(4, 1)]), /forward: input: expected \[3, 1\], got \[4, 1\]/);
    assert.throws(() => rnn.forward(inputs, Matrix.zeros(6, 1)), /forward: hPrev: expected \[5, 1\], got \[6, 1\]/);
    assert.throws(() => rnn.backward(targets), /VanillaRNN.backward: .* call forward, computeLoss and backward/);
    rnn.computeLoss(rnn.forward(inputs).outputs, targets);
    const { outputs } = rnn.forward(inputs); // what computeLoss kept belongs to the sequence before
    assert.throws(() => rnn.backward(targets), /call forward, computeLoss and backward/);
    assert.throws(() => rnn.computeLoss(outputs, [0, 1]), /computeLoss: expected 6 targets.* got 2/);
    assert.throws(
      () => rnn.computeLoss(outputs, [0, 1, 2, 3, 4, 0]),
      /computeLoss: expected targets from 0 to 3, got 4/,
    );
  });
});

describe("CharRNN", () => {
  const model = new CharRNN(["a", "b", "🙂"], 4, { random: new RandomState(0) });

  it("continues a seed of several characters from the state they lead to", () => {
    const text = model.generate("ab", { length: 5, temperature: 0 });
    assert.equal(text.slice(0, 2), "ab");
    assert.equal(model.generate([...text].slice(0, 4).join(""), { length: 3, temperature: 0 }), text);
  });

  it("comes to the greedy text as the temperature goes to 0", () => {
    const greedy = model.generate("a", { temperature: 0 });
    for (const temperature of [1e-5, 1e-200, 5e-324]) assert.equal(model.generate("a", { temperature }), greedy);
  });

  // At temperature 0 NaN was no largest score, and the text went on with undefined.
  it("refuses scores without a largest number, and lets minus infinity rule a character out", () => {
    const generate = (scores: number[], temperature: number) => {
      const network = new CharRNN(["a", "b"], 4, { random: new RandomState(0) });
      network.rnn.Why.scale(0);
      network.rnn.by.data.set(scores);
      return network.generate("a", { length: 3, temperature });
    };
    for (const temperature of [0, 1]) {
      for (const scores of [
        [NaN, NaN],
        [0, NaN],
        [0, Infinity],
        [-Infinity, -Infinity],
      ]) {
        assert.throws(() => generate(scores, temperature), {
          name: "RangeError",
          message: "CharRNN.generate: expected finite scores, got NaN or Infinity: has training diverged?",
        });
      }
      assert.equal(generate([-Infinity, 0], temperature), "abbb");
    }
  });

  it("refuses a negative temperature, unknown characters, an empty seed and a wrong length", () => {
    assert.throws(() => model.generate("a", { temperature: -0.5 }), /temperature >= 0 .* got -0.5/);
    assert.throws(() => model.generate("a", { temperature: NaN }), /temperature >= 0 .* got NaN/);
    assert.throws(() => model.generate("x"), /CharRNN: expected one of the characters "ab🙂", got "x"/);
    assert.throws(() => model.trainStep("ax", "bb", 0.1), /got "x"/);
    assert.throws(() => model.trainStep("ab", "b", 0.1), /computeLoss: expected 2 targets.* got 1/);
    assert.throws(() => model.trainStep("", "", 0.1), /expected at least one input/);
    assert.throws(() => model.generate(""), /expected a seed of at least one character/);
    assert.throws(() => model.generate("a", { length: -1 }), /length .* got -1/);
    assert.throws(() => new CharRNN(["a", "a"], 4), /distinct characters, got 2, 1 distinct/);
  });
});

describe("simulateGradientFlow", () => {
  it("refuses a matrix that is not square and a negative number of steps", () => {
    assert.throws(() => scratch.simulateGradientFlow(Matrix.zeros(2, 3)), /square matrix, got \[2, 3\]/);
    assert.throws(() => scratch.simulateGradientFlow(Matrix.eye(2), -1), /steps >= 0, got -1/);
  });
});
