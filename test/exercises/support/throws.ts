/** An expectation of an error: the function has to refuse bad input, and not to return something for it. */
import { Mismatch } from "../../../scripts/grade/errors.mjs";

/** The call throws a RangeError. What is not started, hangs or fails otherwise stays what it is. */
export async function throwsRangeError(call: Promise<unknown>, { what, hint }: { what: string; hint: string }) {
  let got: unknown;
  try {
    got = await call;
  } catch (error) {
    if (error instanceof Error && / threw RangeError: /.test(error.message)) return;
    throw error;
  }
  const shown = typeof got === "object" ? "a result" : String(got);
  throw new Mismatch(`${what} has to be refused\n  expected a RangeError\n  got      ${shown}`, { hint });
}
