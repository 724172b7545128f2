// The course as a learner meets it: JupyterLab as `npm start` starts it, in a real Chromium, driven by the keyboard.
// Pictures of what was seen are left in build/e2e.
import { strict as assert } from "node:assert";
import { coloursOf, Lab, notebookOf, type NotebookPage } from "./lab";

const alice = "01-hello-world-to-alice.ipynb";

const mistakes = notebookOf(
  "interface Point {\n  x: number;\n}\nconst points: Point[] = [{ x: 1 }, { x: 2 }];\npoints.length",
  "points",
  'const three = 3;\nconst four: number = "four";\nconst five = 5;',
  'console.log("not to be seen");',
  'import { fit, tqdm } from "unrolled";\n' +
    "const clock = new Int32Array(new SharedArrayBuffer(4));\nlet steps = 0;\n" +
    "function step() {\n  Atomics.wait(clock, 0, 0, 2); // two milliseconds of work\n  return 1 / ++steps;\n}\n" +
    "await fit(step, Array.from({ length: 100_000 }), { progress: tqdm });",
  "steps > 0 && steps < 100_000",
  'import { plot, show, table } from "unrolled";\n' +
    'show(plot.lossCurve([3, 2, 1]));\ntable([{ model: "RNN", loss: 1.25 }]);',
);

/** Leaves out what would only wait for a step that has failed. (Mocha's bail would also mind failures of other files.) */
function skipAfterFailure(): void {
  let failed = false;
  beforeEach(function () {
    if (failed) this.skip();
  });
  afterEach(function () {
    failed ||= this.currentTest?.state === "failed";
  });
}

