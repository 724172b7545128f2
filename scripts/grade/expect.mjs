// Comparing what a learner's function returned with what is expected: safe against NaN, shape before values, messages for
// beginners. Knows nothing of where the value came from. A value is a number, a string, true or false, an array or typed
// array of values, a record of values, or a Matrix as {rows, cols, data}.
import { Mismatch } from "./errors.mjs";
import { kindOf, numbersOf, shapeOf, show, showNumber } from "./describe.mjs";
import { nameText } from "./text.mjs";

/**
 * @typedef {object} Options
 * @property {string} [what] what is compared, as the learner calls it: "h", "the loss"
 * @property {string} [hint] one sentence that helps with the likely mistake
 *
 * @typedef {Options & { atol?: number, rtol?: number }} Tolerance |got − expected| ≤ atol + rtol · |expected|
 */

/** A Matrix for an argument, or to compare with: rows, cols and the values row by row. */
export function matrix(/** @type {number} */ rows, /** @type {number} */ cols, /** @type {ArrayLike<number>} */ data) {
  if (data.length !== rows * cols) throw new Error(`matrix: ${data.length} values for [${rows}, ${cols}]`);
  return { rows, cols, data: Float64Array.from(data) };
}

/**
 * The numbers agree, in values of the same shape; what is not a number is equal.
 * @param {any} got
 * @param {any} expected
 * @param {Tolerance} [options]
 */
export function close(got, expected, { what = "the result", hint, atol = 1e-8, rtol = 1e-6 } = {}) {
  compare(got, expected, what, hint, (a, b) => Math.abs(a - b) <= atol + rtol * Math.abs(b));
}

/**
 * Exactly equal, in values of the same shape.
 * @param {any} got
 * @param {any} expected
 * @param {Options} [options]
 */
export function same(got, expected, { what = "the result", hint } = {}) {
  compare(got, expected, what, hint, () => false);
}

/**
 * An argument is after the call what it was before: the function has worked on a copy.
 * @param {any} after
 * @param {any} before
 * @param {Options} [options]
 */
export function unchanged(after, before, { what = "the argument", hint = "Work on a copy of it." } = {}) {
  compare(after, before, `${what} was changed by the call: ${what}`, hint, () => false);
}

/**
 * Every number in the value is finite.
 * @param {any} got
 * @param {Options} [options]
 */
export function finite(got, { what = "the result", hint } = {}) {
  const list = numbers(got, what, hint);
  const at = list.findIndex((x) => !Number.isFinite(x));
  if (at >= 0) throw mismatch(`${what} has a number that is not finite`, "finite numbers", place(list, at), hint);
}

/**
 * The shape of arrays, of a typed array, of a Matrix or a tensor: [3, 4]; [] for a single number.
 * @param {any} got
 * @param {readonly number[]} expected
 * @param {Options} [options]
 */
export function shape(got, expected, { what = "the result", hint } = {}) {
  const found = shapeOf(got);
  if (!found) throw mismatch(`wrong kind: ${what}`, `shape ${list(expected)}`, kindOf(got), hint);
  if (list(found) !== list(expected)) throw mismatch(`wrong shape: ${what}`, list(expected), list(found), hint);
}

/**
 * Numbers from 0 to 1 that sum to 1.
 * @param {any} got
 * @param {Tolerance} [options]
 */
export function isProbability(got, { what = "the result", hint, atol = 1e-9 } = {}) {
  finite(got, { what, hint });
  const list = numbers(got, what, hint);
  const at = list.findIndex((p) => p < 0 || p > 1 + atol);
  if (at >= 0) throw mismatch(`${what} is no probability`, "numbers from 0 to 1", place(list, at), hint);
  const sum = list.reduce((a, b) => a + b, 0);
  if (!(Math.abs(sum - 1) <= atol * Math.max(1, list.length)))
    throw mismatch(`${what} does not sum to 1`, "1", showNumber(sum), hint);
}

/**
 * A number of the range, ends included.
 * @param {any} got
 * @param {number} low
 * @param {number} high
 * @param {Options} [options]
 */
export function between(got, low, high, { what = "the result", hint } = {}) {
  if (typeof got !== "number") throw mismatch(`wrong kind: ${what}`, "a number", kindOf(got), hint);
  if (!(got >= low && got <= high)) {
    const range =
      high === Infinity
        ? `${showNumber(low)} or more`
        : low === -Infinity
          ? `${showNumber(high)} or less`
          : `${showNumber(low)} to ${showNumber(high)}`;
    throw mismatch(`${what} is out of range`, range, showNumber(got), hint);
  }
}

/**
 * At most this much: a loss after training, a distance.
 * @param {any} got
 * @param {number} limit
 * @param {Options} [options]
 */
export function atMost(got, limit, options = {}) {
  between(got, -Infinity, limit, options);
}

/**
 * Two values that must not be equal: the outputs for two inputs, two draws.
 * @param {any} a
 * @param {any} b
 * @param {Options} [options]
 */
export function different(a, b, { what = "the two results", hint } = {}) {
  try {
    compare(a, b, what, undefined, () => false);
  } catch {
    return;
  }
  throw mismatch(`${what} are equal`, "two different values", `both times ${show(a)}`, hint);
}

