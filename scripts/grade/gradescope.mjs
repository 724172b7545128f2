// The report as Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/

/**
 * @param {import("./grade.mjs").Report} report
 * @returns {object}
 */
export function gradescopeOf({ points, maxPoints, exercises, notes, problems }) {
  const sum = `${points} of ${maxPoints} points.`;
  return {
    score: points,
    output: [sum, ...notes, ...problems].join("\n"),
    output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    tests: exercises.flatMap((exercise) =>
      exercise.tests.map((test) => ({
        name: test.name,
        score: test.points,
        max_score: test.maxPoints,
        status: test.state === "pass" ? "passed" : "failed",
        output: outputOf(test),
        output_format: "text",
        tags: [exercise.id, test.state],
        visibility: "visible",
      })),
    ),
  };
}

function outputOf(/** @type {import("./verdict.mjs").TestVerdict} */ { state, message, where, hint, output }) {
  if (state === "pass") return "";
  const printed = output && `it printed:\n${output.slice(0, 2000)}`;
  return [`${state}: ${message}`, where && `at ${where}`, hint && `hint: ${hint}`, printed].filter(Boolean).join("\n");
}