describe("JupyterLab, started by npm start", function () {
  this.timeout(180_000);
  this.slow(60_000);

  let lab: Lab | undefined;

  before(async function () {
    const { findChromium } = await import("../../scripts/setup/chromium.mjs");
    const browser = findChromium();
    if (browser === undefined) {
      const missing = "no Chromium or Chrome found; name one in $CHROMIUM to run the end-to-end test";
      if (process.env["CI"]) throw new Error(missing);
      console.log(`    skipped, ${missing}`);
      this.skip();
    }
    lab = await Lab.start(browser, [alice], { "mistakes.ipynb": mistakes });
  });

  after(async () => {
    const code = await lab?.stop();
    if (lab) assert.equal(code, 0, "Ctrl-C ends JupyterLab in order");
  });

  describe("runs notebook 01:", () => {
    let notebook: NotebookPage;
    skipAfterFailure();
    before(async () => void (notebook = await lab!.open(alice)));
    after(() => notebook?.page.close());

    it("every cell, to the end", async () => {
      await notebook.command("Run All Cells");
      await notebook.finished(120);
      await notebook.picture("alice");
      const prompts = await notebook.prompts();
      assert.deepEqual(
        prompts,
        prompts.map((_, i) => `[${i + 1}]:`),
      );
      assert.deepEqual(await notebook.errors(), []);
    });

    it("figures are drawn by the live Plotly, with their data", async () => {
      for (const [cell, least] of [
        ["plot.unrolledNetwork(", 10],
        ["plot.lossCurve(helloLosses", 1],
        ["plot.embeddingNetwork(", 10],
      ] as const) {
        const figure = notebook.outputOf(cell).locator(".js-plotly-plot");
        await figure.scrollIntoViewIfNeeded();
        await figure.locator(".main-svg").first().waitFor();
        const marks = await figure.locator(".scatterlayer path, .shapelayer path, .annotation").count();
        assert.ok(marks >= least, `${cell} drew ${marks} marks`);
        await notebook.picture(`figure-${cell.replace(/\W+/g, "-")}`, figure);
      }
    });

    it("the layers in depth are painted on a 3-D canvas", async () => {
      const figure = notebook.outputOf("plot.layers3d(").locator(".js-plotly-plot");
      await figure.scrollIntoViewIfNeeded();
      const canvas = figure.locator("canvas").first();
      await canvas.waitFor();
      await notebook.picture("figure-layers3d", figure);
      const colours = await coloursOf(canvas);
      assert.ok(colours > 50, `the canvas shows ${colours} colours`);
    });

    it("progress is one bar, redrawn in its place", async () => {
      const bars = notebook.outputOf("tqdm(100").locator("progress");
      assert.equal(await bars.count(), 1);
      assert.equal(await bars.getAttribute("value"), "100");
    });
  });

  describe("helps a learner who makes mistakes:", () => {
    let notebook: NotebookPage;
    skipAfterFailure();
    before(async () => void (notebook = await lab!.open("mistakes.ipynb")));
    after(() => notebook?.page.close());

    it("colours what only TypeScript has", async () => {
      const colourOf = (word: string) =>
        notebook.code
          .first()
          .locator(".cm-line span", { hasText: new RegExp(`^${word}$`) })
          .evaluate((span) => getComputedStyle(span).color);
      assert.equal(await colourOf("interface"), await colourOf("const"));
      assert.notEqual(await colourOf("interface"), await colourOf("points").catch(() => ""));
    });

    it("completes with Tab and explains with Shift+Tab", async () => {
      const { keyboard } = notebook.page;
      await notebook.select(0);
      await keyboard.press("Shift+Enter");
      await notebook.finished(20);
      assert.equal(await notebook.printed(0), "2");

      await keyboard.press("Enter"); // edit the second cell
      await keyboard.press("Control+End");
      await keyboard.type(".ma");
      await keyboard.press("Tab");
      const completer = notebook.page.locator(".jp-Completer");
      await completer.getByText("map", { exact: true }).waitFor();
      await notebook.picture("completion");
      await keyboard.press("Escape");
      await keyboard.type("p(");
      await keyboard.press("Shift+Tab");
      const tooltip = notebook.page.locator(".jp-Tooltip");
      await tooltip.getByText("Calls a defined callback function on each element").waitFor();
      await notebook.picture("tooltip");
      await keyboard.press("Escape");
      await keyboard.press("Escape");
    });

    it("shows a type error in red with its line, and does not run the cells after it", async () => {
      await notebook.select(2);
      await notebook.command("Run Selected Cell and All Below");
      await notebook.finished(20);
      const error = notebook.output(2).locator('[data-mime-type="application/vnd.jupyter.stderr"]');
      const text = await error.innerText();
      assert.match(text, /> 2 \| const four: number = "four";/);
      assert.match(text, /TypeScriptError: TS2322: Type 'string' is not assignable to type 'number'/);
      const [red, green, blue] = await error.evaluate((node) =>
        getComputedStyle(node).backgroundColor.match(/\d+/g)!.map(Number),
      );
      assert.ok(red > green + 20 && red > blue + 20, `the background is rgb(${red}, ${green}, ${blue})`);
      assert.deepEqual((await notebook.prompts()).slice(3), Array(4).fill("[ ]:"));
      await notebook.picture("type-error");
    });

    it("stops a training loop, and goes on", async () => {
      const { keyboard } = notebook.page;
      await notebook.select(4);
      await keyboard.press("Control+Enter");
      await notebook.output(4).locator('progress:not([value="0"])').waitFor();
      await keyboard.press("i");
      await keyboard.press("i");
      await notebook.finished(10);
      assert.match(await notebook.printed(4), /InterruptedError: stopped after step \d+ of 100000/);
      await notebook.picture("interrupted");
      await notebook.select(5);
      await keyboard.press("Control+Enter");
      await notebook.finished(10);
      assert.equal(await notebook.printed(5), "true");
    });

    it("is as readable on a dark page", async () => {
      await notebook.command("Use Theme: JupyterLab Dark");
      await notebook.page.locator('body[data-jp-theme-light="false"]').waitFor({ state: "attached" });
      await notebook.select(6);
      await notebook.page.keyboard.press("Control+Enter");
      await notebook.finished(10);
      await notebook.output(6).locator(".js-plotly-plot .main-svg").first().waitFor();
      await notebook.output(6).locator("table").scrollIntoViewIfNeeded();
      await notebook.picture("dark");
    });
  });

  describe("in all this", () => {
    it("asks nothing of any other machine", () => {
      assert.ok(lab!.requests > 50, `${lab!.requests} requests were seen`);
      assert.deepEqual(lab!.strangers, []);
    });
  });
});
