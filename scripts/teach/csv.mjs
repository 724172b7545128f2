// A table of results for spreadsheets: RFC 4180, with the mark by which Excel knows UTF-8. Pure.

/** @typedef {import("./class.mjs").Row} Row */

/**
 * One line for each submission: points, how many exercises passed, then each exercise's state and points, and what was wrong.
 * @param {Row[]} rows
 * @param {string[]} ids in course order
 */
export function classTable(rows, ids) {
  const header = ["submission", "points", "max points", "passed", "exercises"];
  const lines = rows.map(({ name, report, problem }) => {
    const verdicts = ids.map((id) => report?.exercises.find((verdict) => verdict.id === id));
    const passed = verdicts.filter((verdict) => verdict?.state === "pass").length;
    const sums = report ? [report.points, report.maxPoints, passed, ids.length] : ["", "", "", ids.length];
    const each = verdicts.flatMap((verdict) => [verdict?.state ?? "", verdict?.points ?? ""]);
    return [name, ...sums, ...each, report?.notes.length ?? "", problem];
  });
  const columns = [...header, ...ids.flatMap((id) => [id, `${id} points`]), "notes", "problem"];
  return "\uFEFF" + [columns, ...lines].map((line) => line.map(field).join(",") + "\r\n").join("");
}

/** A value as a field; a text that a spreadsheet would run as a formula gets an apostrophe. */
export function field(/** @type {string | number} */ value) {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
