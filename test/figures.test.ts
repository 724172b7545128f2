/** Every figure: as committed, as plotly.js accepts it, and as it is drawn without a browser. */
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { plot } from "unrolled";

/** Numbers that fall by a factor, the shape of most curves here. */
const falling = (factor: number, count = 51, first = Math.sqrt(10)): number[] =>
  Array.from({ length: count }, (_, i) => Number((first * factor ** i).toPrecision(6)));

const figures: Record<string, () => plot.Figure> = {
  lossCurve: () => plot.lossCurve(falling(0.9, 20, 2.2), { title: "RNN training progress" }),
  lossCurves: () => plot.lossCurve({ train: falling(0.5, 12), validation: falling(0.6, 12) }, { log: true }),
  line: () =>
    plot.line([{ name: "norm", y: [1, NaN, 3], dash: "dot" }], { lines: [{ y: 2, label: "limit" }, { x: 1 }] }),
  bar: () => plot.bar({ RNN: 0.29, LSTM: 0.94, GRU: 1 }, { title: "Accuracy", yTitle: "Accuracy", format: ".0%" }),
  histogram: () => plot.histogram({ before: [0, 1, 1, 2], after: [2, 3, 3, 4] }, { bins: 4 }),
  heatmap: () => plot.heatmap([[-1, 0, 2]], { diverging: true, xLabels: ["a", "b", "c"], annotate: true }),
  confusionMatrix: () => plot.confusionMatrix([[8, 2], [1, 99]], { labels: ["Irish", "English"] }), // prettier-ignore
  pianoRoll: () =>
    plot.pianoRoll({ given: [{ pitch: 64, beats: 1 }, { pitch: null, beats: 1 }], written: [{ pitch: 67, beats: 2 }] }), // prettier-ignore
  unrolledNetwork: () => plot.unrolledNetwork(),
  embeddingNetwork: () => plot.embeddingNetwork({ vocabSize: 39 }),
  layers3d: () => plot.layers3d({ vocabSize: 29 }),
  feedforwardVersusRecurrent: () => plot.feedforwardVersusRecurrent(),
  unfolding: () => plot.unfolding(),
  bpttGraph: () => plot.bpttGraph(),
  lstmCell: () => plot.lstmCell(),
  gruCell: () => plot.gruCell(),
  memoryCurve: () => plot.memoryCurve([5, 10, 20, 30, 50], [0.95, 0.85, 0.65, 0.4, 0.15]),
  gradientFlow: () =>
    plot.gradientFlow([
      {
        title: "Vanishing",
        norms: falling(0.4),
        spectralNorm: 0.8333,
        threshold: { y: 1e-10, label: "negligible gradients" },
      },
      { title: "Exploding", norms: falling(1.2), spectralNorm: 1.25 },
      { title: "Stable", norms: falling(1), spectralNorm: 1, log: false, yRange: [0, 20] },
    ]),
  words: () =>
    plot.words(
      {
        Irish: [
          { text: "Brannan", group: "new" },
          { text: "Adam", group: "known" },
        ],
        Greek: [{ text: "Pappas", group: "new" }],
      },
      { title: "Invented names" },
    ),
  slider: () =>
    plot.slider(
      { 0.5: plot.bar({ a: 0.9, b: 0.1 }, { title: "Next letter" }), 1.5: plot.bar({ a: 0.6, b: 0.4 }) },
      { label: "Temperature" },
    ),
  initialisationComparison: () =>
    plot.initialisationComparison({
      Xavier: { maxSingularValue: 1.951, gradientNorms: falling(0.99, 51, 10) },
      Orthogonal: { maxSingularValue: 1, gradientNorms: falling(1, 51, 10) },
      Identity: { maxSingularValue: 1, gradientNorms: falling(1, 51, 10) },
    }),
};

/** plotly.js under jsdom, loaded when the first figure needs it. */
const renderer = () => import("../scripts/svg/render.mjs");

const snapshot = (name: string): string => path.join(__dirname, "fixtures", "figures", `${name}.json`);

/** The trace with this name. */
const named = ({ data }: plot.Figure, name: string): plot.Trace => {
  const found = data.find((trace) => trace.name === name);
  assert.ok(found, `no trace "${name}" among ${data.map((trace) => trace.name).join(", ")}`);
  return found;
};