/**
 * Any other condition, with its message.
 * @param {unknown} condition
 * @param {string} message what is wrong when it does not hold
 * @param {{ hint?: string }} [options]
 * @returns {asserts condition}
 */
export function holds(condition, message, { hint } = {}) {
  if (!condition) throw new Mismatch(message, { hint });
}

/**
 * Compares two values part by part; the first difference is the message.
 * @param {any} got
 * @param {any} expected
 * @param {string} what
 * @param {string | undefined} hint
 * @param {(got: number, expected: number) => boolean} near for two different finite numbers
 */
function compare(got, expected, what, hint, near) {
  const wrongKind = (/** @type {string} */ wanted) => mismatch(`wrong kind: ${what}`, wanted, kindOf(got), hint);
  if (typeof expected === "number") {
    if (typeof got !== "number") throw wrongKind("a number");
    if (!equal(got, expected, near))
      throw mismatch(`${what} is wrong`, showNumber(expected, got), showNumber(got, expected), hint);
    return;
  }
  if (expected === null || typeof expected !== "object") {
    if (got === expected) return;
    if (typeof got !== typeof expected || got === null)
      throw wrongKind(expected === undefined || expected === null ? String(expected) : show(expected));
    if (got !== expected) throw mismatch(`${what} is wrong`, show(expected), show(got), hint);
    return;
  }
  const wanted = shapeOf(expected);
  if (wanted) {
    const found = shapeOf(got);
    const isMatrix = "rows" in expected;
    if (!found || isMatrix !== (typeof got === "object" && "rows" in got))
      throw wrongKind(isMatrix ? `a Matrix ${list(wanted)}` : kindOf(expected));
    if (list(found) !== list(wanted)) throw mismatch(`wrong shape: ${what}`, list(wanted), list(found), hint);
    const values = numbersOf(expected);
    const given = numbersOf(got);
    if (values && given) {
      compareNumbers(given, values, wanted, what, hint, near);
      return;
    }
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) throw wrongKind(kindOf(expected));
    if (got.length !== expected.length)
      throw mismatch(`wrong length: ${what}`, String(expected.length), String(got.length), hint);
    for (const [i, value] of expected.entries()) compare(got[i], value, `${what}[${i}]`, hint, near);
    return;
  }
  if (got === null || typeof got !== "object" || Array.isArray(got) || ArrayBuffer.isView(got) || "$" in got)
    throw wrongKind(kindOf(expected));
  for (const key of Object.keys(expected)) {
    if (!Object.hasOwn(got, key)) throw mismatch(`${what} has no "${key}"`, kindOf(expected), kindOf(got), hint);
    compare(got[key], expected[key], `${what}.${key}`, hint, near);
  }
  const extra = Object.keys(got).find((key) => !Object.hasOwn(expected, key));
  if (extra !== undefined)
    throw mismatch(`${what} has a "${nameText(extra)}" too many`, kindOf(expected), kindOf(got), hint);
}

/** NaN equals only NaN, Infinity only itself, 0 also -0. */
function equal(
  /** @type {number} */ a,
  /** @type {number} */ b,
  /** @type {(a: number, b: number) => boolean} */ near,
) {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Number.isFinite(a) && Number.isFinite(b) && near(a, b);
}

/**
 * @param {number[]} got
 * @param {number[]} expected
 * @param {readonly number[]} shape
 * @param {string} what
 * @param {string | undefined} hint
 * @param {(got: number, expected: number) => boolean} near
 */
function compareNumbers(got, expected, shape, what, hint, near) {
  const wrong = expected.flatMap((value, i) => (equal(got[i] ?? NaN, value, near) ? [] : [i]));
  const first = wrong[0];
  if (first === undefined) return;
  let rest = first;
  const index = [...shape].reverse().map((size) => {
    const i = rest % size;
    rest = (rest - i) / size;
    return i;
  });
  const where = shape.length ? `[${index.reverse().join(", ")}]` : "";
  const count = expected.length === 1 ? "" : ` (${wrong.length} of ${expected.length} numbers differ)`;
  const [b = NaN, a = NaN] = [expected[first], got[first]];
  throw mismatch(`${what}${where} is wrong${count}`, showNumber(b, a), showNumber(a, b), hint);
}

/**
 * @param {any} got
 * @param {string} what
 * @param {string | undefined} hint
 * @returns {number[]}
 */
function numbers(got, what, hint) {
  const found = numbersOf(got);
  if (found) return found;
  if (got && typeof got === "object" && !Array.isArray(got) && !ArrayBuffer.isView(got) && !("$" in got))
    return Object.entries(got).flatMap(([key, value]) => numbers(value, `${what}.${key}`, hint));
  throw mismatch(`wrong kind: ${what}`, "numbers", kindOf(got), hint);
}

function place(/** @type {number[]} */ values, /** @type {number} */ at) {
  return values.length === 1 ? showNumber(values[at] ?? NaN) : `${showNumber(values[at] ?? NaN)} at place ${at}`;
}

const list = (/** @type {readonly number[]} */ numbers) => `[${numbers.join(", ")}]`;

/**
 * @param {string} message
 * @param {string} expected
 * @param {string} got
 * @param {string | undefined} hint
 */
function mismatch(message, expected, got, hint) {
  return new Mismatch(`${message}\n  expected ${expected}\n  got      ${got}`, { hint });
}
