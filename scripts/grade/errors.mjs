// The ways a test of an exercise ends other than well; each error knows its state. Not the grader's own failures: those
// are GraderErrors (and SetupErrors) and end the run with exit code 2.

/** @typedef {"pass" | "fail" | "error" | "timeout" | "skipped" | "not started"} State */

/** For a TypeError of trusted code that had to work with what the learner's functions returned. */
export const unusable =
  "what your functions returned cannot be used: is a `return`, or a part of what is returned, missing?";

/** The learner's code answered, and the answer is not the expected one. */
export class Mismatch extends Error {
  /** @type {State} */
  state = "fail";

  /**
   * @param {string} message
   * @param {{ hint?: string | undefined }} [options]
   */
  constructor(message, { hint } = {}) {
    super(hint ? `${message}\n  hint: ${hint}` : message);
    this.name = "Mismatch";
    this.hint = hint;
    this.summary = message;
  }
}

/** The learner's code gave no answer. */
export class LearnerError extends Error {
  /**
   * @param {State} state
   * @param {string} message
   * @param {{ where?: string | undefined, trace?: string | undefined, hint?: string | undefined, thrown?: string | undefined }} [options]
   *   `where` is the learner's own line, `trace` the stack in the learner's file, `thrown` which of the language's errors
   *   the code threw ("RangeError"): the message is the learner's text, and proves nothing
   */
  constructor(state, message, { where, trace, hint, thrown } = {}) {
    super(message);
    this.name = "LearnerError";
    this.state = state;
    this.where = where;
    this.trace = trace;
    this.hint = hint;
    this.thrown = thrown;
    // Plain mocha shows the stack: the learner's, not the judge's.
    this.stack = `${message}${where ? `\n    at ${where}` : ""}`;
  }
}

/** The judge itself could not do its work: the learner's code is not to blame, and the verdict is worth nothing. */
export class GraderError extends Error {
  isGraderError = true;
}
