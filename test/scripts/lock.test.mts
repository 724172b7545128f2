import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { holder, isStale, withLock } from "../../scripts/setup/lock.mjs";
import { isWindows, root } from "../../scripts/setup/paths.mjs";

describe("withLock", () => {
  let folder = "";
  let file = "";
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const held = (values: object) => writeFileSync(file, JSON.stringify({ host: hostname(), id: "another", ...values }));

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "unrolled lock "));
    file = path.join(folder, "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lets only one of several processes work at a time", async () => {
    const code = `
      import { appendFileSync } from "node:fs";
      import { withLock } from ${JSON.stringify(path.join(root, "scripts", "setup", "lock.mjs"))};
      const [file, log] = process.argv.slice(-2);
      await withLock(file, async () => {
        appendFileSync(log, "in ");
        await new Promise((resolve) => setTimeout(resolve, 100));
        appendFileSync(log, "out ");
      }, { pollMs: 10 });`;
    const log = path.join(folder, "log");
    held({ pid: dead }); // they also have to agree on who removes a stale lock
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", code, file, log], { stdio: "inherit" }),
    );
    const codes = await Promise.all(children.map((child) => once(child, "close")));
    assert.deepEqual(
      codes.map(([code]) => code),
      [0, 0, 0, 0],
    );
    assert.equal(readFileSync(log, "utf8"), "in out ".repeat(4));
    assert.equal(existsSync(file), false);
  });

  it("waits for a running process, and says for which", async () => {
    held({ pid: process.ppid });
    let waitedFor = 0;
    setTimeout(() => rmSync(file), 100);
    await withLock(file, async () => undefined, { pollMs: 10, onWait: ({ pid }) => (waitedFor = pid ?? 0) });
    assert.equal(waitedFor, process.ppid);
  });

  it("takes over from a process that is gone", async () => {
    held({ pid: dead });
    const onWait = () => assert.fail("it waited");
    assert.equal(await withLock(file, async () => "done", { pollMs: 10, onWait }), "done");
  });

  it("is free again after an error", async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.equal(existsSync(file), false);
  });

  it("does not take its own lock for an old one", async () => {
    await withLock(file, async () => assert.equal(isStale(holder(file)!), false));
    held({ pid: process.pid });
    assert.equal(isStale(holder(file)!), true);
  });

  it("waits for the tool that a killed process left behind", async function () {
    if (isWindows) this.skip();
    const tool = spawn("sleep", ["30"], { detached: true });
    held({ pid: dead, tool: tool.pid });
    assert.equal(isStale(holder(file)!), false);
    tool.kill();
    await once(tool, "close");
    assert.equal(isStale(holder(file)!), true);
  });

  it("gives up a lock that nobody touched for minutes, wherever its process is", () => {
    held({ pid: 1, host: "another machine" });
    assert.equal(isStale(holder(file)!), false);
    const old = new Date(Date.now() - 10 * 60_000);
    utimesSync(file, old, old);
    assert.equal(isStale(holder(file)!), true);
  });

  it("gives a lock that is just being written a few seconds", () => {
    writeFileSync(file, "");
    assert.equal(isStale(holder(file)!), false);
    const old = new Date(Date.now() - 10_000);
    utimesSync(file, old, old);
    assert.equal(isStale(holder(file)!), true);
  });
});
