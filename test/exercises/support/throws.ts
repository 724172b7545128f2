/** An expectation of an error: the function has to refuse bad input, and not to return something for it. */
import { LearnerError, Mismatch } from "../../../scripts/grade/errors.mjs";

/** The call throws a RangeError. What is not started, hangs or fails otherwise stays what it is. */
export async function throwsRangeError(call: Promise<unknown>, { what, hint }: { what: string; hint: string }) {
  let got: unknown;
  try {
    got = await call;
  } catch (error) {
    // The class of what was thrown, as the child found it: the text is the learner's own.
    if (error instanceof LearnerError && error.thrown === "RangeError") return;
    throw error;
  }
  const shown = typeof got === "object" ? "a result" : String(got);
  throw new Mismatch(`${what} has to be refused\n  expected a RangeError\n  got      ${shown}`, { hint });
}
