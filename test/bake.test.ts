/** Executed notebooks: pictures beside figures, and pages that need no network. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { plot } from "unrolled";

const plotlyMime = "application/vnd.plotly.v1+json";
const svgMime = "image/svg+xml";

const links = "[next](other.ipynb#place) [elsewhere](https://example.org/a.ipynb)";

/** A notebook as nbconvert leaves it after a run, with these outputs. */
const notebook = (...bundles: Record<string, unknown>[]) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# Title\n", "$h_t$ costs \\$5 ", links] },
    {
      cell_type: "code",
      id: "b",
      metadata: {},
      execution_count: 1,
      source: ["1 < 2"],
      outputs: bundles.map((data) => ({
        output_type: "display_data",
        metadata: {},
        data: JSON.parse(JSON.stringify(data)),
      })),
    },
  ],
});

const figure = (value: plot.Figure): Record<string, unknown> => ({ [plotlyMime]: value, "text/plain": "[figure]" });

describe("bake", () => {
  let bake: Awaited<ReturnType<typeof load>>["bake"];
  const load = () => import("../scripts/bake.mjs");
  before(async () => ({ bake } = await load()));
  after(async () => (await import("../scripts/svg/render.mjs")).closeRenderer());

  it("adds a picture to every figure and leaves the rest alone", async () => {
    const executed = notebook(figure(plot.line([1, 2])), { "text/plain": "3" }, figure(plot.bar({ a: 1 })));
    const before = JSON.parse(JSON.stringify(executed));
    assert.deepEqual(await bake(executed), { figures: 2, errors: [] });
    const outputs = executed.cells[1].outputs!;
    for (const { data } of [outputs[0], outputs[2]]) {
      assert.match(data[svgMime], /^<svg /);
      delete data[svgMime];
    }
    assert.deepEqual(executed, before);
  });

  it("gives the same notebook when it bakes twice", async () => {
    const executed = notebook(figure(plot.unrolledNetwork()));
    await bake(executed);
    const once = JSON.stringify(executed);
    await bake(executed);
    assert.ok(JSON.stringify(executed) === once);
  });

  it("tells which cell's figure cannot be drawn, and draws the others", async () => {
    const executed = notebook({ [plotlyMime]: { data: 7 } }, figure(plot.line([1])));
    const { figures, errors } = await bake(executed);
    assert.equal(figures, 1);
    assert.match(errors.join(), /^cell 2: /);
  });

  it("paints heatmaps pixel for pixel", async () => {
    const executed = notebook(figure(plot.heatmap([[0, 1]], { range: [0, 1] }))); // white, dark blue
    await bake(executed);
    const svg: string = executed.cells[1].outputs![0].data[svgMime];
    const png = Buffer.from(/data:image\/png;base64,([^"]+)"/.exec(svg)![1], "base64");
    const { inflateSync } = await import("node:zlib");
    const width = png.readUInt32BE(16);
    const size = png.readUInt32BE(33);
    const row = inflateSync(png.subarray(41, 41 + size)).subarray(1, 1 + 4 * width);
    assert.deepEqual([...row.subarray(0, 4)], [255, 255, 255, 255]);
    assert.deepEqual([...row.subarray(4 * width - 4)], [0, 0x46, 0x6e, 255]);
  });

  it("projects a three-dimensional figure as its camera sees it", async () => {
    const { project } = await import("../scripts/svg/project.mjs");
    const axis = { range: [0, 1] };
    const scene = {
      xaxis: axis,
      yaxis: axis,
      zaxis: axis,
      aspectratio: { x: 2, y: 1, z: 1 },
      camera: { eye: { x: 0, y: -2, z: 0 }, projection: { type: "orthographic" } },
    };
    const line = { type: "scatter3d", mode: "lines", x: [0, 1, null, 1], y: [0, 0, null, 1], z: [0, 0, null, 1] };
    const { data } = project({ data: [line], layout: { scene } });
    // From the front, x (twice as long) runs to the right and z upwards; depth does not show without perspective.
    assert.deepEqual(data[0].x, [-1, 1, null, 1]);
    assert.deepEqual(data[0].y, [-0.5, -0.5, null, 0.5]);
    const near = { ...scene, camera: { eye: { x: 0, y: -2, z: 0 } } };
    const seen = project({ data: [line], layout: { scene: near } }).data[0].x;
    assert.deepEqual(
      seen.map((x: number | null) => x && Number(x.toFixed(4))),
      [-0.6667, 0.6667, null, 0.4], // 1 / 1.5 in front, 1 / 2.5 behind
    );
  });
});

describe("export", () => {
  const python = [".venv/bin/python", ".venv/Scripts/python.exe"].find((file) => existsSync(file));
  let folder: string;
  before(function () {
    if (!python && !process.env.CONDA_PREFIX) this.skip();
    folder = mkdtempSync(path.join(os.tmpdir(), "unrolled export "));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  it("makes a page with picture, data and shared scripts, and no address of any network", function () {
    this.timeout(120_000);
    const file = path.join(folder, "my notebook.ipynb");
    writeFileSync(file, JSON.stringify(notebook(figure(plot.line([1, 2], { title: "</script><b>" })))));
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/export.mjs", file], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim(), file.replace(".ipynb", ".html"));
    const page = readFileSync(file.replace(".ipynb", ".html"), "utf8");
    assert.ok(/<img [^>]*src="data:image\/svg\+xml;base64,/.test(page), "the picture is there");
    const json = /<script type="application\/json">(.*?)<\/script>/.exec(page)![1];
    assert.equal(JSON.parse(json).layout.title.text, "</script><b>");
    const loaded = [...page.matchAll(/<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"/g)].map(
      (match) => match[1],
    );
    assert.deepEqual(loaded.filter((address) => !address.startsWith("data:")), ["tex-svg.js"]); // prettier-ignore
    assert.match(page, /<title>Title<\/title>/);
    assert.match(page, /href="other.html#place"[^]*href="https:\/\/example\.org\/a\.ipynb"/);
    for (const script of ["plotly.min.js", "tex-svg.js"]) assert.ok(existsSync(path.join(folder, script)), script);
  });
});
