// Says in a sentence a beginner understands why the learner's code gave no answer, and points at the learner's own line.
import { stripVTControlCharacters, toUSVString } from "node:util";
import { LearnerError } from "./errors.mjs";
import { shownName } from "./bundle.mjs";
import { stubFolder } from "./registry.mjs";

/**
 * @param {Exclude<import("./process.mjs").Answer, { kind: "value" }>} answer
 * @param {{ id: string, name: string | undefined, deadlineMs: number, maps: Record<string, import("node:module").SourceMap>,
 *   folder: string }} options
 * @returns {LearnerError}
 */
export function explain(answer, { id, name, deadlineMs, maps, folder }) {
  const what = name ? `${name}(…)` : "the code";
  if (answer.kind === "timeout")
    return new LearnerError("timeout", `${what} did not come back within ${deadlineMs / 1000} s`, {
      hint: "Does every loop end, and is every promise resolved?",
    });
  if (answer.kind === "ended") return new LearnerError("error", `${what} gave no result: ${answer.reason}`);
  const { late } = answer;
  const error = {
    ...answer.error,
    message: clean(answer.error.message, folder),
    name: clean(answer.error.name, folder),
  };
  const trace = learnerTrace(error.stack, maps);
  const where = trace.find((line) => line.startsWith(stubFolder));
  if (error.notStarted) return new LearnerError("not started", `not started yet: ${error.message}`);
  const absent = !where && /^learner\.(\w+) is not a (function|constructor)$/.exec(error.message)?.[1];
  if (error.missing || absent)
    return new LearnerError(
      "error",
      `${shownName(id)}: ${absent ? `there is no exported "${absent}"` : error.message}`,
      {
        hint: "The names of the exported functions are the tests' way in: keep them as they were.",
      },
    );
  if (late)
    return new LearnerError("error", `an error came up outside of any call: ${headline(error)}`, {
      where,
      trace: trace.join("\n"),
      hint: "A promise that nobody awaits, or a timer, fails on its own.",
    });
  return new LearnerError("error", `${what} threw ${headline(error)}`, { where, trace: trace.join("\n") });
}

function headline(/** @type {import("./process.mjs").Failure} */ { thrown, name, message }) {
  if (thrown) return `${message} instead of an Error`;
  return `${name || "Error"}: ${message}`;
}

/** Text from the learner's process as a report may hold it: nothing that moves a cursor or differs from run to run. */
export function clean(/** @type {string} */ text, /** @type {string} */ folder) {
  return (
    stripVTControlCharacters(toUSVString(text))
      .replaceAll(folder, "<folder>")
      .replace(/\(node:\d+\)/g, "(node)")
      .replace(/\r\n?/g, "\n")
      // eslint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "�")
  );
}

/** The frames of a stack that lie in TypeScript files of the course, as file:line:column. */
function learnerTrace(
  /** @type {string} */ stack,
  /** @type {Record<string, import("node:module").SourceMap>} */ maps,
) {
  return stack.split("\n").flatMap((line) => {
    const [, file = "", row, column] = /([\w-]+\.cjs):(\d+):(\d+)/.exec(line) ?? [];
    const entry = maps[file]?.findEntry(Number(row) - 1, Number(column) - 1);
    if (!entry || !("originalSource" in entry)) return [];
    return [`${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`];
  });
}
