// The report as JUnit XML, which continuous-integration servers show: an exercise is a suite, "not started" counts as skipped.
import { toUSVString } from "node:util";

/**
 * @param {import("./grade.mjs").Report} report
 * @returns {string}
 */
export function junitOf({ exercises }) {
  const suites = exercises.map(({ id, tests }) => {
    const cases = tests.map(({ name, state, message, where, hint, trace, output, ms }) => {
      const detail = [message, where && `at ${where}`, hint && `hint: ${hint}`, trace].filter(Boolean).join("\n");
      const element = {
        pass: "",
        fail: "failure",
        error: "error",
        timeout: "error",
        skipped: "skipped",
        "not started": "skipped",
      }[state];
      const first = attribute(`${state}: ${message.split("\n")[0]}`);
      const body = !element
        ? ""
        : element === "skipped"
          ? `<skipped message=${first}/>`
          : `<${element} type="${state}" message=${first}>${text(detail)}</${element}>`;
      const printed = output ? `<system-out>${text(output)}</system-out>` : "";
      return `    <testcase classname=${attribute(id)} name=${attribute(name)} time="${ms / 1000}">${body}${printed}</testcase>`;
    });
    const count = (/** @type {string[]} */ ...states) => tests.filter(({ state }) => states.includes(state)).length;
    const counts = `tests="${tests.length}" failures="${count("fail")}" errors="${count("error", "timeout")}" skipped="${count("skipped", "not started")}"`;
    const seconds = tests.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    return [`  <testsuite name=${attribute(id)} ${counts} time="${seconds}">`, ...cases, "  </testsuite>"].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="exercises">',
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

/** Escapes text for XML 1.0, and drops what XML cannot hold at all. */
function text(/** @type {string} */ value) {
  return (
    toUSVString(value)
      // eslint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
  );
}

function attribute(/** @type {string} */ value) {
  return `"${text(value).replace(/"/g, "&quot;").replace(/\n/g, "&#10;")}"`;
}
