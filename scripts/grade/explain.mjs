// Says in a sentence a beginner understands why the learner's code gave no answer, and points at the learner's own line.
import { LearnerError, unusable } from "./errors.mjs";
import { shownName } from "./bundle.mjs";
import { nearest, stubFolder } from "./registry.mjs";
import { clean } from "./text.mjs";

/** V8's words for a value that is missing, or not what the code takes it for; they name variables of the code. */
const internal =
  /^Cannot (read|set) propert|^Cannot destructure|^Cannot convert (undefined|null)|^Cannot use 'in'|\bis not iterable|\bis not a (function|constructor)/;

/**
 * @param {Exclude<import("./process.mjs").Answer, { kind: "value" }>} answer
 * @param {{ id: string, name: string | undefined, drive: boolean, exports: string[], deadlineMs: number,
 *   maps: Record<string, import("node:module").SourceMap>, folder: string }} options `name` of the function that the judge
 *   called, or that a driver did, whose functions are not the learner's to know; `exports` of the learner's file
 * @returns {LearnerError}
 */
export function explain(answer, { id, name, drive, exports, deadlineMs, maps, folder }) {
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
  if (error.missing) return missing(id, clean(error.missing, folder), error.message, exports);
  // An exercise that is required and imported by the driver, whose code esbuild calls so.
  const [, file, imported] = /\bimport_(\w+?)\d*\.(\w+)\)? is not a (?:function|constructor)/.exec(error.message) ?? [];
  if (!where && file && imported) return missing(file.replaceAll("_", "-"), imported, "", file === id ? exports : []);
  if (late)
    return new LearnerError("error", `an error came up outside of any call: ${headline(error)}`, {
      where,
      trace: trace.join("\n"),
      hint: "A promise that nobody awaits, or a timer, fails on its own.",
    });
  if (drive && !where && error.kind === "TypeError" && internal.test(error.message))
    return new LearnerError("error", unusable, { trace: [headline(error), ...trace].join("\n") });
  return new LearnerError("error", `${what} threw ${headline(error)}`, {
    where,
    trace: trace.join("\n"),
    thrown: error.kind,
  });
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} message what is wrong with the export, if it is there
 * @param {string[]} exports
 */
function missing(id, name, message, exports) {
  const near = nearest(
    name,
    exports.filter((other) => other !== "default"),
  );
  const keep = "The names of the exported functions are the tests' way in: keep them as they were.";
  const hint = message
    ? keep
    : near
      ? `It exports ${near}: is that the function? ${keep}`
      : exports.includes("default")
        ? `Write \`export function ${name}\`, without \`default\`. ${keep}`
        : keep;
  return new LearnerError(
    "error",
    message ? `${shownName(id)}: ${message}` : `${shownName(id)} does not export ${name}`,
    { hint },
  );
}

function headline(/** @type {import("./process.mjs").Failure} */ { thrown, name, message }) {
  if (thrown) return `${message} instead of an Error`;
  return `${name || "Error"}: ${message}`;
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
