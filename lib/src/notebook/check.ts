/**
 * Exercises from a notebook: `await check("bptt")` has the judge grade the learner's file as it is on disk now and shows the
 * verdict as a table. The judge is a process of its own (`npm run grade`), so no kernel needs a restart, and code that hangs
 * or crashes does no harm here.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { channel } from "./channel";
import { DisplayHandle, escapeHtml } from "./display";

/** What the judge says of one test. */
export interface TestVerdict {
  name: string;
  state: "pass" | "fail" | "error" | "timeout" | "skipped" | "not started";
  message: string;
  points: number;
  maxPoints: number;
  /** The learner's own line, `lib/src/exercises/bptt.ts:31`. */
  where?: string;
  hint?: string;
  /** What the code printed. */
  output?: string;
}

/** What the judge says of one exercise. */
export interface Verdict extends Omit<TestVerdict, "where" | "hint" | "output"> {
  id: string;
  title: string;
  tests: TestVerdict[];
}

/** The course's folder: this file is lib/dist/notebook/check.js in it. */
export const courseFolder = path.resolve(__dirname, "..", "..", "..");

/**
 * Grades exercises (by name; none: all) and shows a table for each; resolves when it is shown. Throws if there is no such
 * exercise, naming the nearest, and if the judge itself fails.
 */
export async function check(...ids: string[]): Promise<void> {
  const handle = new DisplayHandle();
  if (channel()) handle.update({ "text/html": "<em>Checking …</em>", "text/plain": "Checking …" });
  const verdicts = await grade(ids).catch((error: unknown) => {
    handle.clear();
    throw error;
  });
  handle.update({ "text/html": verdicts.map(htmlOf).join(""), "text/plain": verdicts.map(textOf).join("\n\n") });
}

/** Runs the judge and reads its report. */
async function grade(ids: readonly string[]): Promise<Verdict[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "unrolled-check-"));
  try {
    const file = path.join(folder, "results.json");
    const script = path.join(courseFolder, "scripts", "grade.mjs");
    const { code, errors } = await run([script, ...ids, "--json", file]);
    if (code !== 0 && code !== 1) throw new Error(errors.trim() || `check: the judge ended with exit code ${code}`);
    return (JSON.parse(readFileSync(file, "utf8")) as { exercises: Verdict[] }).exercises;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[]): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    // The kernel's own settings (its loader, its inspector) are not for the judge.
    const env = { ...process.env, NODE_OPTIONS: "", GITHUB_STEP_SUMMARY: "" };
    const child = spawn(process.execPath, args, { cwd: courseFolder, env, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-10_000)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, errors }));
  });
}

/** Every state is a word with a mark; the colour only repeats it. */
const marks = { pass: "✔", fail: "✗", error: "✗", timeout: "✗", skipped: "–", "not started": "·" } as const;
const colours = { pass: "#007a5a", fail: "#b34700", error: "#b34700", timeout: "#b34700" } as const;

function htmlOf(verdict: Verdict): string {
  const { id, title, state, message, points, maxPoints, tests } = verdict;
  const caption = `${title}: ${points} of ${maxPoints} points`;
  const shown = testsToShow(verdict);
  const details = shown.some((test) => test.state !== "pass"); // else the third column would be empty
  const row = (tag: "td" | "th", cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag} style="${left}">${cell}</${tag}>`).join("")}</tr>`;
  const rows = shown.map((test) => {
    const name = escapeHtml(withoutId(id, test.name));
    return row("td", [stateHtml(test.state), name, ...(details ? [detailHtml(test)] : [])]);
  });
  const body = rows.length
    ? `<thead>${row("th", ["result", "test", ...(details ? ["what came"] : [])])}</thead><tbody>${rows.join("")}</tbody>`
    : `<tbody>${row("td", [stateHtml(state), escapeHtml(remark(verdict) || message)])}</tbody>`;
  const more = tests.some((test) => test.output) ? outputHtml(tests) : "";
  return `<table><caption style="text-align:left;font-weight:bold;white-space:nowrap">${escapeHtml(caption)}</caption>${body}</table>${more}`;
}

const left = "text-align:left;vertical-align:top";

function stateHtml(state: Verdict["state"]): string {
  const colour = colours[state as keyof typeof colours];
  return `<span style="white-space:nowrap${colour ? `;color:${colour};font-weight:bold` : ""}">${marks[state]} ${state}</span>`;
}

function detailHtml({ state, message, where, hint }: TestVerdict): string {
  if (state === "pass") return "";
  const parts = [`<pre style="margin:0;white-space:pre-wrap">${escapeHtml(message)}</pre>`];
  if (where && !message.includes(where)) parts.push(`<code>${escapeHtml(where)}</code>`);
  if (hint) parts.push(`<br>Hint: ${escapeHtml(hint)}`);
  return parts.join("");
}

function outputHtml(tests: readonly TestVerdict[]): string {
  const text = tests.map((test) => test.output ?? "").join("");
  return `<details><summary>What your code printed</summary><pre>${escapeHtml(text.slice(0, 5000))}</pre></details>`;
}

function textOf(verdict: Verdict): string {
  const { id, title, state, points, maxPoints, message } = verdict;
  const shown = testsToShow(verdict);
  const head = `${title}: ${points} of ${maxPoints} points`;
  if (!shown.length)
    return `${head}\n  ${marks[state]} ${state}${remark(verdict) || message ? `: ${remark(verdict) || message}` : ""}`;
  const lines = shown.flatMap((test) => [
    `  ${marks[test.state]} ${test.state}  ${withoutId(id, test.name)}`,
    ...(test.state === "pass" ? [] : [test.message, test.where, test.hint && `hint: ${test.hint}`])
      .filter((text): text is string => Boolean(text))
      .flatMap((text) => text.split("\n").map((line) => `      ${line}`)),
  ]);
  return [head, ...lines].join("\n");
}

/** The tests that ran; when none did, one line for the exercise says why. */
function testsToShow({ state, tests }: Verdict): TestVerdict[] {
  return state === "not started" || state === "skipped" ? [] : tests;
}

function remark({ id, state }: Verdict): string {
  return state === "not started" ? `write it in lib/src/exercises/${id}.ts` : "";
}

const withoutId = (id: string, name: string): string => (name.startsWith(`${id} `) ? name.slice(id.length + 1) : name);
