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
  const details = report.exercises.flatMap(({ id, tests }) => {
    /** @type {Map<string, string[]>} Titles by what is to be read under them: a file that does not load says it for every test. */
    const groups = new Map();
    for (const { name, state, message, where, hint } of tests) {
      if (state !== "fail" && state !== "error" && state !== "timeout") continue;
      const body = [message, where && `at ${where}`, hint && `hint: ${hint}`].filter(Boolean).join("\n");
      groups.set(body, [...(groups.get(body) ?? []), `${escape(name || id)}: ${state}`]);
    }
    return [...groups].map(
      ([body, titles]) =>
        `<details><summary>${titles.join("<br>")}</summary>\n\n<pre>${escape(body)}</pre>\n</details>`,
    );
  });
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
