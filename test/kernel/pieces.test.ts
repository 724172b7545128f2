// The pure pieces of the kernel, without a kernel: text, queue, errors, declarations, messages, figures, tables, specs.
import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { htmlTable } from "unrolled-kernel/dist/danfojs";
import { keepAssigned } from "unrolled-kernel/dist/declarations";
import { describeError } from "unrolled-kernel/dist/errors";
import { excerpt } from "unrolled-kernel/dist/excerpt";
import { History } from "unrolled-kernel/dist/history";
import { installKernelSpec } from "unrolled-kernel/dist/install";
import { withTitleObjects } from "unrolled-kernel/dist/nodeplotlib";
import { ExecuteQueue } from "unrolled-kernel/dist/queue";
import { Sources } from "unrolled-kernel/dist/sources";
import { TextStreams } from "unrolled-kernel/dist/streams";
import { TypeScriptError } from "unrolled-kernel/dist/type-errors";
import { composeMessage, parseMessage } from "unrolled-kernel/dist/wire";

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("TextStreams", () => {
  const collect = (limit?: number) => {
    const sent: string[] = [];
    return { sent, text: new TextStreams((name, text) => sent.push(`${name}: ${text}`), limit) };
  };

  it("joins writes, and keeps the order of the two streams", () => {
    const { sent, text } = collect();
    for (const word of ["a", "b"]) text.write("stdout", word);
    text.write("stderr", "c");
    text.write("stdout", "d");
    text.flush();
    text.flush();
    assert.deepEqual(sent, ["stdout: ab", "stderr: c", "stdout: d"]);
  });

  it("sends by itself after a moment, and at once when much has come", async () => {
    const { sent, text } = collect();
    text.write("stdout", "soon");
    assert.deepEqual(sent, []);
    await sleep(100);
    assert.deepEqual(sent, ["stdout: soon"]);
    text.write("stdout", "x".repeat(70_000));
    assert.equal(sent.length, 2);
  });

  it("sends old text at the next write, since timers wait for a synchronous loop", () => {
    const { sent, text } = collect();
    text.write("stdout", "old");
    const end = Date.now() + 60;
    while (Date.now() < end); // no timer can fire here
    assert.deepEqual(sent, []);
    text.write("stdout", ", new");
    assert.deepEqual(sent, ["stdout: old, new"]);
  });

  it("cuts a cell's text at the limit, once, and starts anew with the next cell", () => {
    const { sent, text } = collect(5);
    for (const word of ["123", "456", "789"]) text.write("stdout", word);
    text.startCell();
    text.write("stdout", "next");
    text.flush();
    const note = "stderr: \n[cut here: a cell shows at most 5 characters of printed text]\n";
    assert.deepEqual(sent, ["stdout: 12345", note, "stdout: next"]);
  });
});

describe("ExecuteQueue", () => {
  /** Runs items; those that start with "!" fail. */
  const record = (ended: (item: string) => void = () => undefined) => {
    const events: string[] = [];
    const run = async (item: string) => {
      events.push(`run ${item}`);
      await sleep(1);
      ended(item);
      return { abortsWaiting: item.startsWith("!"), reply: () => void events.push(`reply ${item}`) };
    };
    return { events, queue: new ExecuteQueue<string>(run, (item) => events.push(`abort ${item}`)) };
  };

  it("runs one after the other", async () => {
    const { events, queue } = record();
    ["a", "b"].forEach((item) => queue.add(item));
    await sleep(50);
    assert.deepEqual(events, ["run a", "reply a", "run b", "reply b"]);
  });

  it("aborts what waits when one fails, after its reply", async () => {
    const { events, queue } = record((item) => {
      if (item === "!a") setTimeout(() => queue.add("c"), 0); // it was still on its way
    });
    ["!a", "b"].forEach((item) => queue.add(item));
    await sleep(80);
    assert.deepEqual(events, ["run !a", "reply !a", "abort b", "abort c"]);
  });

  it("runs what is sent after the reply", async () => {
    const { events, queue } = record();
    queue.add("!a");
    while (!events.includes("reply !a")) await sleep(1);
    queue.add("b");
    await sleep(30);
    assert.deepEqual(events.slice(-2), ["run b", "reply b"]);
  });
});

