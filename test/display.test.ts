import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { inspect } from "node:util";
import { display, html, liveCurve, markdown, plot, show, svg, table, tf } from "unrolled";

const plotlyMime = "application/vnd.plotly.v1+json";
const hookName = Symbol.for("jupyter.kernel");
const displayName = Symbol.for("Jupyter.display");

interface Message {
  type: string;
  content: { data: Record<string, unknown>; transient: { display_id: string } };
}

/** Runs `body` as if inside our kernel and returns what it published. */
function inKernel(body: () => void): Message[] {
  const messages: Message[] = [];
  const hook = {
    publish: (type: string, content: Message["content"]) => messages.push({ type, content }),
    clearOutput() {},
  };
  Object.assign(globalThis, { [hookName]: hook });
  try {
    body();
  } finally {
    delete (globalThis as Record<symbol, unknown>)[hookName];
  }
  return messages;
}

/** The bundle a value shows as a cell's last value. */
const bundleOf = (value: object): Record<string, unknown> =>
  (value as Record<symbol, () => Record<string, unknown>>)[displayName]();

/** The first bundle that `body` publishes. */
const published = (body: () => void): Record<string, unknown> => inKernel(body)[0].content.data;

describe("show", () => {
  it("sends a figure as Plotly's JSON beside a line of text, and nothing that needs scripts", () => {
    const data = published(() => show(plot.lossCurve([2, 1], { title: "Loss" })));
    assert.deepEqual(Object.keys(data), [plotlyMime, "text/plain"]);
    assert.equal(data["text/plain"], "[Loss: 2 points from 2 to 1]");
    assert.deepEqual((data[plotlyMime] as plot.Figure).data[0].y, [2, 1]);
  });

  it("turns the string titles that plotly.js ≥ 3 drops into objects, and typed arrays into arrays", () => {
    const layout = { title: "A", titlefont: { size: 9 }, xaxis: { title: "B" }, annotations: [{ text: "C" }] };
    const trace = { y: Float32Array.of(1, 2), name: "D", marker: { colorbar: { title: "E" } } };
    const sent = published(() => show({ data: [trace], layout }))[plotlyMime];
    assert.deepEqual(sent, {
      data: [{ y: [1, 2], name: "D", marker: { colorbar: { title: { text: "E" } } } }],
      layout: {
        title: { text: "A", font: { size: 9 } },
        xaxis: { title: { text: "B" } },
        annotations: [{ text: "C" }],
      },
    });
    assert.equal(layout.title, "A", "the caller's figure stays as it was");
  });

  it("updates a figure in its place", () => {
    const messages = inKernel(() => {
      const handle = show(plot.line([1]));
      handle.show(plot.line([1, 2]));
      handle.clear();
    });
    assert.deepEqual(
      messages.map(({ type }) => type),
      ["display_data", "update_display_data", "update_display_data", "update_display_data"],
    );
    // JupyterLab's Plotly renderer ignores a second figure unless something else comes between.
    assert.deepEqual(Object.keys(messages[1].content.data), ["text/html"]);
    assert.deepEqual((messages[2].content.data[plotlyMime] as plot.Figure).data[0].y, [1, 2]);
    assert.equal(new Set(messages.map(({ content }) => content.transient.display_id)).size, 1);
  });

  it("takes anything: tensors, text, objects with a display of their own", () => {
    const text = (value: unknown): unknown => published(() => show(value))["text/plain"];
    assert.equal(text(tf.tensor2d([[1, -2.5]])), "tensor([[ 1.0000, -2.5000]])");
    assert.equal(text("plain"), "plain");
    assert.equal(text([1, "a"]), "[ 1, 'a' ]");
    assert.equal(text({ data: [1, 2], layout: {} }), "{ data: [ 1, 2 ], layout: {} }");
    assert.deepEqual(
      published(() => show({ [displayName]: () => ({ "text/html": "<b>x</b>" }) })),
      { "text/html": "<b>x</b>" },
    );
  });

  // It was asked three times over, and its error ended the process as one that nobody handled.
  it("asks an object for its display once, also where that takes time, and shows its error as text", async () => {
    let calls = 0;
    const slowly = (result: () => Record<string, unknown>) => ({
      [displayName]: async () => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return result();
      },
    });
    const fails = () => {
      throw new RangeError("no picture");
    };
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", note);
    const messages: Message[] = [];
    const hook = { publish: (type: string, content: Message["content"]) => messages.push({ type, content }) };
    Object.assign(globalThis, { [hookName]: hook });
    try {
      show(slowly(() => ({ "text/html": "<b>x</b>" })));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(calls, 1);
      show(slowly(fails));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(calls, 2);
    } finally {
      delete (globalThis as Record<symbol, unknown>)[hookName];
      process.off("unhandledRejection", note);
    }
    assert.deepEqual(
      messages.map(({ content }) => content.data),
      [
        { "text/html": "<b>x</b>" },
        { "text/plain": "show: the value's Jupyter.display failed: RangeError: no picture" },
      ],
    );
    assert.deepEqual(unhandled, []);
  });

  it("leaves nothing below the picture when it is a cell's last value", () => {
    let handle: object = {};
    inKernel(() => (handle = show("x")));
    assert.deepEqual(bundleOf(handle), {});
    assert.equal(inspect(handle), "");
  });

  it("reaches the stock kernel by its own writer, without loading it", () => {
    const sent: unknown[] = [];
    const file = path.resolve("node_modules/tslab/dist/jupyter.js");
    // A copy that is loaded but not at work, as when a global tslab starts in a folder with its own: found first, no writer.
    const idle = path.resolve("elsewhere/tslab/dist/jupyter.js");
    require.cache[idle] = { exports: { lastWriteDisplayData: null } } as unknown as NodeJS.Module;
    const stub = {
      exports: { lastWriteDisplayData: (content: unknown, update: boolean) => sent.push([content, update]) },
    };
    require.cache[file] = stub as unknown as NodeJS.Module;
    try {
      html("<b>x</b>").update({ "text/plain": "y" });
    } finally {
      delete require.cache[file];
      delete require.cache[idle];
    }
    assert.equal(sent.length, 2);
    const [[first, isUpdate], [, isSecondUpdate]] = sent as [Message["content"], boolean][];
    assert.deepEqual(
      [first.data, isUpdate, isSecondUpdate],
      [{ "text/html": "<b>x</b>", "text/plain": "x" }, false, true],
    );
  });

  it("prints one line in a script", () => {
    const code = `const { show, plot, table } = require("unrolled");
      const handle = show(plot.lossCurve([2, 1])); handle.show(plot.lossCurve([2]));
      table([{ model: "RNN", loss: 0.5 }, { model: "LSTM", loss: 1 }]);`;
    const { stdout } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    assert.equal(
      stdout,
      "[Training loss: 2 points from 2 to 1]\nmodel    loss\n─────  ──────\nRNN    0.5000\nLSTM   1.0000\n",
    );
  });
});

