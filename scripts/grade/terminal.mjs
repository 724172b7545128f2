// A report as a person reads it in a terminal: what went wrong test by test, then the table. Pure: text out, and every state
// is a word, whatever the colours.
import { styleText } from "node:util";

/**
 * @typedef {import("./grade.mjs").Report} Report
 * @typedef {import("./verdict.mjs").Verdict} Verdict
 * @typedef {import("./verdict.mjs").TestVerdict} TestVerdict
 * @typedef {import("./errors.mjs").State} State
 */

/** @type {Record<State, { mark: string, colour: Parameters<typeof styleText>[0] }>} */
const looks = {
  pass: { mark: "✔", colour: "green" },
  fail: { mark: "✗", colour: "red" },
  error: { mark: "✗", colour: "red" },
  timeout: { mark: "✗", colour: "red" },
  skipped: { mark: "-", colour: "gray" },
  "not started": { mark: "·", colour: "gray" },
};

/** How many lines of what the code printed are shown without --verbose. */
const outputLines = 6;

/**
 * The whole report.
 * @param {Report} report
 * @param {{ colours: boolean, verbose: boolean }} options
 * @returns {string}
 */
export function reportText(report, { colours, verbose }) {
  const paint = painter(colours);
  const parts = report.exercises.flatMap((verdict) => details(verdict, { paint, verbose }));
  parts.push(table(report.exercises, paint));
  if (report.notes.length)
    parts.push(["About the submission:", ...report.notes.map((note) => `  - ${note}`)].join("\n"));
  return parts.join("\n\n");
}

/** @typedef {(state: State | "bold" | "dim", text: string) => string} Paint */

/** @returns {Paint} */
export function painter(/** @type {boolean} */ colours) {
  return (state, text) => {
    if (!colours) return text;
    const colour = state === "bold" || state === "dim" ? state : looks[state].colour;
    return styleText(colour, text, { validateStream: false });
  };
}

/**
 * What to know of an exercise that ran and did not pass; nothing for the others, unless --verbose.
 * @param {Verdict} verdict
 * @param {{ paint: Paint, verbose: boolean }} options
 * @returns {string[]}
 */
export function details(verdict, { paint, verbose }) {
  const { id, state, points, maxPoints } = verdict;
  if (!verbose && ["pass", "skipped", "not started"].includes(state)) return [];
  const lines = [paint("bold", `${id}: ${state}, ${points} of ${maxPoints} points`)];
  const shown = verdict.tests.filter((test) => verbose || test.state !== "pass");
  /** @type {TestVerdict | undefined} */
  let before;
  for (const test of shown) {
    // A file that does not load says the same for every test: once is enough.
    const again = before?.message === test.message && before?.state === test.state && test.state !== "pass";
    lines.push(
      ...testLines(id, again ? { ...test, message: "", hint: "", where: "", output: "" } : test, { paint, verbose }),
    );
    before = test;
  }
  return [lines.join("\n")];
}

/**
 * @param {string} id
 * @param {TestVerdict} test
 * @param {{ paint: Paint, verbose: boolean }} options
 */
function testLines(id, { name, state, message, where, hint, trace, output, maxPoints, ms }, { paint, verbose }) {
  const title = name.startsWith(`${id} `) ? name.slice(id.length + 1) : name;
  const time = verbose ? paint("dim", ` ${ms} ms`) : "";
  const lines = [`  ${paint(state, `${looks[state].mark} ${state}`)}  ${title} (${maxPoints})${time}`];
  const add = (/** @type {string} */ text) => lines.push(...text.split("\n").map((line) => `      ${line}`));
  if (state !== "pass" && message) add(message);
  if (where && !message.includes(where)) add(paint("dim", `at ${where}`));
  if (hint) add(`hint: ${hint}`);
  if (verbose && trace) add(paint("dim", `stack:\n${indent(trace)}`));
  if (output && (verbose || state !== "pass")) {
    const all = output.trimEnd().split("\n");
    const shown = verbose ? all : all.slice(0, outputLines);
    const rest = all.length > shown.length ? `\n  … ${all.length - shown.length} more lines: --verbose` : "";
    add(paint("dim", `it printed:\n${indent(shown.map((line) => cut(line, 200)).join("\n"))}${rest}`));
  }
  return lines;
}

const indent = (/** @type {string} */ text) => text.replace(/^/gm, "  ");
const cut = (/** @type {string} */ text, /** @type {number} */ length) =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/**
 * One line an exercise: its name, points and state, and why it is not better.
 * @param {Verdict[]} verdicts
 * @param {Paint} paint
 */
function table(verdicts, paint) {
  const rows = verdicts.map((verdict) => ({
    state: verdict.state,
    cells: [
      verdict.id,
      `${verdict.points}/${verdict.maxPoints}`,
      `${looks[verdict.state].mark} ${verdict.state}`,
      remark(verdict),
    ],
  }));
  const head = ["exercise", "points", "state", ""];
  const width = (/** @type {number} */ i) =>
    Math.max(...[head, ...rows.map(({ cells }) => cells)].map((cells) => (cells[i] ?? "").length));
  const widths = [width(0), width(1), width(2)];
  const line = (
    /** @type {string[]} */ [id = "", points = "", state = "", text = ""],
    /** @type {(text: string) => string} */ tint,
  ) =>
    `${id.padEnd(widths[0] ?? 0)}  ${points.padStart(widths[1] ?? 0)}  ${tint(state.padEnd(widths[2] ?? 0))}  ${text}`.trimEnd();
  return [
    line(head, (text) => text),
    ...rows.map(({ state, cells }) => line(cells, (text) => paint(state, text))),
  ].join("\n");
}

function remark(/** @type {Verdict} */ { state, message, tests }) {
  if (state === "skipped") return message;
  if (state === "not started") return message.startsWith(state) ? "" : message; // its file is missing
  if (state === "pass") return "";
  const passed = tests.filter((test) => test.state === "pass").length;
  return `${passed} of ${tests.length} tests pass`;
}

/** The last line: the sum, in one sentence. */
export function sumText(/** @type {Report} */ { exercises, points, maxPoints }) {
  const passed = exercises.filter(({ state }) => state === "pass").length;
  return `${passed} of ${exercises.length} ${exercises.length === 1 ? "exercise" : "exercises"} passed, ${points} of ${maxPoints} points`;
}