describe("describeError", () => {
  const sources = new Sources();
  sources.addCell("In[2]", "const a = 1;\nfail(a);");
  const described = (thrown: unknown) => {
    const { ename, evalue, traceback } = describeError(thrown, sources);
    return { ename, evalue, text: stripVTControlCharacters(traceback.join("\n")) };
  };
  const withStack = (error: Error, ...frames: string[]) => {
    error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
    return error;
  };

  it("leaves out Node's frames, shortens packages, and ends with the message", () => {
    const tf = "/x/node_modules/@tensorflow/tfjs/dist/tf.js";
    const error = withStack(new RangeError("a message\n    at nowhere (file.ts:1:1)"), `f (${tf}:1:2)`, `${tf}:3:4`);
    error.stack +=
      "\n    at async load (/x/own.js:5:6)\n    at node:internal/timers:10:1\n    at new Promise (<anonymous>)";
    const { text } = described(error);
    assert.match(
      text,
      /^ {4}… 2 calls inside @tensorflow\/tfjs\n {4}at async load .*own\.js:5:6\nRangeError: a message\n/,
    );
  });

  it("counts the calls of a function that calls itself", () => {
    const error = withStack(new Error("deep"), ...Array<string>(5).fill("again (/x/own.js:1:2)"));
    assert.match(described(error).text, /^ {4}at again .*own\.js:1:2 \(5 times\)\nError: deep$/);
  });

  it("uses the name that tells most", () => {
    class Custom extends Error {}
    assert.equal(described(new Custom("x")).ename, "Custom");
    assert.equal(described(Object.assign(new Error("x"), { name: "Given" })).ename, "Given");
    assert.equal(described({ code: 3 }).evalue, "{ code: 3 } (not an Error)");
  });

  it("lists the errors of an AggregateError", () => {
    assert.match(
      described(new AggregateError([new Error("one"), "two"], "all")).text,
      /\[1\] Error: one\n\[2\] Thrown: 'two'/,
    );
  });

  it("survives errors that cannot be shown, and causes that run in a circle", () => {
    const error = new Error("round");
    error.cause = error;
    assert.equal(described(error).evalue, "round");
    const broken = Object.defineProperty(new Error(), "message", { get: () => null!["x"] });
    assert.match(described(broken).evalue, /^what was thrown cannot be shown: TypeError/);
  });

  it("shows each type error once, with its explanation", () => {
    const at = (offset: number, line: number) => ({ offset, line, character: 0 });
    const finding = (offset: number, messageText: string, code = 2322) => {
      return { start: at(offset, offset && 1), end: at(offset + 1, offset && 1), messageText, code };
    };
    const [wrong, why] = [finding(0, "wrong"), finding(0, "because")];
    const { evalue, text } = described(
      new TypeScriptError([wrong, why, finding(0, "exported", 4025), finding(13, "second", 2304)], "In[2]"),
    );
    assert.equal(evalue, "TS2322: wrong\n  because (line 1, and 1 more)");
    assert.doesNotMatch(text, /exported/);
    assert.match(text, /In\[2\]:2:1\n {2}1 \| const a = 1;\n> 2 \| fail\(a\);\n {4}\| \^\nTS2304: second/);
  });
});

describe("excerpt", () => {
  it("marks a place, also behind tabs and at the end of the text", () => {
    assert.equal(stripVTControlCharacters(excerpt("\tf(x)", 1, 4, 99)), "> 1 | \tf(x)\n    | \t  ^^");
    assert.equal(stripVTControlCharacters(excerpt("a\nb", 2, 9)), "  1 | a\n> 2 | b\n    |  ^");
  });
});

describe("keepAssigned", () => {
  it("drops the names that a failed cell had not assigned", () => {
    const declarations = [
      'import { x, y } from "m";',
      'import z from "n";',
      "declare let a: number, b: { c: string };",
      "declare class K {}",
      "declare class Missing {}",
      "declare function f(): void;",
      "type T = string;",
    ].join("\n");
    const compiled =
      "exports.a = exports.b = exports.K = exports.Missing = exports.z = void 0;\nexports.f = void 0;\na();";
    const kept = keepAssigned(declarations, compiled, (name) => ["b", "K", "f"].includes(name));
    assert.deepEqual(kept.split("\n").filter(Boolean), [
      'import { x, y } from "m";',
      "declare let b: { c: string };",
      "declare class K {}",
      "declare function f(): void;",
      "type T = string;",
    ]);
  });
});