describe("a figure as a cell's last value", () => {
  it("shows itself, and logs as one line", () => {
    const figure = plot.bpttGraph();
    assert.deepEqual(bundleOf(figure)[plotlyMime], { data: figure.data, layout: figure.layout });
    assert.match(inspect(figure), /^Figure { Backpropagation through time/);
    assert.deepEqual(Object.keys(figure), ["data", "layout"]);
  });
});

describe("a tensor as a cell's last value", () => {
  it("prints as PyTorch prints it", () => {
    // print(torch.tensor([[0., 1.], [2., 3.]])), torch.tensor([1, 2]), torch.tensor([True, False])
    assert.equal(bundleOf(tf.tensor([[0, 1], [2, 3]]))["text/plain"], "tensor([[0., 1.],\n        [2., 3.]])"); // prettier-ignore
    assert.equal(inspect(tf.tensor1d([1, 2], "int32")), "tensor([1, 2])");
    assert.equal(inspect(tf.tensor1d([true, false], "bool")), "tensor([ True, False])");
  });

  it("tells type and shape where there are no values, or too many", () => {
    const gone = tf.zeros([2, 3]);
    gone.dispose();
    assert.equal(inspect(gone), "tensor of float32, torch.Size([2, 3]) (disposed)");
    const large = tf.zeros([1001, 2000]);
    assert.equal(inspect(large), "tensor of float32, torch.Size([1001, 2000]) (too large to print; slice it)");
    large.dispose();
  });
});

describe("html, markdown, svg, table", () => {
  it("send their format beside plain text", () => {
    assert.deepEqual(
      published(() => html("<p>a <b>b</b></p>")),
      { "text/html": "<p>a <b>b</b></p>", "text/plain": "a b" },
    );
    assert.deepEqual(
      published(() => markdown("$x$")),
      { "text/markdown": "$x$", "text/plain": "$x$" },
    );
    assert.deepEqual(
      published(() => svg("<svg/>", "a cell")),
      { "image/svg+xml": "<svg/>", "text/plain": "a cell" },
    );
    assert.deepEqual(
      published(() => display({ "text/latex": "x" })),
      { "text/latex": "x" },
    );
  });

  it("write a table with numbers on the right and no markup from the data", () => {
    const data = published(() => table([{ name: "<i>", n: 1 }, { name: "b", n: 20 }])); // prettier-ignore
    assert.match(
      data["text/html"] as string,
      /<td style="text-align:left">&lt;i&gt;<\/td><td style="text-align:right">1<\/td>/,
    );
    assert.equal(data["text/plain"], "name   n\n────  ──\n<i>    1\nb     20");
  });
});

describe("liveCurve", () => {
  it("draws at once, then at most twice a second, and everything at the end", () => {
    const real = performance.now;
    let now = real.call(performance);
    performance.now = () => now;
    try {
      const messages = inKernel(() => {
        const curve = liveCurve({ title: "Loss" });
        for (let step = 1; step <= 12; step++, now += 100) curve.add({ train: 1 / step, validation: 2 / step });
        curve.end();
      });
      const texts = messages.map(({ content }) => content.data["text/plain"]);
      assert.deepEqual(
        texts.map((text) => /train (\d+) points/.exec(text as string)![1]),
        ["1", "6", "11", "12"],
      );
      for (const { content } of messages.slice(0, 3)) assert.match(content.data["image/svg+xml"] as string, /^<svg /);
      const { data } = messages[3].content.data[plotlyMime] as plot.Figure;
      assert.deepEqual(data[1].x, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      assert.deepEqual([data[0].name, data[1].name], ["train", "validation"]);
    } finally {
      performance.now = real;
    }
  });

  it("thins a long curve while it grows, but keeps its last point", () => {
    const messages = inKernel(() => {
      const curve = liveCurve();
      for (let step = 1; step <= 5000; step++) curve.add(step);
      const wait = performance.now;
      performance.now = () => wait.call(performance) + 1e6;
      curve.add(7);
      performance.now = wait;
    });
    const path = /<path d="(M[^"]*L[^"]*)" fill="none"/.exec(messages[1].content.data["image/svg+xml"] as string)![1];
    const points = path.split(/[ML]/).slice(1);
    assert.ok(points.length <= 801, `${points.length} points`);
    const [x, y] = points[points.length - 1].split(",").map(Number);
    assert.equal(x, 840, "the last point stands at the right edge");
    assert.ok(y > 300, "and at 7 of 5000 near the axis");
  });
});
