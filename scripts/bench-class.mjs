// `npm run bench:class [-- --size 100] [--exercise ID …]`: how long a class takes to grade, and whether a second run says the
// same. Makes a class of submissions in a temporary folder (4 in 10 finished, 3 on the way, 3 hostile) and grades it twice.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { exerciseIds, stubFolder } from "./grade/registry.mjs";
import { root } from "./setup/paths.mjs";
import { gradeClass } from "./teach/class.mjs";
import { readStubs } from "./teach/stubs.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "100" },
    exercise: { type: "string", multiple: true, default: [] },
  },
});
const size = Number(values.size);

/** Lines that go before a correct answer. */
const sabotage = [
  "process.exit(0);",
  "for (;;);",
  "await new Promise(() => {});",
  'const all: string[] = []; for (;;) all.push("x".repeat(1e6) + all.length);',
  'throw new Error("no");',
  "(globalThis as any).it = () => {}; (globalThis as any).describe = () => {};",
  'import assert from "node:assert"; (assert as any).strictEqual = () => {};',
  'import { readFileSync } from "node:fs"; console.log(readFileSync("/etc/passwd", "utf8"));',
  'import { spawn } from "node:child_process"; spawn("sleep", ["600"], { detached: true });',
  'for (let i = 0; i < 1e6; i++) console.log("flood");',
];

const ids = exerciseIds();
const solutions = read(path.join(root, "lib", "src", "solutions"));
const stubs = readStubs();

/** The texts of a folder's TypeScript files by their names without the ending. */
function read(/** @type {string} */ folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(files.map((name) => [name.slice(0, -3), readFileSync(path.join(folder, name), "utf8")]));
}

/** What learner number `i` hands in. */
function answer(/** @type {number} */ i, /** @type {string} */ id, /** @type {number} */ place) {
  const solution = `// learner ${i}\n${solutions[id]}`;
  const kind = i % 10;
  if (kind < 4) return solution;
  if (kind < 7) {
    // On the way: solved up to some place, a typical mistake there, stubs after it.
    const reached = (i * 7) % ids.length;
    if (place < reached) return solution;
    const wrong = Object.values(read(path.join(root, "test", "exercises", "wrong", id)));
    return place === reached ? wrong[i % wrong.length] : stubs[id];
  }
  return (i + place) % 4 === 0 ? `${sabotage[(i + place) % sabotage.length]}\n${solution}` : solution;
}

const folder = mkdtempSync(path.join(tmpdir(), "unrolled-class-"));
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
try {
  for (let i = 0; i < size; i++) {
    const place = path.join(folder, "in", `learner-${String(i).padStart(3, "0")}`, ...stubFolder.split("/"));
    mkdirSync(place, { recursive: true });
    ids.forEach((id, k) => writeFileSync(path.join(place, `${id}.ts`), /** @type {string} */ (answer(i, id, k))));
  }
  const results = [1, 2].map((run) => path.join(folder, `out-${run}`));
  for (const [run, out] of results.entries()) {
    const start = performance.now();
    const jobs = availableParallelism();
    const options = {
      help: false,
      folder: path.join(folder, "in"),
      exercises: values.exercise,
      out,
      jobs,
      fresh: true,
    };
    const code = await gradeClass(options, { log: run === 0 ? console.log : () => {}, signal: stop.signal });
    if (stop.signal.aborted) break;
    const seconds = (performance.now() - start) / 1000;
    console.log(`Run ${run + 1}: ${size} submissions in ${seconds.toFixed(0)} s, exit code ${code}`);
  }
  if (stop.signal.aborted) process.exitCode = 130;
  else {
    const [first = "", second = ""] = results.map((out) => readFileSync(path.join(out, "class.csv"), "utf8"));
    const again = new Set(second.split("\n"));
    const different = first.split("\n").filter((line) => !again.has(line));
    console.log(different.length ? `Different the second time:\n${different.join("\n")}` : "Both runs say the same.");
    process.exitCode = Number(different.length > 0);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