describe("a message on the wire", () => {
  const frames = () =>
    composeMessage([Buffer.from("id")], "stream", { n: new Float32Array([0.5]), big: 2n }, undefined, "key");

  it("comes back as it was, with typed arrays as lists", () => {
    const { identities, header, content } = parseMessage(frames(), "key");
    assert.deepEqual([String(identities[0]), header.msg_type], ["id", "stream"]);
    assert.deepEqual(content, { n: [0.5], big: 2 });
  });

  it("is refused with a wrong signature, or cut short", () => {
    assert.throws(() => parseMessage(frames(), "other key"), /signature/);
    assert.throws(() => parseMessage(frames().slice(0, 5), "key"), /expected identities/);
  });
});

describe("History", () => {
  it("answers tail, range and search", () => {
    const history = new History();
    ["a + 1", "b", "a + 1"].forEach((input, i) => history.add(i + 1, input)(String(i)));
    const inputs = (request: object) => history.find(request as Record<string, unknown>).map(([, count]) => count);
    assert.deepEqual(history.find({ hist_access_type: "tail", n: 1, output: true }), [[1, 3, ["a + 1", "2"]]]);
    assert.deepEqual(inputs({ hist_access_type: "range", start: 2, stop: 3 }), [2]);
    assert.deepEqual(inputs({ hist_access_type: "search", pattern: "a*?" }), [1, 3]);
    assert.deepEqual(inputs({ hist_access_type: "search", pattern: "a*", unique: true }), [3]);
  });
});

describe("withTitleObjects", () => {
  it("rewrites the titles that plotly.js 3 ignores, and nothing else", () => {
    const layout = {
      title: "T",
      titlefont: { size: 9 },
      xaxis: { title: "x", titlefont: { color: "red" }, range: [0, 1] },
      yaxis: { title: { text: "kept", standoff: 3 } },
      annotations: [{ text: "title" }],
      meta: { title: "mine" },
    };
    assert.deepEqual(withTitleObjects(layout), {
      title: { text: "T", font: { size: 9 } },
      xaxis: { title: { text: "x", font: { color: "red" } }, range: [0, 1] },
      yaxis: { title: { text: "kept", standoff: 3 } },
      annotations: [{ text: "title" }],
      meta: { title: "mine" },
    });
    assert.equal(layout.title, "T");
    const y = new Float32Array(2);
    assert.equal(withTitleObjects([{ y, marker: { colorbar: { title: "c" } } }])[0]!.y, y);
  });
});

describe("htmlTable", () => {
  it("escapes what it shows, and says what it cuts", () => {
    const columns = Array.from({ length: 40 }, (_, i) => `<${i}>`);
    const frame = { columns, dtypes: columns.map(() => "string"), shape: [1, 40], $isSeries: false };
    const html = htmlTable({ ...frame, index: ["'"], values: [columns] });
    assert.equal(html.match(/<td>/g)!.length, 30);
    assert.match(html, /<th>&#39;<\/th><td>&lt;0&gt;<\/td>/);
    assert.match(html, /1 rows × 40 columns, shown: the first 30 columns/);
  });
});

describe("installKernelSpec", () => {
  it("writes absolute paths, and nothing the second time", () => {
    const prefix = mkdtempSync(join(tmpdir(), "kernel specs "));
    try {
      const kernels = join(prefix, "share", "jupyter", "kernels");
      assert.equal(installKernelSpec(prefix).length, 3);
      for (const [name, title] of [
        ["tslab", "TypeScript"],
        ["tslab-stock", "TypeScript (stock tslab)"],
      ] as const) {
        const spec = JSON.parse(readFileSync(join(kernels, name, "kernel.json"), "utf8"));
        assert.deepEqual([spec.display_name, spec.language], [title, "typescript"]);
        assert.ok(spec.argv.includes("{connection_file}"));
        for (const path of spec.argv.slice(0, 2)) assert.ok(isAbsolute(path) && statSync(path).isFile(), path);
      }
      assert.deepEqual(installKernelSpec(prefix), []);
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });
});
