import { strict as assert } from "node:assert";
import { data, models } from "unrolled";
import sklearn from "./fixtures/logistic-regression.json";

const toExamples = (pairs: (string | number)[][]) =>
  pairs.map(([name, label]): data.NameExample => ({ name: name as string, label: label as number }));

function assertClose(actual: ArrayLike<number>, expected: readonly number[], what: string, tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) < tolerance, `${what} ${i}`));
}

describe("models.lbfgs", () => {
  it("finds the minimum of a quadratic function", () => {
    // f = Σ a_i (x_i − i)² / 2 with second derivatives from 1 to 1000
    const a = [1, 10, 100, 1000];
    const x = new Float64Array(4);
    const f = (x: Float64Array, g: Float64Array) => {
      a.forEach((factor, i) => (g[i] = factor * (x[i]! - i)));
      return a.reduce((sum, factor, i) => sum + (factor * (x[i]! - i) ** 2) / 2, 0);
    };
    const { converged, iterations, value } = models.lbfgs(f, x, { tolerance: 1e-10, maxIterations: 100 });
    assert.ok(converged && iterations < 40, `${iterations} iterations`);
    assertClose(x, [0, 1, 2, 3], "x", 1e-10);
    assert.ok(value < 1e-20);
  });

  it("finds the minimum of Rosenbrock's function, which is curved", () => {
    const x = Float64Array.of(-1.2, 1);
    const f = ([a, b]: Float64Array, g: Float64Array) => {
      g[0] = -400 * a! * (b! - a! * a!) - 2 * (1 - a!);
      g[1] = 200 * (b! - a! * a!);
      return 100 * (b! - a! * a!) ** 2 + (1 - a!) ** 2;
    };
    assert.ok(models.lbfgs(f, x, { tolerance: 1e-9, maxIterations: 200 }).converged);
    assertClose(x, [1, 1], "x", 1e-8);
  });

  it("says when it had to stop before, and never goes up", () => {
    const x = Float64Array.of(5);
    const f = (x: Float64Array, g: Float64Array) => {
      g[0] = 4 * x[0]! ** 3;
      return x[0]! ** 4;
    };
    const { converged, iterations, value } = models.lbfgs(f, x, { tolerance: 1e-12, maxIterations: 3 });
    assert.deepEqual([converged, iterations], [false, 3]);
    assert.ok(value < 625);
    assert.equal(value, x[0]! ** 4);
  });
});

describe("models.NgramClassifier", () => {
  it("takes all runs of letters, marks included, repetitions kept", () => {
    const runs = ["^", "l", "i", "$", "^l", "li", "i$", "^li", "li$", "^li$"];
    assert.deepEqual(models.ngrams("Li"), runs);
    assert.deepEqual(models.ngrams("aa", { from: 1, to: 2 }), ["^", "a", "a", "$", "^a", "aa", "a$"]);
    assert.deepEqual(models.ngrams("", { to: 9 }), ["^", "$", "^$"]);
  });

  for (const { C, low, high, features, intercept, weights, probabilities } of sklearn.cases) {
    it(`finds scikit-learn's optimum: C ${C}, ${low}- to ${high}-grams`, () => {
      const train = toExamples(sklearn.train);
      const model = new models.NgramClassifier(sklearn.classes, train, { C, from: low, to: high, tolerance: 1e-9 });
      assert.ok(model.regression.converged);
      assert.equal(model.vocabulary.size, features);
      for (const [run, expected] of Object.entries(weights)) {
        const row = model.vocabulary.get(run)! * 4;
        assertClose(model.regression.weights.subarray(row, row + 4), expected, `weight of ${run} for class`);
      }
      assertClose(model.regression.bias, intercept, "bias of class", 1e-5);
      const rows = model.predictProba(toExamples(sklearn.asked).map(({ name }) => name));
      rows.forEach((row, i) => assertClose(row, probabilities[i]!, `example ${i}, class`));
    });
  }

  it("is not led astray by what it never saw", () => {
    const model = new models.NgramClassifier(["a", "b"], [{ name: "aa", label: 0 }, { name: "bb", label: 1 }]); // prettier-ignore
    const [unknown] = model.predictProba(["кот"]);
    assertClose(unknown!, [0.5, 0.5], "class");
    assert.throws(() => new models.NgramClassifier(["a"], []), /one or more examples/);
  });
});

describe("models.LogisticRegression", () => {
  it("has a gradient that finite differences confirm: at the optimum no direction goes down", () => {
    const [examples, labels] = [[[0, 0, 1], [1, 2], [2], [0, 2, 2, 2]], [0, 1, 2, 1]]; // prettier-ignore
    const fitted = new models.LogisticRegression(
      examples,
      labels,
      { features: 3, classes: 3 },
      { C: 2, tolerance: 1e-10 },
    );
    const loss = (weights: Float64Array, bias: Float64Array) => {
      const losses = examples.map((example, i) => {
        const scores = bias.map((b, c) => example.reduce((sum, feature) => sum + weights[feature * 3 + c]!, b));
        return Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0)) - scores[labels[i]!]!;
      });
      return losses.reduce((a, b) => a + b) / 4 + weights.reduce((sum, w) => sum + w * w, 0) / (2 * 2 * 4);
    };
    const best = loss(fitted.weights, fitted.bias);
    for (let i = 0; i < 12; i++) {
      for (const step of [1e-3, -1e-3]) {
        const [weights, bias] = [fitted.weights.slice(), fitted.bias.slice()];
        if (i < 9) weights[i]! += step;
        else bias[i - 9]! += step;
        assert.ok(loss(weights, bias) > best, `parameter ${i}`);
      }
    }
  });

  // Each of these gave a model of NaN, or one that knows nothing, without a word.
  it("refuses labels, features and settings that do not fit", () => {
    const sizes = { features: 2, classes: 3 };
    const fit = (examples: number[][], labels: number[], options?: models.LogisticRegressionOptions) => () =>
      new models.LogisticRegression(examples, labels, sizes, options);
    assert.throws(fit([[0]], [0, 1]), /got 2 for 1/);
    for (const label of [-1, 3, 1.5, NaN]) {
      const message = `LogisticRegression: expected labels from 0 to 2, got ${label} for example 1`;
      assert.throws(fit([[0], [1]], [0, label]), { name: "RangeError", message });
    }
    for (const feature of [-1, 2, 0.5, NaN]) {
      const message = `LogisticRegression: expected features from 0 to 1, got ${feature} in example 1`;
      assert.throws(fit([[0], [1, feature]], [0, 1]), { name: "RangeError", message });
    }
    for (const C of [0, -1, NaN]) {
      assert.throws(fit([[0], [1]], [0, 1], { C }), {
        name: "RangeError",
        message: `LogisticRegression: expected C above 0, got ${C}`,
      });
    }
    assert.throws(() => new models.LogisticRegression([[]], [0], { features: 0, classes: 2 }), {
      name: "RangeError",
      message: "LogisticRegression: expected features of 1 or more, got 0",
    });
    assert.throws(() => fit([[0], [1]], [0, 1])().predictProba([0, 2]), {
      name: "RangeError",
      message: "LogisticRegression: expected features from 0 to 1, got 2",
    });
  });

  it("takes C: Infinity for no penalty at all", () => {
    const sizes = { features: 1, classes: 2 };
    const fitted = new models.LogisticRegression([[0], [0], [0], []], [0, 0, 1, 1], sizes, { C: Infinity });
    assertClose(fitted.predictProba([0]), [2 / 3, 1 / 3], "class", 1e-3);
  });
});
