// The real kernel, over its sockets. What Jupyter's own clients make of it is asked in protocol.test.ts and notebooks.test.ts.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { first, KernelClient, printed, traceback, types } from "./client";

const build = join(__dirname, "..", "..", "build");
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("kernel", function () {
  this.timeout(30_000);
  let kernel: KernelClient;
  let folder: string;
  before(async () => {
    mkdirSync(build, { recursive: true });
    folder = mkdtempSync(join(build, "kernel-")); // inside the repository: cells find its packages
    kernel = await KernelClient.start({ cwd: folder });
  });
  after(async () => {
    await kernel.stop();
    rmSync(folder, { recursive: true });
  });

  describe("messages of a cell", () => {
    it("come in Jupyter's order, and text is sent before what follows it", async () => {
      const run = await kernel.run(`
        import { display } from "tslab";
        console.log("one"); display.html("<b>two</b>"); console.log("three"); "four"`);
      const expected = ["busy", "execute_input", "stream", "display_data", "stream", "execute_result", "idle"];
      assert.deepEqual(types(run), expected);
      assert.equal(first(run, "execute_result").data["text/plain"], "four");
      assert.equal(run.reply.execution_count, first(run, "execute_input").execution_count);
    });

    it("count the cells that are stored, and only these", async () => {
      const counts = [];
      for (const options of [{}, { silent: true }, { store_history: false }, {}]) {
        counts.push((await kernel.run("1", options)).reply.execution_count);
      }
      const start = counts[0];
      assert.deepEqual(counts, [start, start, start, start + 1]);
    });

    it("are kept back when it is silent", async () => {
      const run = await kernel.run("throw new Error('hush')", { silent: true });
      assert.deepEqual(types(run), ["busy", "idle"]);
      assert.equal(run.reply.status, "error");
    });

    it("say busy again when another request was answered meanwhile", async () => {
      const id = kernel.submit('await new Promise((done) => process.once("SIGUSR2", done)); undefined');
      await kernel.until(() => kernel.about(id).some((each) => each.type === "execute_input"));
      const reply = await kernel.ask("complete_request", { code: "[].fla", cursor_pos: 6 });
      assert.deepEqual(reply.matches, ["flat", "flatMap"]);
      kernel.process.kill("SIGUSR2");
      assert.deepEqual(types(await kernel.finish(id)), ["busy", "execute_input", "busy", "idle"]);
    });
  });

  describe("variables of earlier cells", () => {
    it("are known in { name }, also inside functions that have a variable of that name, and as a target", async () => {
      await kernel.run("const rate = 1; let steps = 2; const { size } = { size: 3 };");
      const run = await kernel.run(`
        const options = { size, rate, nested: [{ steps }] };
        const scale = (rate: number) => ({ rate, size });
        ({ steps } = { steps: 9 });
        JSON.stringify([options, scale(7), { steps, options }.steps])`);
      const expected = [{ size: 3, rate: 1, nested: [{ steps: 2 }] }, { rate: 7, size: 3 }, 9];
      assert.deepEqual(JSON.parse(first(run, "execute_result").data["text/plain"]), expected);
    });
  });

  describe("printed text", () => {
    it("is joined and loses nothing below the cap", async () => {
      const run = await kernel.run("for (let i = 0; i < 100_000; i++) console.log(i % 10)");
      const text = printed(run);
      assert.equal(text.length, 200_000);
      assert.ok(text.startsWith("0\n1\n2\n3\n") && text.endsWith("8\n9\n"));
      assert.ok(types(run).filter((type) => type === "stream").length < 100);
    });

    it("is cut at a million characters, with a note, and the kernel stays usable", async () => {
      const run = await kernel.run("for (let i = 0; i < 200_000; i++) console.log(String(i).padStart(9))");
      assert.equal(printed(run).length, 1_000_000);
      assert.match(printed(run, "stderr"), /cut here: a cell shows at most 1,000,000 characters/);
      assert.equal(printed(await kernel.run("console.log('next')")), "next\n");
    });

    it("keeps characters whole that were split between writes", async () => {
      const run = await kernel.run(`
        const euro = Buffer.from("€");
        process.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1));
        process.stdout.write("", () => console.log("!"));
        process.stdout.write("61", "hex");`);
      assert.equal(printed(run), "€a!\n");
    });
  });

  describe("errors", () => {
    it("are placed in the learner's cell and line, the message last", async () => {
      const { reply } = await kernel.run(
        "interface P { a: number }\nfunction check(n: number) {\n  if (n > 3) throw new RangeError(`too large: ${n}`);\n}",
      );
      const run = await kernel.run("const n: number = 7;\n[1, n].forEach((each) => check(each));");
      const [defined, ran] = [reply.execution_count, run.reply.execution_count];
      const { ename, evalue } = first(run, "error");
      assert.deepEqual([ename, evalue], ["RangeError", "too large: 7"]);
      assert.equal(
        traceback(run),
        [
          "  1 | interface P { a: number }",
          "  2 | function check(n: number) {",
          "> 3 |   if (n > 3) throw new RangeError(`too large: ${n}`);",
          "    |                    ^",
          "  4 | }",
          `    at check In[${defined}]:3:20`,
          `    at In[${ran}]:2:26`,
          `    at In[${ran}]:2:8`,
          "RangeError: too large: 7",
        ].join("\n"),
      );
      assert.equal(run.reply.status, "error");
      assert.deepEqual(run.reply.traceback, first(run, "error").traceback);
    });

    it("of types tell code and line, and the cell is not run", async () => {
      const run = await kernel.run('console.log("ran");\nconst count: number = "three";');
      assert.equal(printed(run), "");
      const { ename, evalue } = first(run, "error");
      assert.equal(ename, "TypeScriptError");
      assert.equal(evalue, "TS2322: Type 'string' is not assignable to type 'number'. (line 2)");
      assert.match(traceback(run), /> 2 \| const count: number = "three";\n {4}\| {7}\^\^\^\^\^\n/);
    });

    it("in a `for await` outside functions are placed, too", async () => {
      const loop = "let sum = 0;\nfor await (const n of [1, Promise.resolve(2)]) sum += n;\nsum";
      assert.equal(first(await kernel.run(loop), "execute_result").data["text/plain"], "3");
      const run = await kernel.run("for await (const n of [1]) {\n  if (n) throw new Error('there');\n}");
      assert.match(traceback(run), /> 2 \| {3}if \(n\) throw[^]*\n {4}at In\[\d+\]:2:16\n/);
      const own = "async function* two() { for await (const n of [1, 2]) yield n; }\ntypeof two";
      assert.equal(first(await kernel.run(own), "execute_result").data["text/plain"], "function");
    });

    it("name their cause first", async () => {
      const run = await kernel.run('throw new Error("outer", { cause: new TypeError("inner") })');
      assert.match(traceback(run), /TypeError: inner[^]*which led to:[^]*Error: outer$/);
      const make = "const make = (message: string, cause?: Error) => new Error(message, { cause });";
      const same = traceback(
        await kernel.run(
          `${make}\nconst f = async () => { await null; throw make("outer", make("inner")); };\nawait f();`,
        ),
      );
      assert.equal(same.match(/> 1 \|/g)?.length, 1, "one place is quoted once");
      assert.match(same, /\n {4}at async In\[\d+\]:3:/);
    });

    it("may be anything", async () => {
      assert.equal(first(await kernel.run("throw 'a word'"), "error").evalue, "'a word' (not an Error)");
      assert.equal(first(await kernel.run("throw undefined"), "error").evalue, "undefined (not an Error)");
      const run = await kernel.run("class NoLuck extends Error {}\nthrow new NoLuck()");
      assert.equal(first(run, "error").ename, "NoLuck");
    });

    it("in a library are placed in its source", async () => {
      const source =
        "// Refuses everything.\nexport const refuse = (what: string): never => {\n  throw new Error(what);\n};\n";
      const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, sourceMap: true };
      const library = ts.transpileModule(source, { compilerOptions, fileName: "refuse.ts" });
      const map = library.sourceMapText!.replace('"refuse.ts"]', '"../source/refuse.ts"]');
      mkdirSync(join(folder, "library"));
      writeFileSync(join(folder, "library", "refuse.js"), library.outputText);
      writeFileSync(join(folder, "library", "refuse.js.map"), map);
      const run = await kernel.run('const { refuse } = require("./library/refuse.js");\nrefuse("no");');
      assert.match(traceback(run), /\n {4}at refuse source\/refuse\.ts:3:9\n {4}at In\[\d+\]:2:1\nError: no$/);
    });

    it("in a .ts file beside the notebook are placed in it", async () => {
      const source = "interface Unused {}\nexport function beside(n: number) {\n  return n.toFixed(200);\n}\n";
      writeFileSync(join(folder, "beside.ts"), source);
      const run = await kernel.run('import { beside } from "./beside";\nbeside(1);');
      assert.match(traceback(run), /\n {4}at beside beside\.ts:3:12\n {4}at In\[\d+\]:2:\d\nRangeError: /);
      writeFileSync(join(folder, "wrong.ts"), "export const wrong: number = 'text';\n");
      const wrong = await kernel.run('import { wrong } from "./wrong"; wrong');
      assert.match(wrong.reply.evalue, /^TS2322: .* \(wrong\.ts line 1\)$/);
      assert.match(traceback(wrong), /^wrong\.ts:1:14\n> 1 \| export const wrong: number = 'text';\n/);
    });

    it("leave the variables that were assigned before", async () => {
      await kernel.run(
        "const early = 5; let [left, right] = [1, 2];\nfunction twice(n: number) { return 2 * n; }\nthrow new Error(); const late = 6",
      );
      const run = await kernel.run("twice(early) + left + right");
      assert.equal(first(run, "execute_result").data["text/plain"], "13");
      assert.match(first(await kernel.run("late"), "error").evalue, /TS2304: Cannot find name 'late'/);
    });

    it("of promises that nobody awaits fail the cell", async () => {
      const run = await kernel.run('Promise.reject(new Error("nobody")); 5');
      assert.deepEqual(types(run), ["busy", "execute_input", "error", "idle"]);
      assert.equal(run.reply.evalue, "nobody");
      const handledLate = "const late = Promise.reject(new Error()); setImmediate(() => late.catch(() => {})); 6";
      assert.equal(first(await kernel.run(handledLate), "execute_result").data["text/plain"], "6");
    });

    it("of timers end an awaiting cell at once", async () => {
      const run = await kernel.run(
        'setTimeout(() => { throw new Error("timer") }, 10); await new Promise((r) => setTimeout(r, 60_000))',
      );
      assert.equal(run.reply.evalue, "timer");
    });

    it("that come later are shown under the last cell, and fail the next one of an unattended client", async () => {
      const late = async (options = {}) => {
        const id = kernel.submit('process.once("SIGUSR2", () => { throw new Error("late") }); 1', options);
        assert.equal((await kernel.finish(id)).reply.status, "ok");
        kernel.process.kill("SIGUSR2");
        await kernel.until(() => kernel.about(id).some((each) => each.type === "error"));
      };
      await late();
      assert.equal((await kernel.run("2")).reply.status, "ok");
      await late({ allow_stdin: false });
      assert.equal((await kernel.run("3", { allow_stdin: false })).reply.evalue, "late");
    });
  });

  describe("cells that wait", () => {
    it("are aborted by an error, later ones are not", async () => {
      const failing = kernel.submit("await null; throw new Error('stop')");
      const waiting = [kernel.submit("1"), kernel.submit("2")];
      assert.equal((await kernel.finish(failing)).reply.status, "error");
      const later = kernel.run("3");
      for (const id of waiting) {
        const run = await kernel.finish(id);
        assert.deepEqual(run.reply, { status: "aborted" });
        assert.deepEqual(types(run), ["busy", "idle"]);
      }
      assert.equal((await later).reply.status, "ok");
    });

    it("run when the client says so", async () => {
      const failing = kernel.submit("throw new Error('go on')", { stop_on_error: false });
      const waiting = kernel.submit("1");
      assert.equal((await kernel.finish(failing)).reply.status, "error");
      assert.equal((await kernel.finish(waiting)).reply.status, "ok");
    });
  });

  describe("an interrupt", () => {
    /** Sends SIGINT as soon as the cell has printed "go". */
    async function interrupted(code: string) {
      const id = kernel.submit(code);
      await kernel.until(() => kernel.about(id).some((each) => each.type === "stream"));
      kernel.process.kill("SIGINT");
      return kernel.finish(id);
    }

    /** What a training loop does: it listens for the signal, and stops between two batches. */
    const train = (wait: string) => `
      let stopped = false, step = 0;
      ${wait} process.once("SIGINT", () => (stopped = true)); console.log("go");
      for (; step < 1000 && !stopped; step++) await new Promise((r) => setTimeout(r, 10));
      const kept = step;
      class InterruptedError extends Error {}
      if (stopped) throw new InterruptedError("stopped after step " + step);`;

    it("ends an endless loop, and keeps earlier variables", async () => {
      const run = await interrupted("const before = 'kept'; console.log('go');\nfor (;;) console.log('go')");
      assert.equal(run.reply.ename, "InterruptedError");
      assert.equal(first(await kernel.run("before"), "execute_result").data["text/plain"], "kept");
    });

    for (const [when, wait] of [
      ["after an await", "await null;"],
      ["in the synchronous part of the cell, which kills stock tslab at the next interrupt", ""],
    ] as const) {
      it(`lets a loop stop by itself that listens ${when}`, async () => {
        for (let time = 0; time < 2; time++) {
          const run = await interrupted(train(wait));
          assert.equal(run.reply.ename, "InterruptedError");
          assert.match(run.reply.evalue, /^stopped after step \d+$/);
          assert.match(first(await kernel.run("kept"), "execute_result").data["text/plain"], /^\d+$/);
        }
      });
    }

    it("leaves a promise behind that nobody can stop", async () => {
      const run = await interrupted("console.log('go'); await new Promise((r) => setTimeout(r, 60_000))");
      assert.equal(run.reply.ename, "InterruptedError");
    });

    it("may come as a message, and changes nothing when no cell runs", async () => {
      assert.deepEqual(await kernel.ask("interrupt_request", {}, "control"), { status: "ok" });
      kernel.process.kill("SIGINT");
      const id = kernel.submit("await new Promise((r) => setTimeout(r, 60_000))");
      await kernel.until(() => kernel.about(id).some((each) => each.type === "execute_input"));
      await sleep(50);
      await kernel.ask("interrupt_request", {}, "control");
      assert.equal((await kernel.finish(id)).reply.ename, "InterruptedError");
    });
  });

  describe("what is shown", () => {
    it("may have several formats, made sync or async, or none", async () => {
      const value = (bundle: string) => `({ async [Symbol.for("Jupyter.display")]() { return ${bundle} } })`;
      const run = await kernel.run(value('{ "text/html": "<i>x</i>", "image/png": Buffer.from("png") }'));
      const { data } = first(run, "execute_result");
      assert.equal(data["text/html"], "<i>x</i>");
      assert.equal(data["image/png"], Buffer.from("png").toString("base64"));
      assert.ok("text/plain" in data);
      assert.equal(first(await kernel.run(value("{}")), "execute_result"), undefined);
      assert.equal((await kernel.run(value("(null as any).x"))).reply.ename, "TypeError");
      const circle = await kernel.run(
        "const circle: any = {}; circle.self = circle;" + value('{ "application/json": circle }'),
      );
      assert.match(circle.reply.evalue, /circular/);
    });

    it("can be published and cleared by a library", async () => {
      const run = await kernel.run(`
        const hook = (globalThis as any)[Symbol.for("jupyter.kernel")];
        hook.publish("display_data", { data: { "application/json": { x: new Float32Array([0.5, 1]) } }, transient: { display_id: "a" } });
        hook.clearOutput(true);
        hook.publish("update_display_data", { data: { "text/plain": "b" }, transient: { display_id: "a" } });`);
      assert.deepEqual(types(run).slice(2, -1), ["display_data", "clear_output", "update_display_data"]);
      assert.deepEqual(first(run, "display_data").data, { "application/json": { x: [0.5, 1] } });
      assert.deepEqual(first(run, "display_data").metadata, {});
      assert.deepEqual(first(run, "clear_output"), { wait: true });
    });

    it("all arrives, however much it is and however slow the client", async () => {
      const id = kernel.submit(`
        const publish = (globalThis as any)[Symbol.for("jupyter.kernel")].publish;
        for (let i = 0; i < 5000; i++) publish("display_data", { data: { "text/plain": String(i) } });`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000); // this process reads nothing for a second
      const shown = types(await kernel.finish(id)).filter((type) => type === "display_data");
      assert.equal(shown.length, 5000);
    });

    it("is drawn inline by nodeplotlib's plot, with its types and without its server", async () => {
      const run = await kernel.run(`
        import { plot, type Plot } from "nodeplotlib";
        const line: Plot = { x: [1, 2], y: [3, 4], type: "scatter" };
        plot([line], { title: "A line", xaxis: { title: "steps" } });
        Object.keys(require.cache).filter((path) => path.includes("nestjs")).length`);
      const figure = first(run, "display_data").data["application/vnd.plotly.v1+json"];
      assert.deepEqual(figure.data, [{ x: [1, 2], y: [3, 4], type: "scatter" }]);
      assert.deepEqual(figure.layout, { title: { text: "A line" }, xaxis: { title: { text: "steps" } } });
      assert.equal(first(run, "execute_result").data["text/plain"], "0");
      assert.match((await kernel.run("plot(3)")).reply.evalue, /TS2345/);
    });

    it("is updated in place when nodeplotlib's plot is given an observable", async () => {
      const run = await kernel.run(`
        import { from } from "rxjs";
        import { map } from "rxjs/operators";
        plot(from(Array(1000).keys()).pipe(map((n) => [{ x: [n], y: [n] }])));
        await new Promise((r) => setTimeout(r, 500));`);
      const [shown, cleared, updated, ...more] = run.outputs.filter((each) => each.type.endsWith("display_data"));
      assert.deepEqual([shown!.type, updated!.type, more], ["display_data", "update_display_data", []]);
      // JupyterLab's Plotly renderer ignores a second figure unless another format comes between.
      assert.deepEqual(Object.keys(cleared!.content.data), ["text/html"]);
      assert.deepEqual(updated!.content.transient, shown!.content.transient);
      assert.deepEqual(updated!.content.data["application/vnd.plotly.v1+json"].data, [{ x: [999], y: [999] }]);
    });

    it("is an HTML table for Danfo's frames and series", async () => {
      const run = await kernel.run(`
        import * as dfd from "danfojs-node";
        const frame = new dfd.DataFrame({ name: Array(60).fill("<b>"), n: Array.from(Array(60).keys()) });
        frame`);
      const { data } = first(run, "execute_result");
      assert.equal(data["text/html"].match(/<tr>/g).length, 51);
      assert.match(data["text/html"], /<td>&lt;b&gt;<\/td><td>49<\/td>/);
      assert.match(data["text/html"], /60 rows × 2 columns, shown: the first 50 rows/);
      assert.match(data["text/plain"], /name/);
      const series = first(await kernel.run('frame["n"].head(2)'), "execute_result").data["text/html"];
      assert.match(series, /<th>1<\/th><td>1<\/td>.*2 values/);
    });
  });

  describe("help", () => {
    it("completes with kinds, and counts characters as Jupyter does", async () => {
      const code = '"🙂".length; const a = { alpha: 1, alter() {} }; a.al';
      const reply = await kernel.ask("complete_request", { code, cursor_pos: Array.from(code).length });
      assert.deepEqual(reply.matches, ["alpha", "alter"]);
      assert.equal(reply.cursor_end, Array.from(code).length);
      assert.equal(reply.cursor_start, reply.cursor_end - 2);
      const kinds = reply.metadata._jupyter_types_experimental;
      assert.deepEqual(
        kinds.map((each: { type: string }) => each.type),
        ["property", "method"],
      );
    });

    it("describes the function whose call is open", async () => {
      for (const code of ["[1].map(", "[1].map((x) => x, ", "[1].map"]) {
        const reply = await kernel.ask("inspect_request", { code, cursor_pos: code.length, detail_level: 0 });
        assert.ok(reply.found, code);
        assert.match(reply.data["text/plain"], /map<.*callbackfn[^]*Calls a defined callback function/);
      }
      const nothing = await kernel.ask("inspect_request", { code: "  ", cursor_pos: 1, detail_level: 0 });
      assert.deepEqual(nothing, { status: "ok", found: false, data: {}, metadata: {} });
    });

    it("knows Node's globals, and none of the tools that happen to be installed", async () => {
      assert.equal((await kernel.run("process.version.length + setTimeout.length")).reply.status, "ok");
      assert.match((await kernel.run("typeof describe")).reply.evalue, /Cannot find name 'describe'/);
    });

    it("tells complete, incomplete and invalid code apart", async () => {
      const status = async (code: string) => (await kernel.ask("is_complete_request", { code })).status;
      assert.equal(await status("const n = <number>await f();"), "complete");
      assert.equal(await status("function f() {"), "incomplete");
      assert.equal(await status("const text = `one"), "incomplete");
      assert.equal(await status("const = 1;"), "invalid");
    });
  });
});

