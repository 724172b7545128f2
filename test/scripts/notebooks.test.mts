// `npm run notebooks` on notebooks that go wrong in every way: what it says, what it keeps, and what it leaves running.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finishedVenv } from "../../scripts/setup/python.mjs";
import { readJson, root } from "../../scripts/setup/paths.mjs";

interface Output {
  output_type: string;
  ename?: string;
  evalue?: string;
  text?: string[];
}

/** A notebook file of these code cells; the first also notes its kernel's process id. */
function notebookOf(pids: string, cells: string[], metadata: object[] = []): string {
  const note = `require("fs").appendFileSync(${JSON.stringify(pids)}, process.pid + "\\n"); `;
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: metadata[i] ?? {},
      source: i === 0 ? note + source : source,
      outputs: [],
      execution_count: null,
    })),
  });
}

describe("npm run notebooks", function () {
  this.timeout(300_000);
  this.slow(60_000);

  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const pids = () => (existsSync(file("pids")) ? readFileSync(file("pids"), "utf8").split("\n").filter(Boolean) : []);

  before(function () {
    if (!finishedVenv() && !process.env.CONDA_PREFIX) this.skip();
    mkdirSync(path.join(root, "build"), { recursive: true });
    folder = mkdtempSync(path.join(root, "build", "headless notebooks "));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  /** Writes notebooks and starts the runner on them; `options` are more words for its command line. */
  function start(out: string, notebooks: Record<string, string>, ...options: string[]) {
    for (const [name, text] of Object.entries(notebooks)) writeFileSync(file(name), text);
    const names = Object.keys(notebooks).map(file);
    const results = ["--out", file(out), "--json", file(`${out}.json`)];
    const script = path.join(root, "scripts", "notebooks.mjs");
    const child = spawn(process.execPath, [script, ...names, ...results, ...options], { cwd: root });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += String(chunk)));
    return { child, ended: once(child, "close").then(([code]) => ({ code: code as number, text })) };
  }

  /** The rows of a JSON report by the names of their notebooks. */
  function report(out: string) {
    const { notebooks } = readJson(file(`${out}.json`)) as {
      notebooks: { notebook: string; executed: number; total: number; ok: boolean; error: Record<string, unknown> }[];
    };
    return Object.fromEntries(notebooks.map((row) => [path.basename(row.notebook, ".ipynb"), row]));
  }

  /** The outputs of the code cells of an executed notebook. */
  function outputs(out: string, name: string): Output[][] {
    const { cells } = readJson(path.join(file(out), `${name}.ipynb`)) as { cells: { outputs?: Output[] }[] };
    return cells.map((cell) => cell.outputs ?? []);
  }

  function assertNoKernels() {
    assert.ok(pids().length > 0, "kernels have run");
    for (const pid of pids())
      assert.throws(() => process.kill(Number(pid), 0), { code: "ESRCH" }, `kernel ${pid} lives`);
  }

  it("runs two at once, tells what went wrong where, keeps what was done, and leaves no kernel behind", async () => {
    const of = (cells: string[], metadata?: object[]) => notebookOf(file("pids"), cells, metadata);
    const never = 'console.log("never");';
    const empty = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };
    const bad = start(
      "bad",
      {
        "types.ipynb": of(['console.log("kept");', '\nconst n: number = "text";', never]),
        "rejected.ipynb": of(['Promise.reject(new Error("nobody waits"));', never]),
        "late.ipynb": of(['setTimeout(() => { throw new Error("too late"); }, 100);']),
        "nan.ipynb": of(['import { fit } from "unrolled";', "await fit(() => NaN, [1, 2]);"]),
        "dies.ipynb": of(["", "process.exit(3)", never]),
        "tame.ipynb": of(["", "1 + 1"], [{}, { raises: "RangeError" }]),
        "empty.ipynb": JSON.stringify(empty),
        "text.ipynb": "no notebook",
        "kernel.ipynb": JSON.stringify({ ...JSON.parse(of(["1"])), metadata: { kernelspec: { name: "nowhere" } } }),
      },
      ...["--no-html", "--jobs", "3"],
    );
    const good = start("good", {
      "with spaces.ipynb": of(
        ['console.log("one");', 'throw new RangeError("wanted");', "2"],
        [{}, { tags: ["raises-exception"], raises: "RangeError" }],
      ),
    });
    const [{ code, text }, fine] = await Promise.all([bad.ended, good.ended]);

    assert.deepEqual([fine.code, code], [0, 1], fine.text + text);
    assert.match(fine.text, /with spaces +3\/3 +[\d.]+ +ok\n1 passed, 0 failed/);
    assert.ok(existsSync(path.join(file("good"), "with spaces.html")));

    const rows = report("bad");
    const told = Object.entries(rows).map(([name, { executed, total, ok, error }]) => {
      return [name, `${executed}/${total}`, ok, error.cell, error.name, error.message];
    });
    const nan =
      "fit: the loss became NaN in epoch 1, batch 1 (step 1); " +
      "try a lower learning rate, clip the gradients, or look at that batch";
    const type = "TS2322: Type 'string' is not assignable to type 'number'. (line 2)";
    assert.deepEqual(told, [
      ["types", "1/3", false, 2, "TypeScriptError", type],
      ["rejected", "0/2", false, 1, "Error", "nobody waits"],
      ["late", "1/1", false, 1, "Error", "too late"],
      ["nan", "1/2", false, 2, "NonFiniteLossError", nan],
      ["dies", "1/3", false, 2, "DeadKernel", "the kernel died while this cell ran"],
      ["tame", "1/2", false, 2, "NothingRaised", "the cell had to raise RangeError and did not"],
      ["empty", "0/0", false, 0, "NoCells", "the notebook has no code cell to run"],
      ["text", "0/0", false, 0, "NotJSONError", rows.text.error.message],
      ["kernel", "0/0", false, 0, "NoSuchKernel", "No such kernel named nowhere"],
    ]);
    assert.match(String(rows.text.error.message), /^the file cannot be read: .*not appear to be JSON/);
    assert.match(text, /types +1\/3 +[\d.]+ +cell 2, TypeScriptError: TS2322/);
    assert.match(text, /late +1\/1 +[\d.]+ +after the last cell, Error: too late\n/);
    assert.match(text, /0 passed, 9 failed/);

    const [kept, wrong, notRun] = outputs("bad", "types");
    assert.equal(kept[0]?.text?.join(""), "kept\n");
    assert.equal(wrong[0]?.ename, "TypeScriptError");
    assert.deepEqual(notRun, []);
    assert.equal(outputs("bad", "late")[0].at(-1)?.evalue, "too late");
    assert.equal(outputs("bad", "dies")[1].at(-1)?.ename, "DeadKernel");
    assertNoKernels();
  });

  // Two kernels had been given the same port: one of 1,960 tests failed, once.
  it("starts a kernel once more that ended before it said a word, and no third time", async () => {
    const spec = (name: string, script: string) => {
      const of = path.join(folder, "jupyter", "kernels", name);
      mkdirSync(of, { recursive: true });
      writeFileSync(path.join(of, "start.cjs"), script);
      const argv = [process.execPath, path.join(of, "start.cjs"), "{connection_file}"];
      writeFileSync(path.join(of, "kernel.json"), JSON.stringify({ argv, display_name: name, language: "typescript" }));
    };
    const launcher = path.join(root, "kernel", "dist", "launcher.js");
    const begin = (name: string) => `require("fs").appendFileSync(${JSON.stringify(file(name))}, "x");`;
    const counted = `require("fs").readFileSync(${JSON.stringify(file("starts"))}, "utf8").length`;
    spec("stillborn", `${begin("starts")} if (${counted} < 2) process.exit(1); require(${JSON.stringify(launcher)});`);
    spec("dead", `${begin("deaths")} process.exit(1);`);
    process.env.JUPYTER_PATH = path.join(folder, "jupyter");
    const run = (name: string) =>
      start(name, { [`${name}.ipynb`]: notebookOf(file("pids"), ["1"]) }, "--kernel", name, "--no-html").ended;
    try {
      const [second, never] = await Promise.all([run("stillborn"), run("dead")]);
      assert.deepEqual([second.code, never.code], [0, 1], second.text + never.text);
    } finally {
      delete process.env.JUPYTER_PATH;
    }
    assert.equal(readFileSync(file("deaths"), "utf8"), "xx");
    assert.equal(report("dead").dead.error.message, "Kernel died before replying to kernel_info");
    assertNoKernels();
  });

  it("ends cells that run too long, busy or waiting", async () => {
    const cells = (last: string) => notebookOf(file("pids"), ['console.log("before");', last]);
    const notebooks = {
      "busy.ipynb": cells("for (;;) {}"),
      "waiting.ipynb": cells("await new Promise((resolve) => setTimeout(resolve, 1e9));"),
    };
    const { code } = await start("limits", notebooks, "--cell-timeout", "5", "--no-html").ended;
    assert.equal(code, 1);
    for (const row of Object.values(report("limits"))) {
      assert.deepEqual([row.error.name, row.error.cell], ["Timeout", 2]);
      assert.equal(row.error.message, "the cell ran longer than 5 s");
    }
    const [before, endless] = outputs("limits", "busy");
    assert.equal(before[0]?.text?.join(""), "before\n");
    assert.equal(endless.at(-1)?.ename, "Timeout");
    assertNoKernels();
  });

  it("stops at Ctrl-C, keeps what has run, and says what has not", async () => {
    const cells = ['console.log("before");', 'console.log("here"); for (;;) {}'];
    const notebooks = {
      "stopped.ipynb": notebookOf(file("pids of stopped"), cells),
      "waits its turn.ipynb": notebookOf(file("pids"), ["1"]),
    };
    const { child, ended } = start("ctrl-c", notebooks, "--jobs", "1");
    while (!existsSync(file("pids of stopped"))) await sleep(50);
    await sleep(500);
    const pressed = Date.now();
    child.kill("SIGINT");
    child.kill("SIGINT"); // the terminal and npm may both send it
    const { code, text } = await ended;
    assert.equal(code, 130, text);
    assert.ok(Date.now() - pressed < 15_000); // a second or two on a quiet machine
    const { stopped, "waits its turn": other } = report("ctrl-c");
    assert.deepEqual([stopped.error.name, stopped.executed, stopped.total], ["Stopped", 1, 2]);
    assert.equal(other.error.message, "not started");
    const [before, here] = outputs("ctrl-c", "stopped");
    assert.equal(before[0]?.text?.join(""), "before\n");
    assert.equal(here.at(-1)?.ename, "Stopped");
    const [pid] = readFileSync(file("pids of stopped"), "utf8").split("\n");
    assert.throws(() => process.kill(Number(pid), 0), { code: "ESRCH" });
  });

  it("refuses options and names that mean nothing, and says what there is", async () => {
    const { code, text } = await start("none", {}, "--cell-timeout", "soon").ended;
    assert.equal(code, 2);
    assert.match(text, /--cell-timeout: expected a number above 0, got "soon"[^]*Usage: npm run notebooks/);
    const unknown = await start("none", {}, "99").ended;
    assert.equal(unknown.code, 2);
    assert.match(unknown.text, /There is no notebook "99"\.\nThere are: 0/);
  });
});
