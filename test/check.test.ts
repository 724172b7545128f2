// Exercises from a notebook. The judge itself has its own tests; here: that a verdict arrives and reads well.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "..");
const stub = (
  JSON.parse(readFileSync(path.join(root, "test", "exercises", "stubs.json"), "utf8")) as Record<string, string>
)["one-hot"]!;

describe("check and exercise", function () {
  this.timeout(60_000);
  this.slow(10_000);

  // A course of its own, so that nobody's lib/src/exercises is touched: the same code, other exercises.
  let course: string;
  let file: string;
  before(() => {
    course = mkdtempSync(path.join(tmpdir(), "unrolled-course-"));
    const copied = ["scripts", "test/exercises", "lib/dist", "lib/src/exercises", "lib/package.json", "package.json"];
    for (const name of copied) {
      if (!existsSync(path.join(root, name))) continue;
      mkdirSync(path.dirname(path.join(course, name)), { recursive: true });
      cpSync(path.join(root, name), path.join(course, name), { recursive: true });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(course, "node_modules"), "junction");
    file = path.join(course, "lib", "src", "exercises", "one-hot.ts");
  });
  after(() => rmSync(course, { recursive: true, force: true }));

  /** What a script prints that runs in that course. */
  const run = (code: string) => {
    const script = path.join(course, "script.cjs");
    const head = `const { check } = require("./lib/dist/notebook/check.js"); const { exercise } = require("./lib/dist/notebook/exercise.js");`;
    writeFileSync(
      script,
      `${head} (async () => { ${code} })().catch((error) => console.log("threw " + error.message));`,
    );
    const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8", cwd: course });
    assert.equal(stderr, "");
    return stdout;
  };

  it("says where to write what is not started", () => {
    writeFileSync(file, stub);
    const text = run(`await check("one-hot");`);
    assert.match(text, /: 0 of \d+ points\n {2}· not started: write it in lib\/src\/exercises\/one-hot\.ts/);
  });

  it("shows the failing test with what was expected and what came, and the learner's line", () => {
    writeFileSync(file, ["vocabulary", "encode", "oneHot"].map((name) => `export const ${name} = () => 3;`).join("\n"));
    const text = run(`await check("one-hot");`);
    assert.match(text, /✗ fail {2}/);
    assert.match(text, /expected/);
    assert.match(text, /lib\/src\/exercises\/one-hot\.ts:\d/);
  });

  it("names the nearest exercise for one that does not exist", () => {
    assert.match(run(`await check("one-hto");`), /threw There is no exercise "one-hto"\.\nDid you mean "one-hot"\?/);
  });

  it("gives the learner's functions anew at each call, with the library of this process", () => {
    writeFileSync(file, `import { Matrix } from "../scratch";\nexport const make = (): Matrix => Matrix.zeros(2, 3);`);
    const text = run(`
      const { Matrix } = require("./lib/dist/scratch");
      const first = exercise("one-hot").make();
      console.log(first instanceof Matrix, first.rows);
      require("fs").writeFileSync(${JSON.stringify(file)}, "export const make = () => 'changed';");
      console.log(exercise("one-hot").make());`);
    assert.equal(text, "true 2\nchanged\n");
  });

  it("says in which line a file cannot be compiled, and which names there are", () => {
    writeFileSync(file, "export const a = 1;\nexport function b( {");
    assert.match(run(`exercise("one-hot");`), /^threw exercise: lib\/src\/exercises\/one-hot\.ts:2: /);
    assert.match(run(`exercise("../index");`), /threw exercise: there is no lib\/src\/exercises\/\.\.\/index\.ts/);
  });
});