describe("plot", () => {
  let svg: Awaited<ReturnType<typeof renderer>>;
  before(async () => {
    svg = await renderer();
  });
  after(() => svg.closeRenderer());

  for (const [name, make] of Object.entries(figures)) {
    describe(name, () => {
      it("is the committed figure (UPDATE_FIGURES=1 renews it: look at the picture then)", () => {
        const text = JSON.stringify(make());
        if (process.env.UPDATE_FIGURES || !existsSync(snapshot(name))) writeFileSync(snapshot(name), text + "\n");
        assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(snapshot(name), "utf8")));
      });

      it("has no attribute that plotly.js does not know", async () => {
        const figure = JSON.parse(JSON.stringify(make())) as plot.Figure;
        for (const trace of figure.data) delete trace.visible; // what is not visible is not looked at
        const faults = await svg.findFaults(figure);
        // What a slider's place sets may be anything; plotly.js reports its own copy of it.
        const known = /^In layout, key sliders\[0\]\.steps\[\d+\]\.args/;
        assert.deepEqual(
          [...faults].filter((fault) => !known.test(fault)),
          [],
        ); // an array of this realm
      });

      it("says in words what it shows", () => {
        assert.ok((make().layout.meta?.description ?? "").length > 10);
      });

      it("is drawn without a browser, always alike, with all its words", async () => {
        const figure = JSON.parse(JSON.stringify(make()));
        const drawn = await svg.renderSvg(figure);
        assert.match(drawn, /^<svg role="img" [^>]*><title>[^<]+<\/title>/);
        assert.ok((await svg.renderSvg(figure)) === drawn, "drawn twice, the texts differ");
        for (const trace of make().data) {
          for (const label of Array.isArray(trace.text) ? trace.text.flat() : []) {
            for (const word of String(label).split(/<[^>]*>/)) {
              assert.ok(drawn.includes(word.replace(/&/g, "&amp;")), `"${word}" is missing`);
            }
          }
        }
      });
    });
  }
});

describe("plot.lossCurve", () => {
  it("counts epochs from 1 and shows loss with four digits on hover", () => {
    const { data, layout } = plot.lossCurve([2, 1, 0.5]);
    assert.deepEqual(data[0].x, [1, 2, 3]);
    assert.equal(data[0].hovertemplate, "Epoch %{x}<br>Loss %{y:.4f}<extra></extra>");
    assert.deepEqual((layout.yaxis as { range: number[] }).range, [0, 2.2]);
  });

  it("takes what training returns: typed arrays, named series, diverged losses", () => {
    const { data } = plot.lossCurve({ train: Float32Array.of(1, 0.5), validation: [NaN, Infinity] });
    assert.deepEqual(
      data.map((trace) => [trace.name, trace.y]),
      [
        ["train", [1, 0.5]],
        ["validation", [null, null]],
      ],
    );
  });

  it("counts whole epochs while there are few", () => {
    const ticks = (curve: plot.SeriesInput) => (plot.lossCurve(curve).layout.xaxis as { dtick?: number }).dtick;
    const at = (...x: number[]) => ticks([{ x, y: x }]);
    assert.deepEqual([ticks([3, 2, 1]), at(1, 2), at(1, 50), at(0.5, 1)], [1, 1, undefined, undefined]);
  });

  it("keeps the caller's layout over its own", () => {
    const { layout } = plot.lossCurve([1], { layout: { height: 99, xaxis: { dtick: 20 } } });
    assert.equal(layout.height, 99);
    assert.deepEqual(layout.xaxis, { title: { text: "Epoch" }, dtick: 20 });
  });
});

describe("plot.words", () => {
  it("puts each word into its row and column, and its group into the legend, in the given order", () => {
    const rows = { A: [{ text: "x", group: "old" }, { text: "y", group: "new" }], B: [{ text: "z", group: "new" }] }; // prettier-ignore
    const { data } = plot.words(rows, { colors: { new: "#000000", none: "#111111", old: "#222222" } });
    assert.deepEqual(
      data.map(({ name, x, y, text }) => [name, x, y, text]),
      [
        ["new", [1, 0], ["A", "B"], ["y", "z"]],
        ["none", [], [], []],
        ["old", [0], ["A"], ["x"]],
      ],
    );
    assert.throws(() => plot.words(rows, { colors: { new: "#000000" } }), /words: .* none for old/);
  });
});

describe("plot.slider", () => {
  const one = plot.line({ a: [1], b: [2] }, { title: "One" });
  const figure = plot.slider({ one, two: plot.line([3]) }, { start: "two", label: "Figure" });

  it("shows the traces of one figure at each place", () => {
    assert.deepEqual(
      figure.data.map(({ y, visible }) => [y, visible]),
      [[[1], false], [[2], false], [[3], true]], // prettier-ignore
    );
    const [{ active, steps }] = figure.layout.sliders as [
      { active: number; steps: { label: string; args: unknown }[] },
    ];
    assert.equal(active, 1);
    assert.deepEqual(
      steps.map(({ label, args }) => [label, args]),
      [
        ["one", [{ visible: [true, true, false] }]],
        ["two", [{ visible: [false, false, true] }]],
      ],
    );
    assert.equal("visible" in one.data[0], false, "the figures given stay as they are");
  });

  it("explains what does not fit", () => {
    assert.throws(() => plot.slider({}), /slider: expected figures, .* got undefined among \[\]/);
    assert.throws(() => plot.slider({ one }, { start: "two" }), /got two among \[one\]/);
  });
});

