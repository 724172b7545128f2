// What each command of `npm run learn` does, but for watching.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gradeSubmission } from "../grade/grade.mjs";
import { readExercise, readExercises } from "../grade/registry.mjs";
import { details, painter } from "../grade/terminal.mjs";
import { build } from "../setup/build.mjs";
import { root, shown } from "../setup/paths.mjs";
import { Progress } from "./progress.mjs";

/** @typedef {import("../grade/verdict.mjs").Verdict} Verdict */

/**
 * Runs a command; resolves to the exit code.
 * @param {import("./options.mjs").Command} command
 */
export async function runCommand({ name, id: wanted, all }) {
  const progress = new Progress();
  if (name === "list") return say(listText(progress));
  const id = wanted ?? progress.next();
  if (id === undefined) return say(`${listText(progress)}\n\nYou have passed every exercise. Congratulations!`);
  if (name === "hint") return say(hintText(progress, id, all));
  if (name === "solution") return solution(progress, id);
  if (name === "reset") return reset(progress, id);
  if (!existsSync(path.join(root, "lib", "dist", "index.js"))) await build();
  if (name === "watch" && process.stdin.isTTY && process.stdout.isTTY) {
    const { watch } = await import("./watch.mjs");
    return watch(progress, id, { follow: wanted === undefined });
  }
  const verdict = await check(progress, id);
  say(verdictText(verdict, progress));
  return Number(verdict.state !== "pass");
}

function say(/** @type {string} */ text) {
  console.log(text);
  return 0;
}

/**
 * Grades one exercise of the learner's own and remembers whether it passed.
 * @param {Progress} progress
 * @param {string} id
 * @param {import("../grade/pool.mjs").Pool} [pool]
 * @returns {Promise<Verdict>}
 */
export async function check(progress, id, pool) {
  const report = await gradeSubmission({ submission: progress.submission, exercises: [id], ...(pool && { pool }) });
  const [problem] = report.problems;
  if (problem) throw new Error(`the grader failed: ${problem}`);
  const verdict = /** @type {Verdict} */ (report.exercises[0]);
  if (verdict.state === "pass") progress.setPassed(id, true);
  return verdict;
}

const paint = painter(process.stdout.isTTY && process.stdout.hasColors());

/** A verdict, and what to do next. */
export function verdictText(/** @type {Verdict} */ verdict, /** @type {Progress} */ progress) {
  const { id, title, state, points, maxPoints, message } = verdict;
  const file = shown(progress.fileOf(id));
  if (state === "not started") {
    const { summary } = readExercise(id);
    return `${title}: ${summary}\nNot started yet: write it in ${file}; \`npm run learn -- hint ${id}\` helps.`;
  }
  if (state === "skipped") {
    const other = /^depends on (\S+)/.exec(message)?.[1] ?? "another exercise";
    return `${title} builds on ${other}, which does not pass yet: \`npm run learn -- ${other}\``;
  }
  if (state === "pass") {
    const next = progress.next();
    const go = next ? `Next: ${readExercise(next).title} (${next}).` : "That was the last one. Congratulations!";
    const ours = existsSync(solutionOf(id)) ? `\`npm run learn -- solution ${id}\` shows our answer. ` : "";
    return `${paint("pass", `✔ ${title}: pass`)}, ${points} of ${maxPoints} points.\n${ours}${go}`;
  }
  const [text = ""] = details(verdict, { paint, verbose: false });
  return `${text}\nYour file: ${file}`;
}

/** Where our answer is, unless this copy of the course was handed out without answers. */
const solutionOf = (/** @type {string} */ id) => path.join(root, "lib", "src", "solutions", `${id}.ts`);

/** All exercises in course order with their states, and the sum. */
export function listText(/** @type {Progress} */ progress) {
  const exercises = readExercises();
  const next = progress.next(exercises.map(({ id }) => id));
  const width = Math.max(...exercises.map(({ id }) => id.length));
  const rows = exercises.map(({ id, title }) => {
    const state = progress.state(id);
    const mark = progress.hasPassed(id) ? "✔" : id === next ? ">" : " ";
    return `${mark} ${id.padEnd(width)}  ${title}${state === "not started" || state === "passed" ? "" : ` (${state})`}`;
  });
  const passed = exercises.filter(({ id }) => progress.hasPassed(id)).length;
  const filled = Math.round((20 * passed) / Math.max(1, exercises.length));
  const bar = "█".repeat(filled) + "░".repeat(20 - filled);
  return [...rows, "", `${bar} ${passed} of ${exercises.length} passed${next ? `; next: ${next}` : ""}`].join("\n");
}

/** The next hint of an exercise; after the last one all of them again. */
export function hintText(/** @type {Progress} */ progress, /** @type {string} */ id, all = false) {
  const { hints } = readExercise(id);
  if (!hints.length) return `There are no hints for ${id}.`;
  const shownSoFar = progress.hintsShown(id);
  if (all || shownSoFar >= hints.length)
    return hints.map((hint, i) => `Hint ${i + 1} of ${hints.length} for ${id}: ${hint}`).join("\n");
  progress.setHints(id, shownSoFar + 1);
  const more = shownSoFar + 1 < hints.length ? " (ask again for the next one)" : "";
  return `Hint ${shownSoFar + 1} of ${hints.length} for ${id}: ${hints[shownSoFar]}${more}`;
}

function solution(/** @type {Progress} */ progress, /** @type {string} */ id) {
  if (!progress.hasPassed(id)) {
    console.log(`Our answer to ${id} is shown once yours passes: \`npm run learn -- ${id}\``);
    return 1;
  }
  const file = solutionOf(id);
  if (!existsSync(file)) return say(`Your copy of the course comes without solutions: ask your teacher for ${id}.`);
  return say(`// ${shown(file)}\n${readFileSync(file, "utf8").trimEnd()}`);
}

function reset(/** @type {Progress} */ progress, /** @type {string} */ id) {
  const kept = progress.reset(id);
  return say(
    kept
      ? `${shown(progress.fileOf(id))} is the stub again; what you had is in ${shown(kept)}.`
      : `${shown(progress.fileOf(id))} is the stub, as it was.`,
  );
}
