import { strict as assert } from "node:assert";
import { readFileSync, rmSync } from "node:fs";
import { causeIn, readable, SetupError } from "../../scripts/setup/errors.mjs";
import { isWindows } from "../../scripts/setup/paths.mjs";
import { failure, run } from "../../scripts/setup/run.mjs";
import { countNotebooks } from "../../scripts/setup/tests.mjs";

describe("run", () => {
  const log = "test-run";
  let file = "";
  afterEach(() => rmSync(file, { force: true }));

  it("keeps the whole output in a log and gives the exit code", async () => {
    const result = await run(process.execPath, ["-e", "console.log(6 * 7); console.error('oh'); process.exit(3)"], {
      log,
    });
    file = result.log;
    assert.equal(result.code, 3);
    assert.match(result.output, /42/);
    assert.match(readFileSync(file, "utf8"), /oh/);
  });

  it("reports a command that does not exist as code 127", async () => {
    const result = await run("/nowhere/compiler", [], { log });
    file = result.log;
    assert.equal(result.code, 127);
    assert.match(failure("compiling", result).message, /compiling failed \(exit code 127\): .*ENOENT/);
  });

  it("ends a tool that takes too long together with what it started", async function () {
    if (isWindows) this.skip();
    const result = await run("sh", ["-c", "sleep 60 & echo $!; wait"], { log, timeoutMs: 300 });
    file = result.log;
    assert.equal(result.timedOut, true);
    assert.match(failure("it", result).message, /it took too long/);
    const child = Number(result.output.trim());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const state = () => readFileSync(`/proc/${child}/stat`, "utf8");
    if (process.platform === "linux")
      assert.throws(() => assert.doesNotMatch(state(), /\) Z /), "the child still runs");
    else assert.throws(() => process.kill(child, 0));
  });
});

describe("failure", () => {
  const result = { code: 1, timedOut: false, log: "/tmp/x.log" };

  it("names the common causes and what to do", () => {
    const output = "npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write";
    const error = failure("npm ci", { ...result, output });
    assert.equal(error.message, "npm ci failed (exit code 1): the disk is full");
    assert.equal(error.hopeless, true);
    assert.match(error.fix, /Free about 3 GB/);
    assert.match(error.fix, /x\.log/);
  });

  it("quotes the telling line of other failures", () => {
    const output = "compiling\na.cc:1: fatal error: tensorflow/c/c_api.h: No such file\ncompilation terminated.\n";
    assert.match(failure("g++", { ...result, output }).message, /fatal error: tensorflow\/c\/c_api\.h/);
  });
});

describe("causeIn", () => {
  it("understands npm, pip and the system", () => {
    const network = "the network or the package index cannot be reached";
    const samples: [string, string][] = [
      ["npm error code ENOTFOUND\nnpm error network request to https://host failed", network],
      ["WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/x/", network],
      ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"],
      ["Error: EROFS: read-only file system, open 'build/setup.lock'", "there is no permission to write"],
    ];
    for (const [text, what] of samples) assert.equal(causeIn(text)?.what, what);
    assert.equal(causeIn("error: expected ';' before '}' token"), undefined);
  });
});

describe("readable", () => {
  it("keeps what is readable and explains the rest", () => {
    const own = new SetupError("no Python was found", "Install it.");
    assert.equal(readable(own), own);
    const denied = Object.assign(new Error("EACCES: permission denied"), { path: "/opt/x" });
    assert.match(readable(denied).message, /no permission to write \(\/opt\/x\)/);
    assert.match(readable(new TypeError("x is not a function")).fix, /defect/);
  });
});

describe("countNotebooks", () => {
  it("counts notebooks one by one and says what failed, and a run without a report as one", () => {
    const good = { notebook: "notebooks/01.ipynb", ok: true };
    const error = { name: "TypeError", message: "x is not a function", cell: 7 };
    const bad = { notebook: "notebooks/02.ipynb", ok: false, error };
    assert.deepEqual(countNotebooks({ notebooks: [good, bad, good] }, 1), {
      passed: 2,
      failed: 1,
      failures: ["notebooks/02.ipynb, cell 7: TypeError: x is not a function"],
    });
    const unsaid = { failed: 1, failures: ["notebooks: see above"] };
    assert.deepEqual(countNotebooks({ notebooks: [good] }, 1), { passed: 1, ...unsaid });
    assert.deepEqual(countNotebooks(undefined, 0), { passed: 1, failed: 0, failures: [] });
    assert.deepEqual(countNotebooks(undefined, 2), { passed: 0, ...unsaid });
  });
});
