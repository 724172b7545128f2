// `npm run grade` from its options to its exit code: grades, shows progress, writes the reports, ends well on Ctrl-C.
import { appendFileSync, existsSync } from "node:fs";
import path from "node:path";
import { build } from "../setup/build.mjs";
import { readable } from "../setup/errors.mjs";
import { root, shown } from "../setup/paths.mjs";
import { gradeSubmission } from "./grade.mjs";
import { gradescopeOf } from "./gradescope.mjs";
import { junitOf } from "./junit.mjs";
import { isPlainFile, json, writeReport } from "./report-file.mjs";
import { summaryOf } from "./summary.mjs";
import { reportText, sumText } from "./terminal.mjs";

/** @typedef {import("./grade.mjs").Report} Report */

/**
 * Grades and resolves to the exit code: 0 all passed, 1 some did not, 2 the grader itself failed, 130 stopped.
 * @param {import("./options.mjs").Options} options
 * @returns {Promise<number>}
 */
export async function run(options) {
  if (!existsSync(path.join(root, "lib", "dist", "index.js"))) await build();
  const stop = new AbortController();
  const restore = onStop(() => stop.abort());
  /** @type {Set<string>} */
  const unwritten = new Set();
  const write = (/** @type {string} */ file, /** @type {() => void} */ work) => {
    try {
      work();
    } catch (error) {
      const { message, fix } = readable(error);
      unwritten.add(`The report could not be written to ${shown(file)}: ${message}. ${fix}`);
    }
  };
  const save = (/** @type {Report} */ report) => write(options.json, () => writeReport(options.json, json(report)));

  const line = progress();
  let report;
  try {
    report = await gradeSubmission({
      ...options,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "start") line.show(event.id);
        if (event.type !== "exercise") return;
        line.done(event.done, event.total);
        if (isPlainFile(options.json)) save(event.report);
      },
    });
  } finally {
    line.end();
    restore();
  }
  save(report);
  const { junit, gradescope, summary } = options;
  if (junit) write(junit, () => writeReport(junit, junitOf(report)));
  if (gradescope) write(gradescope, () => writeReport(gradescope, json(gradescopeOf(report))));
  if (summary) write(summary, () => appendFileSync(summary, summaryOf(report)));

  const colours = process.stdout.isTTY && process.stdout.hasColors();
  console.log(reportText(report, { colours, verbose: options.verbose }));
  const place = unwritten.size ? "" : `; the report is in ${shown(options.json)}`;
  console.log(`\n${sumText(report)}${place}`);
  for (const problem of [...report.problems, ...unwritten]) console.error(`The grader failed: ${problem}`);
  if (stop.signal.aborted) {
    console.error("Stopped: the report holds what was graded until then.");
    return 130;
  }
  if (report.problems.length || unwritten.size) return 2;
  return Number(report.exercises.some(({ state }) => state !== "pass"));
}

/** Calls back at the first Ctrl-C; at one that comes a second later or more the process ends. (npm may send each twice.) */
function onStop(/** @type {() => void} */ stop) {
  let first = 0;
  const handle = () => {
    if (first && Date.now() - first > 1000) process.exit(130);
    if (!first) stop();
    first ||= Date.now();
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, handle);
  return () => signals.forEach((signal) => process.off(signal, handle));
}

/** One line on a terminal that says how far it is; nothing in a pipe. */
function progress() {
  const { stderr } = process;
  let [count, name] = ["", ""];
  const draw = () => {
    if (stderr.isTTY) stderr.write(`\r\x1b[2K${count}${name}`.slice(0, (stderr.columns || 80) + 4));
  };
  return {
    show(/** @type {string} */ id) {
      name = `${id} …`;
      draw();
    },
    done(/** @type {number} */ done, /** @type {number} */ total) {
      count = `${done} of ${total} graded; `;
      draw();
    },
    end() {
      if (stderr.isTTY) stderr.write("\r\x1b[2K");
    },
  };
}
