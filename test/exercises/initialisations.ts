/**
 * The judge's tests of "initialisations": NumPy's matrices, NumPy's losses, and rankings that no folklore can know, because
 * the judge makes up the losses.
 */
import { RandomState } from "../../lib/dist/random";
import { Matrix, qr } from "../../lib/dist/scratch";
import { close, holds, matrix, same, shape, unchanged } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import { fields } from "./support/fields";
import expected from "./initialisations.expected.json";

type Rows = number[][];
interface Comparison {
  kind: string;
  finalLosses: number[];
  mean: number;
}
const kinds = ["zeros", "normal", "xavier", "orthogonal", "identity"];
const asMatrix = (rows: Rows) => matrix(rows.length, rows[0].length, rows.flat());
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const hints: Record<string, string> = {
  zeros: "Matrix.zeros(H, H).",
  normal: "Standard normals times 0.01, drawn as random.randn(H, H).",
  xavier: "Standard normals times √(2 / (H + H)): rows and columns both count.",
  orthogonal: "qr gives [Q, R]; Q is the orthogonal one, of H·H standard normals.",
  identity: "Matrix.eye(H).",
};

/** What a row of a comparison has to hold. */
const comparison = (row: unknown) => fields(row, ["kind", "finalLosses", "mean"], "a row of the comparison");

