// Mocha's spec reporter that also writes the counts and the failed tests to a file, for the sum of `npm test`.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on("fail", (test, error) => {
      const message = String(error?.message ?? error);
      failures.push(`${test.fullTitle()}: ${message.length > 600 ? `${message.slice(0, 600)} …` : message}`);
    });
    runner.once("end", () => {
      const { passes: passed, failures: failed, pending } = this.stats;
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passed, failed, pending, failures }));
    });
  }
};
