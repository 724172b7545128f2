// Grades a class: each submission on its own, several at once, results written one by one, so that nothing is lost when it is
// stopped, and one bad submission is one bad line.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { gradeSubmission } from "../grade/grade.mjs";
import { takeIn } from "../grade/intake.mjs";
import { createPool } from "../grade/pool.mjs";
import { exerciseIds, testFolder } from "../grade/registry.mjs";
import { json, writeReport } from "../grade/report-file.mjs";
import { summaryOf } from "../grade/summary.mjs";
import { readJson, root, shown } from "../setup/paths.mjs";
import { classTable } from "./csv.mjs";
import { findSubmissions, withFolder } from "./submissions.mjs";

/**
 * @typedef {import("../grade/grade.mjs").Report} Report
 * @typedef {import("./submissions.mjs").Submission} Submission
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {Report | undefined} report
 * @property {string} problem why there is no report, or none to be trusted; "" if there is
 * @property {boolean} kept from an earlier run
 */

/**
 * Grades all submissions in a folder; resolves to the exit code.
 * @param {import("./options.mjs").Options} options
 * @param {{ log?: (line: string) => void, signal?: AbortSignal }} [surroundings]
 * @returns {Promise<number>}
 */
export async function gradeClass({ folder, exercises, out, jobs, fresh }, { log = console.log, signal } = {}) {
  const submissions = findSubmissions(folder);
  const ids = exerciseIds().filter((id) => !exercises.length || exercises.includes(id));
  mkdirSync(out, { recursive: true });
  log(`Grading ${submissions.length} submissions, ${ids.length} exercises each …`);
  const rules = hashOf([testFolder, path.join(root, "scripts", "grade")].flatMap(contents));
  const pool = createPool({ jobs });
  /** @type {Row[]} */
  const rows = [];
  const queue = [...submissions.entries()];
  let done = 0;
  const work = async () => {
    for (let next = queue.shift(); next && !signal?.aborted; next = queue.shift()) {
      const [index, submission] = next;
      const row = await gradeOne(submission, { exercises, jobs, out, fresh, rules, pool, signal });
      if (!row) return; // stopped in the middle
      rows[index] = row;
      log(`${String(++done).padStart(String(submissions.length).length)}/${submissions.length}  ${lineOf(row)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, submissions.length) }, work));
  } finally {
    pool.close();
    writeReport(path.join(out, "class.csv"), classTable(rows.filter(Boolean), ids));
  }
  const failed = rows.filter((row) => row?.problem).length;
  const all = rows.filter(Boolean).length;
  log(
    `${all - failed} of ${submissions.length} submissions graded; results are in ${shown(out)}, the table in class.csv`,
  );
  if (signal?.aborted) {
    log("Stopped. The same command goes on where it was.");
    return 130;
  }
  return failed ? 2 : 0;
}

/**
 * One submission, or what is kept of it; undefined when stopped before its end.
 * @param {Submission} submission
 * @param {{ exercises: string[], jobs: number, out: string, fresh: boolean, rules: string,
 *   pool: import("../grade/pool.mjs").Pool, signal: AbortSignal | undefined }} options
 * @returns {Promise<Row | undefined>}
 */
async function gradeOne(submission, { exercises, jobs, out, fresh, rules, pool, signal }) {
  const { name } = submission;
  const target = path.join(out, name);
  const file = path.join(target, "results.json");
  try {
    return await withFolder(submission, async (folder) => {
      const known = exerciseIds();
      const fingerprint = hashOf([rules, exercises.join(), JSON.stringify(takeIn(folder, known, known))]);
      const before = fresh ? undefined : readJson(file);
      if (before?.fingerprint === fingerprint) return { name, report: before, problem: "", kept: true };
      const report = await gradeSubmission({ submission: folder, exercises, jobs, pool, ...(signal && { signal }) });
      if (!report.complete) return undefined;
      const [problem = ""] = report.problems;
      writeReport(
        path.join(target, "report.md"),
        `# ${name.replace(/[\\`*_[\]<>#]/g, "\\$&")}\n\n${summaryOf(report)}`,
      );
      // Last, and without a fingerprint if the grader itself failed, so that such a submission is graded again.
      writeReport(file, json({ ...report, submission: name, ...(!problem && { fingerprint }) }));
      return { name, report, problem, kept: false };
    });
  } catch (error) {
    return { name, report: undefined, problem: error instanceof Error ? error.message : String(error), kept: false };
  }
}

function lineOf(/** @type {Row} */ { name, report, problem, kept }) {
  if (!report) return `${name}: not graded: ${problem}`;
  /** @type {Map<string, number>} */
  const states = new Map();
  for (const { state } of report.exercises) states.set(state, (states.get(state) ?? 0) + 1);
  const counts = [...states].map(([state, count]) => `${count} ${state}`).join(", ");
  return `${name}: ${report.points} of ${report.maxPoints} points (${counts})${kept ? ", as before" : ""}${problem ? `; ${problem}` : ""}`;
}

/** The texts of all files below a folder, in a fixed order. */
function contents(/** @type {string} */ folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file, "utf8"));
}

function hashOf(/** @type {string[]} */ parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}\n${part}`);
  return hash.digest("hex").slice(0, 16);
}