describe("the end of the kernel", function () {
  this.timeout(30_000);

  it("comes at once when it is asked for, although a timer is alive", async () => {
    const kernel = await KernelClient.start();
    try {
      await kernel.run("setInterval(() => {}, 1000)");
      assert.deepEqual(await kernel.ask("shutdown_request", { restart: true }, "control"), {
        status: "ok",
        restart: true,
      });
      await kernel.until(() => kernel.process.exitCode === 0);
    } finally {
      await kernel.stop();
    }
  });

  it("may be a cell's doing, whose text still arrives", async () => {
    const kernel = await KernelClient.start();
    try {
      const id = kernel.submit("console.log('farewell'); process.exit(3)");
      await kernel.until(() => kernel.process.exitCode === 3 && kernel.about(id).length === 3);
      assert.equal(kernel.about(id)[2]!.content.text, "farewell\n");
    } finally {
      await kernel.stop();
    }
  });

  it("comes when its parent has died, even in an endless loop", async () => {
    const kernel = await KernelClient.start({ indirect: true });
    try {
      const pid = Number(first(await kernel.run("process.pid"), "execute_result").data["text/plain"]);
      const isAlive = () => spawnSync("kill", ["-0", String(pid)]).status === 0;
      const id = kernel.submit("console.log('go'); for (;;) console.log('go')");
      await kernel.until(() => kernel.about(id).some((each) => each.type === "stream"));
      assert.ok(isAlive());
      kernel.process.kill("SIGKILL");
      await kernel.until(() => !isAlive(), 5000);
    } finally {
      await kernel.stop();
    }
  });
});
