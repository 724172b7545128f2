// A class of good, bad and hostile submissions: everybody gets a line, nobody's result depends on a neighbour, nothing is graded
// twice, and stopping loses nothing.
import { strict as assert } from "node:assert";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import AdmZip from "adm-zip";
import { readExercise } from "../../scripts/grade/registry.mjs";
import { maxPointsOf } from "../../scripts/grade/verdict.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { gradeClass } from "../../scripts/teach/class.mjs";
import { field } from "../../scripts/teach/csv.mjs";
import { readOptions } from "../../scripts/teach/options.mjs";
import { readStubs } from "../../scripts/teach/stubs.mjs";
import { findSubmissions } from "../../scripts/teach/submissions.mjs";

const id = "one-hot";
const points = maxPointsOf(readExercise(id));
const solution = readFileSync(path.join(root, "lib", "src", "solutions", `${id}.ts`), "utf8");

describe("npm run grade:class", function () {
  this.timeout(120_000);
  this.slow(20_000);

  let temporary: string;
  let folder: string;
  before(() => {
    temporary = mkdtempSync(path.join(tmpdir(), "unrolled-class-"));
    folder = path.join(temporary, "class of 2026");
    const submit = (name: string, code: string | Buffer) => {
      const stubs = path.join(folder, name, "lib", "src", "exercises");
      mkdirSync(stubs, { recursive: true });
      writeFileSync(path.join(stubs, `${id}.ts`), code);
    };
    submit("ada", solution);
    submit("bernd, der zweite", solution.replace(/\n/g, "\r\n"));
    submit("chloé", readStubs()[id]!);
    submit("dmitri", "export function oneHot( {");
    submit("erin", "process.exit(0);");
    submit("farid", Buffer.from([0, 1, 2, 3, 255]));
    mkdirSync(path.join(folder, "gina"));
    const zip = new AdmZip();
    zip.addFile(`hana-main/lib/src/exercises/${id}.ts`, Buffer.from(solution));
    zip.addFile("__MACOSX/hana-main/._x.ts", Buffer.from("x"));
    zip.writeZip(path.join(folder, "hana.zip"));
    writeFileSync(path.join(folder, "ivan.zip"), "not a zip");
    mkdirSync(path.join(folder, "=jo()"));
    cpSync(path.join(folder, "hana.zip"), path.join(folder, "=jo()", "work.zip"));
    writeFileSync(path.join(folder, "readme.txt"), "not a submission");
  });
  after(() => rmSync(temporary, { recursive: true, force: true }));

  const grade = async (out: string, settings: { fresh?: boolean; stopAfter?: number } = {}) => {
    const lines: string[] = [];
    const stop = new AbortController();
    const options = {
      help: false,
      folder,
      exercises: [id],
      out: path.join(temporary, out),
      jobs: 2,
      fresh: settings.fresh ?? false,
    };
    const code = await gradeClass(options, {
      log: (line) => {
        lines.push(line);
        if (lines.filter((text) => /^ *\d+\//.test(text)).length === settings.stopAfter) stop.abort();
      },
      signal: stop.signal,
    });
    return { code, lines, csv: readFileSync(path.join(options.out, "class.csv"), "utf8") };
  };
  /** name → the state of the exercise, from the table. */
  const states = (csv: string) =>
    Object.fromEntries(
      csv
        .trim()
        .split("\r\n")
        .slice(1)
        .map((line) => /^("(?:[^"]|"")*"|[^,]*),[^,]*,[^,]*,[^,]*,[^,]*,([^,]*),/.exec(line)!.slice(1, 3)),
    );

  it("gives everybody a line with the right state", async () => {
    const { code, csv } = await grade("first");
    assert.deepEqual(states(csv), {
      "'=jo()": "pass",
      ada: "pass",
      '"bernd, der zweite"': "pass",
      chloé: "not started",
      dmitri: "error",
      erin: "error",
      farid: "error",
      gina: "not started",
      hana: "pass",
      ivan: "",
    });
    assert.equal(code, 2, "one could not be graded");
    assert.match(csv, /ivan.*not a sound zip archive/);
    const report = readFileSync(path.join(temporary, "first", "dmitri", "report.md"), "utf8");
    assert.ok(report.startsWith(`# dmitri\n\n### 0 of 1 exercise passed, 0 of ${points} points\n`), report);
    assert.match(report, /one-hot\.ts:1/);
  });

  it("keeps what was graded, and grades afresh to the same result", async () => {
    const again = await grade("first");
    assert.equal(again.lines.filter((line) => line.endsWith(", as before")).length, 9);
    const fresh = await grade("second", { fresh: true });
    assert.equal(fresh.lines.filter((line) => line.endsWith(", as before")).length, 0);
    assert.equal(fresh.csv, again.csv);
    for (const name of readdirSync(path.join(temporary, "first")).filter((name) => name !== "class.csv"))
      assert.equal(
        readFileSync(path.join(temporary, "first", name, "report.md"), "utf8"),
        readFileSync(path.join(temporary, "second", name, "report.md"), "utf8"),
      );
  });

  it("grades a changed submission again", async () => {
    writeFileSync(path.join(folder, "gina", `${id}.ts`), solution);
    const { lines } = await grade("first");
    assert.deepEqual(
      lines
        .filter((line) => /: \d+ of \d+ points/.test(line) && !line.endsWith("as before"))
        .map((line) => line.replace(/^.*? {2}/, "")),
      [`gina: ${points} of ${points} points (1 pass)`],
    );
    rmSync(path.join(folder, "gina", `${id}.ts`));
  });

  it("stops when asked, keeps what is done, and goes on", async () => {
    const stopped = await grade("stopped", { stopAfter: 3 });
    assert.equal(stopped.code, 130);
    const kept = Object.keys(states(stopped.csv)).length;
    assert.ok(kept >= 3 && kept < 10, `${kept} lines`);
    const { lines, csv } = await grade("stopped");
    assert.ok(lines.filter((line) => line.endsWith(", as before")).length >= 2);
    assert.equal(csv, readFileSync(path.join(temporary, "second", "class.csv"), "utf8"));
  });

  it("says what is wrong with a folder that holds no class", () => {
    assert.throws(() => findSubmissions(path.join(temporary, "nowhere")), /There is no folder/);
    mkdirSync(path.join(temporary, "empty"));
    assert.throws(() => findSubmissions(path.join(temporary, "empty")), /no submissions/);
    assert.throws(() => findSubmissions(path.join(folder, "ada")), /is itself a submission/);
    mkdirSync(path.join(folder, "hana"));
    assert.throws(() => findSubmissions(folder), /both a folder and a zip file called hana/);
    rmSync(path.join(folder, "hana"), { recursive: true });
  });

  it("unpacks nothing outside its folder", async () => {
    const bad = path.join(temporary, "bad");
    mkdirSync(bad);
    const zip = new AdmZip();
    zip.addFile("aa/aa/evil.ts", Buffer.from("x"));
    const bytes = zip.toBuffer();
    const name = Buffer.from("aa/aa/evil.ts");
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) bytes.write("../../evil.ts", at);
    writeFileSync(path.join(bad, "mallory.zip"), bytes);
    const options = {
      help: false,
      folder: bad,
      exercises: [id],
      out: path.join(temporary, "bad.out"),
      jobs: 1,
      fresh: false,
    };
    const lines: string[] = [];
    assert.equal(await gradeClass(options, { log: (line) => lines.push(line) }), 2);
    assert.ok(
      lines.some((line) => line.includes("leaves its folder")),
      lines.join("\n"),
    );
    assert.ok(!existsSync(path.join(tmpdir(), "evil.ts")) && !existsSync(path.join(temporary, "evil.ts")));
  });

  it("reads its options", () => {
    assert.throws(() => readOptions([]), /expected one folder, got 0/);
    assert.throws(() => readOptions(["a", "--jobs", "0"]), /--jobs: expected a number above 0, got "0"/);
    assert.deepEqual(readOptions(["a", "--exercise", "x", "--exercise", "y"]).exercises, ["x", "y"]);
  });
});

describe("class.csv", () => {
  it("quotes as RFC 4180 says, and disarms formulas", () => {
    assert.equal(field('a "b", c'), '"a ""b"", c"');
    assert.equal(field("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    assert.equal(field("-1+2"), "'-1+2");
    assert.equal(field(-1), "-1");
    assert.equal(field("two\nlines"), '"two\nlines"');
  });
});