describe("plot.unrolledNetwork", () => {
  const figure = plot.unrolledNetwork({ steps: 4 });

  it("bends recurrent edges as quadratic Bézier curves from state to state", () => {
    const { x, y } = figure.data.find((trace) => trace.name === "Recurrent weights" && trace.x!.length > 1)!;
    const gap = (x as unknown[]).indexOf(null);
    const path = (x as number[]).slice(0, gap).map((value, i) => [value, (y as number[])[i]]);
    const [first, last] = [path[0], path[path.length - 1]];
    assert.deepEqual([first, last], [[-1, 1], [0, 1]]); // prettier-ignore
    // On a quadratic curve with equal steps of t, second differences are constant.
    const second = path.slice(2).map((point, i) => point.map((value, k) => value - 2 * path[i + 1][k] + path[i][k]));
    for (const difference of second) difference.forEach((d, k) => assert.ok(Math.abs(d - second[0][k]) < 4e-4));
    assert.ok(path[10][1] < 0.75, "the curve dips below the row of states");
  });

  it("tells each formula on hover, with the step's own indices", () => {
    const formulas = named(figure, "Hidden state").hovertext as string[];
    assert.equal(formulas.length, 4);
    assert.equal(
      formulas[2],
      "h<sub>3</sub> = tanh(W<sub>xh</sub> x<sub>3</sub> + W<sub>hh</sub> h<sub>2</sub> + b<sub>h</sub>)",
    );
  });

  it("hides a kind with all its parts by one click in the legend", () => {
    const weights = figure.data.filter((trace) => trace.legendgroup === "weight");
    assert.equal(weights.filter((trace) => trace.showlegend !== false).length, 1);
    assert.ok(weights.length > 2);
  });

  it("refuses a number of steps that cannot be drawn", () => {
    assert.throws(
      () => plot.unrolledNetwork({ steps: 0 }),
      /unrolledNetwork: expected steps to be a positive whole number, got 0/,
    );
  });
});

describe("plot.embeddingNetwork", () => {
  it("carries the sizes it is given into labels and hovers", () => {
    const text = JSON.stringify(plot.embeddingNetwork({ vocabSize: 29, embeddingSize: 64, hiddenSize: 128 }));
    for (const part of ["0 to 28", "29 × 64 table", "[128]", "[29]"]) assert.ok(text.includes(part), part);
  });
});

describe("plot.histogram", () => {
  it("counts as NumPy does, the last bin closed", () => {
    // np.histogram([0, 1, 1, 2, 3, 4], bins=4) → [1 2 1 2]
    assert.deepEqual(plot.histogram([0, 1, 1, 2, 3, 4], { bins: 4 }).data[0].y, [1, 2, 1, 2]);
    // np.histogram([.5, 2, 7], bins=2, range=(0, 4)) → [1 1]
    assert.deepEqual(plot.histogram([0.5, 2, 7], { bins: 2, range: [0, 4] }).data[0].y, [1, 1]);
  });
});

describe("plot.confusionMatrix", () => {
  it("colours each row by its own share and keeps the counts", () => {
    const { data, layout } = plot.confusionMatrix([[8, 2], [0, 0]]); // prettier-ignore
    assert.deepEqual(data[0].z, [[0.8, 0.2], [0, 0]]); // prettier-ignore
    assert.deepEqual(data[0].text, [["8", "2"], ["0", "0"]]); // prettier-ignore
    assert.match(layout.meta!.description!, /8 of 10 on the diagonal/);
  });

  it("names what does not fit", () => {
    assert.throws(() => plot.confusionMatrix([[1, 2]]), /expected a square matrix, got \[1, 2\]/);
    assert.throws(
      () => plot.confusionMatrix([[1]], { labels: ["a", "b"] }),
      /expected 1 labels for the columns, got 2/,
    );
  });
});

describe("plot.grid", () => {
  it("gives every panel its axes, lines and title", () => {
    const panel = (title: string): plot.Figure => plot.line([1, 2], { title, lines: [{ y: 1.5 }] });
    const { data, layout } = plot.grid([panel("a"), panel("b"), panel("c")], { columns: 2, title: "All" });
    assert.deepEqual(data.map((trace) => [trace.xaxis, trace.yaxis]), [["x", "y"], ["x2", "y2"], ["x3", "y3"]]); // prettier-ignore
    assert.deepEqual(layout.shapes!.map((shape) => [shape.xref, shape.yref]), [["x domain", "y"], ["x2 domain", "y2"], ["x3 domain", "y3"]]); // prettier-ignore
    assert.deepEqual(layout.annotations!.map((note) => note.text), ["a", "b", "c"]); // prettier-ignore
    const { domain } = layout.yaxis3 as { domain: number[] };
    assert.ok(domain[1] < (layout.yaxis as { domain: number[] }).domain[0], "the third panel stands below");
  });

  it("does not take figures in three dimensions", () => {
    assert.throws(() => plot.grid([plot.layers3d()]), /grid: expected figures with x and y axes/);
  });
});

describe("plot.memoryCurve", () => {
  it("writes the percentages at the points of a single model", () => {
    assert.deepEqual(plot.memoryCurve([5, 10], [0.95, 0.4]).data[0].text, ["95%", "40%"]);
    assert.throws(() => plot.memoryCurve([5, 10], [1]), /expected 2 accuracies for "the model", got 1/);
  });
});
