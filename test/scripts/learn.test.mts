// `npm run learn`: progress that survives, hints one by one, resets that lose nothing, and a verdict after every save.
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { exerciseIds, readExercise } from "../../scripts/grade/registry.mjs";
import { check, hintText, listText, verdictText } from "../../scripts/learn/commands.mjs";
import { readCommand } from "../../scripts/learn/options.mjs";
import { Progress } from "../../scripts/learn/progress.mjs";
import { watch } from "../../scripts/learn/watch.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { readStubs } from "../../scripts/teach/stubs.mjs";

const right = readFileSync(path.join(root, "lib", "src", "solutions", "one-hot.ts"), "utf8");
const wrong = ["vocabulary", "encode", "oneHot"].map((name) => `export const ${name} = () => 3;`).join("\n");

describe("npm run learn", function () {
  this.timeout(60_000);
  this.slow(10_000);

  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "unrolled-learn-"));
    file = path.join(folder, "lib", "src", "exercises", "one-hot.ts");
    mkdirSync(path.dirname(file), { recursive: true });
    for (const [id, stub] of Object.entries(readStubs()))
      writeFileSync(path.join(folder, "lib", "src", "exercises", `${id}.ts`), stub);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("begins with the first exercise, none started", () => {
    const progress = new Progress(folder);
    assert.equal(progress.next(), exerciseIds()[0]);
    for (const id of exerciseIds()) assert.equal(progress.state(id), "not started", id);
    assert.match(listText(progress), new RegExp(`^> ${exerciseIds()[0]} `, "m"));
    assert.match(listText(progress), new RegExp(`0 of ${exerciseIds().length} passed`));
  });

  it("says of a stub what is to be written, and remembers what passed", async () => {
    const stub = await check(new Progress(folder), "one-hot");
    assert.equal(stub.state, "not started");
    assert.match(verdictText(stub, new Progress(folder)), /Not started yet: write it in .*one-hot\.ts/);
    writeFileSync(file, right);
    const passed = await check(new Progress(folder), "one-hot");
    assert.equal(passed.state, "pass", JSON.stringify(passed, null, 1));
    const later = new Progress(folder); // another process
    assert.equal(later.state("one-hot"), "passed");
    assert.notEqual(later.next(), "one-hot");
    assert.match(verdictText(passed, later), /✔ .*: pass, .*learn -- solution one-hot/s);
    writeFileSync(file, `${right}// changed`);
    assert.equal(later.state("one-hot"), "passed before your last change");
  });

  it("gives three hints one by one, then all of them", () => {
    const { hints } = readExercise("one-hot");
    for (const [i, hint] of hints.entries())
      assert.ok(hintText(new Progress(folder), "one-hot").startsWith(`Hint ${i + 1} of 3 for one-hot: ${hint}`));
    const all = hintText(new Progress(folder), "one-hot");
    for (const hint of hints) assert.ok(all.includes(hint));
  });

  it("resets to the stub and keeps the learner's file", () => {
    const progress = new Progress(folder);
    assert.equal(progress.reset("one-hot"), undefined, "nothing to keep");
    for (const text of ["first", "second"]) {
      writeFileSync(file, text);
      const kept = progress.reset("one-hot");
      assert.ok(kept);
      assert.equal(readFileSync(kept, "utf8"), text);
      assert.equal(readFileSync(file, "utf8"), readStubs()["one-hot"]);
    }
    rmSync(file);
    assert.equal(progress.reset("one-hot"), undefined);
    assert.equal(readFileSync(file, "utf8"), readStubs()["one-hot"]);
  });

  it("takes a broken progress file for none", () => {
    mkdirSync(path.join(folder, ".progress"));
    writeFileSync(path.join(folder, ".progress", "progress.json"), '{"one-hot": {"passed"');
    assert.equal(new Progress(folder).next(), exerciseIds()[0]);
  });

  it("checks after every save and goes on after a pass", async () => {
    const input = new PassThrough() as unknown as NodeJS.ReadStream;
    const output = new PassThrough() as unknown as NodeJS.WriteStream;
    let text = "";
    output.on("data", (chunk) => (text += chunk));
    const until = async (pattern: RegExp) => {
      for (const end = Date.now() + 20_000; !pattern.test(text); await sleep(20))
        assert.ok(Date.now() < end, `no ${pattern} in: ${text}`);
      text = "";
    };
    const progress = new Progress(folder);
    const ended = watch(progress, "one-hot", { follow: true, input, output });
    await until(/Not started yet[^]*Watching .*one-hot\.ts/);
    writeFileSync(file, wrong);
    await until(/fail[^]*Watching .*one-hot\.ts/);
    input.push("h");
    await until(/Hint 1 of 3/);
    writeFileSync(file, right);
    const next = exerciseIds()[1]!;
    await until(new RegExp(`✔[^]*Watching .*${next}\\.ts`));
    input.push("q");
    assert.equal(await ended, 0);
  });

  it("reads its command line", () => {
    assert.deepEqual(readCommand([]), { name: "watch", id: undefined, all: false });
    assert.deepEqual(readCommand(["one-hot"]), { name: "watch", id: "one-hot", all: false });
    assert.deepEqual(readCommand(["hint", "one-hot", "--all"]), { name: "hint", id: "one-hot", all: true });
    assert.throws(() => readCommand(["hnit"]), {
      message: /no command or exercise "hnit"/,
      fix: /^Did you mean "hint"\?/,
    });
    assert.throws(() => readCommand(["one-ht"]), { fix: /^Did you mean "one-hot"\?/ });
    assert.throws(() => readCommand(["qqqqqqq"]), { fix: /^\nUsage/ });
    assert.throws(() => readCommand(["run", "one-hto"]), { fix: /Did you mean "one-hot"/ });
    assert.throws(() => readCommand(["reset"]), /expected the name of an exercise/);
  });
});
