// What learners get: nothing that gives a solution away, nothing that misses what was left out, stubs as their authors wrote them.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exerciseIds, ownStubs } from "../../scripts/grade/registry.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { withheld, writeHandout } from "../../scripts/teach/handout.mjs";
import { isUntouched, plainText, readStubs } from "../../scripts/teach/stubs.mjs";

/** All files below a folder, relative, with slashes. */
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));

describe("npm run handout", () => {
  let temporary: string;
  let folder: string;
  let files: string[];

  before(() => {
    temporary = mkdtempSync(path.join(tmpdir(), "unrolled-handout-"));
    folder = path.join(temporary, "for learners");
    writeHandout(folder);
    files = filesOf(folder);
  });
  after(() => rmSync(temporary, { recursive: true, force: true }));

  it("holds the course, and every exercise's stub, test and hints", () => {
    for (const name of ["README.md", "package.json", "package-lock.json", "scripts/grade.mjs", ".ci/run"])
      assert.ok(files.includes(name), name);
    for (const id of exerciseIds())
      for (const name of [`lib/src/exercises/${id}.ts`, `test/exercises/${id}.ts`, `test/exercises/${id}.json`])
        assert.ok(files.includes(name), name);
  });

  it("holds none of the withheld places, which all exist here", () => {
    const all = spawnSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).stdout.split("\n");
    for (const place of withheld) {
      const below = (name: string) => name === place || name.startsWith(`${place}/`);
      assert.ok(all.some(below), `${place} is withheld but does not exist`);
      assert.deepEqual(files.filter(below), []);
    }
  });

  it("has no file with a solution's text or an import of one", () => {
    const solutions = readdirSync(path.join(root, "lib", "src", "solutions")).map((name) =>
      readFileSync(path.join(root, "lib", "src", "solutions", name), "utf8"),
    );
    for (const name of files.filter((file) => /\.([cm]?[jt]s|json|ipynb|md)$/.test(file))) {
      const text = readFileSync(path.join(folder, name), "utf8");
      assert.ok(!solutions.some((solution) => text.includes(solution)), `${name} holds a solution`);
      assert.doesNotMatch(text, /from ["'][^"'\n]*\/solutions\//, `${name} imports a solution`);
    }
  });

  it("writes the stubs as they were, not what stands in lib/src/exercises", () => {
    const stubs = readStubs();
    for (const id of exerciseIds()) {
      const text = readFileSync(path.join(folder, "lib", "src", "exercises", `${id}.ts`), "utf8");
      assert.equal(text, stubs[id], id);
      assert.match(text, /throw new NotImplementedError\(/, id);
    }
  });

  it("leaves a folder with files alone, and says what to do", () => {
    const full = path.join(temporary, "full");
    mkdirSync(full);
    writeFileSync(path.join(full, "mine.txt"), "mine");
    assert.throws(() => writeHandout(full), /exists and is not empty/);
    assert.deepEqual(readdirSync(full), ["mine.txt"]);
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  for (const [args, expected] of [
    [[], "expected one folder, got 0"],
    [["a", "b"], "expected one folder, got 2"],
    [["--zip"], "Unknown option '--zip'"],
  ] as const)
    it(`answers \`${args.join(" ")}\` with the usage`, () => {
      const script = path.join(root, "scripts", "handout.mjs");
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
      assert.equal(status, 2);
      assert.ok(stderr.includes(expected), stderr);
      assert.ok(stderr.includes("Usage: npm run handout"), stderr);
    });
});

describe("stubs.json", () => {
  it("holds every exercise", () => assert.deepEqual(Object.keys(readStubs()).sort(), exerciseIds().sort()));

  // Only where nobody is learning: a learner's own work in lib/src/exercises is no defect.
  if (process.env.CI)
    it("equals lib/src/exercises (npm run stubs)", () =>
      assert.deepEqual(
        exerciseIds().filter((id) => !isUntouched(id)),
        [],
      ));

  it("knows a stub with Windows line ends and a byte order mark", () => {
    assert.equal(plainText("\uFEFFa\r\nb\r\n"), "a\nb\n");
    assert.ok(readdirSync(ownStubs).length > 0);
  });
});
