// The report as Markdown for the summary of a step on GitHub Actions. What learners' code printed is not in it.
import { sumText } from "./terminal.mjs";

const limit = 200_000; // characters; GitHub takes 1 MiB a step

/**
 * @param {import("./grade.mjs").Report} report
 * @returns {string}
 */
export function summaryOf(report) {
  const rows = report.exercises.map(({ id, points, maxPoints, state, message }) => {
    const remark = state === "pass" || state === "not started" ? "" : line(message);
    return `| ${id} | ${points}/${maxPoints} | ${state} | ${remark} |`;
  });
  const details = report.exercises.flatMap(({ id, tests }) =>
    tests
      .filter(({ state }) => state === "fail" || state === "error" || state === "timeout")
      .map(({ name, state, message, where, hint }) => {
        const body = [message, where && `at ${where}`, hint && `hint: ${hint}`].filter(Boolean).join("\n");
        return `<details><summary>${escape(name || id)}: ${state}</summary>\n\n<pre>${escape(body)}</pre>\n</details>`;
      }),
  );
  const notes = [...report.problems, ...report.notes].map((note) => `- ${line(note)}`);
  const parts = [
    `### ${sumText(report)}`,
    ["| exercise | points | state | |", "| --- | ---: | --- | --- |", ...rows].join("\n"),
    ...(notes.length ? [notes.join("\n")] : []),
    ...details,
  ];
  const text = parts.join("\n\n") + "\n";
  return text.length > limit ? `${text.slice(0, limit)}…\n` : text;
}

/** One line of text that neither Markdown nor HTML reads as its own. */
function line(/** @type {string} */ text) {
  return escape(text.split("\n")[0]?.slice(0, 200) ?? "").replace(/[\\`*_[\]|#!~]/g, "\\$&");
}

/** For HTML; a line break would end the block in Markdown. */
function escape(/** @type {string} */ text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n\n+/g, "\n");
}