describe("initialisations", () => {
  const code = learner("initialisations");

  it("makes the matrices that NumPy makes from the same seed", async () => {
    for (const { kind, size, seed, W } of expected.matrices) {
      const got = Object(await code.drive("matrixOf", kind, size, seed));
      close(got.W, asMatrix(W), {
        what: `recurrentMatrix("${kind}", ${size}, new RandomState(${seed}))`,
        hint: hints[kind],
      });
    }
  });

  it("draws H·H normals where it needs them, and nothing for zeros and identity", async () => {
    for (const kind of kinds) {
      const random = new RandomState(9);
      if (!["zeros", "identity"].includes(kind)) random.randn(4, 4);
      const { next } = Object(await code.drive("matrixOf", kind, 4, 9));
      close(next, random.random(), {
        what: `the generator's next number after recurrentMatrix("${kind}", 4, random)`,
        hint: "Draw from the generator that is given, H·H numbers or none: comparisons need the same draws for the same seed.",
      });
    }
  });

  it("keeps lengths with an orthogonal matrix, of any size", async () => {
    for (const [size, seed] of [
      [2, 1],
      [7, 2],
      [12, 3],
    ]) {
      // prettier-ignore
      const { W } = Object(await code.drive("matrixOf", "orthogonal", size, seed));
      shape(W, [size, size], { what: `the orthogonal matrix for H = ${size}` });
      holds(W.data, `the orthogonal matrix for H = ${size} is no Matrix`);
      const at = (i: number, j: number) => W.data[i * size + j];
      const products = Array.from({ length: size * size }, (_, n) => {
        const [i, j] = [Math.floor(n / size), n % size];
        return W.data.slice(0, size).reduce((sum: number, _: number, k: number) => sum + at(k, i) * at(k, j), 0);
      });
      const eye = products.map((_, n) => (n % (size + 1) === 0 ? 1 : 0));
      close(matrix(size, size, products), matrix(size, size, eye), {
        what: `WᵀW for H = ${size}`,
        hint: hints.orthogonal,
      });
    }
  });

  it("trains as NumPy does, from the matrix that is given", async () => {
    for (const { losses, ...run } of expected.short) {
      const inputSize = run.outputSize;
      const { first } = Object(await code.drive("train", { ...run, inputSize }));
      shape(first, [losses.length], { what: "the list of losses", hint: "One for each example, before its update." });
      const hint = "Is `rnn.Whh` the given matrix, does the seed make the others, and does each example train once?";
      close(first, losses, { what: "the list of losses", hint, rtol: 1e-8 });
    }
  });

  it("does not train the caller's matrix", async () => {
    const [{ losses, ...run }] = expected.short;
    const got = Object(await code.drive("train", { ...run, inputSize: run.outputSize }));
    const hint = "updateParameters changes rnn.Whh in place: give the network a copy.";
    same(got.Whh, asMatrix(run.Whh), { what: "Whh after the training", hint });
    close(got.first, losses, { what: "the list of losses", rtol: 1e-8 });
    same(got.second, got.first, { what: "the list of losses of a second training from the same Whh", hint });
  });

  it("ranks by what was measured, whatever that is", async () => {
    const random = new RandomState(5);
    const settings = { kinds, size: 4, seeds: [3, 0, 8], last: 2 };
    for (let run = 0; run < 6; run++) {
      const table: Record<string, number[]> = {};
      // The first losses point another way than the last two.
      for (const kind of kinds)
        for (const seed of settings.seeds) table[`${kind} ${seed}`] = Array.from(random.random(5));
      const want = kinds
        .map((kind) => settings.seeds.map((seed) => mean(table[`${kind} ${seed}`].slice(-2))))
        .map((finalLosses, i) => ({ kind: kinds[i], finalLosses, mean: mean(finalLosses) }))
        .sort((a, b) => a.mean - b.mean);
      const { rows, kinds: listed, seeds } = Object(await code.drive("compare", settings, table));
      holds(
        Array.isArray(rows) && rows.length === kinds.length,
        `expected ${kinds.length} rows, one for each kind, got ${rows?.length}`,
      );
      const hint = "The smallest mean of the final losses comes first; here the losses are made up.";
      same(rows.map((row: Comparison) => row?.kind), want.map(({ kind }) => kind), { what: "the list of kinds, best first", hint }); // prettier-ignore
      close(rows.map(comparison), want, {
        what: "the comparison",
        hint: "A final loss is the mean of the last losses (`last` of them).",
      });
      const copy = "The lists are the caller's: `map` makes a new one, while `sort`, `splice` and `shift` change them.";
      unchanged(listed, kinds, { what: "the list of kinds", hint: copy });
      unchanged(seeds, settings.seeds, { what: "the list of seeds", hint: copy });
    }
  });

  it("is fair: every kind trains once from every seed, from a matrix of its own", async () => {
    const settings = { kinds: ["identity", "orthogonal", "normal"], size: 3, seeds: [11, 2] };
    const { calls } = Object(await code.drive("compare", settings, {}));
    same(calls?.length, 6, { what: "the number of trainings of 3 kinds from 2 seeds" });
    for (const seed of settings.seeds) {
      const R = new RandomState(seed).randn(3, 3);
      const own = calls.filter((call: { seed: number }) => call.seed === seed);
      same(own.length, 3, { what: `the number of trainings with seed ${seed}` });
      const given = {
        normal: matrix(3, 3, R.map((x) => 0.01 * x)), // prettier-ignore
        identity: Matrix.eye(3),
        orthogonal: qr(new Matrix(3, 3, R))[0],
      };
      const hint =
        "recurrentMatrix(kind, H, new RandomState(seed)) for each: the same draws for every kind of one seed.";
      for (const [kind, { data }] of Object.entries(given)) {
        const found = own.some(({ Whh }: { Whh: { data: Float64Array } }) =>
          Whh.data.every((x, i) => Math.abs(x - data[i]) < 1e-12),
        );
        holds(found, `no training with seed ${seed} got the "${kind}" matrix of RandomState(${seed})`, { hint });
      }
    }
  });

  it("puts a kind that diverged last, and takes all losses where there are few", async () => {
    const settings = { kinds: ["zeros", "identity", "normal"], size: 2, seeds: [1, 2] };
    const table = {
      "zeros 1": [1, NaN],
      "zeros 2": [0.1, 0.1],
      "identity 1": [Infinity, 1],
      "identity 2": [0.2, 0.2],
      "normal 1": [4, 2],
      "normal 2": [8, 6],
    };
    const { rows } = Object(await code.drive("compare", settings, table));
    holds(Array.isArray(rows) && rows.length === 3, `expected 3 rows, got ${rows?.length}`);
    close(comparison(rows[0]), { kind: "normal", finalLosses: [3, 7], mean: 5 }, {
      what: "the first row, where the two other kinds reached NaN and Infinity",
      hint: "NaN is neither smaller nor larger than anything: `sort` needs help with it. And 2 losses are all there are.",
    }); // prettier-ignore
  });

  it("measures two tasks with different winners, as NumPy does", async () => {
    const { hiddenSize, seeds, echo, first } = expected.measured;
    for (const [name, task] of Object.entries({ "echo after 2 steps": echo, "keep the first symbol": first })) {
      const { final, ...settings } = task;
      const rows = await code.drive("measure", settings, { kinds, size: hiddenSize, seeds });
      holds(Array.isArray(rows), "compareInitialisations returned no list");
      const want = Object.entries(final)
        .map(([kind, finalLosses]) => ({ kind, finalLosses, mean: mean(finalLosses) }))
        .sort((a, b) => a.mean - b.mean);
      const hint = "Trained for real: all of the exercise has to work together.";
      close(rows.map(comparison), want, { what: `the comparison on "${name}"`, hint, atol: 1e-6, rtol: 1e-4 });
    }
  });
});
