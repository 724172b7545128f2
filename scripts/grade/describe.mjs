// Values in words: their kind, shape and numbers, for the messages of expect.mjs. What the learner's code named (keys,
// classes) is cut and cleaned here: it may be of any length, and hold lines that look like a report's.
import { nameText } from "./text.mjs";

/** The numbers of a value row by row; undefined unless it is made of numbers alone and its rows have one length. */
export function numbersOf(/** @type {any} */ value) {
  if (typeof value === "number") return [value];
  const shape = shapeOf(value);
  if (!shape) return undefined;
  /** @type {unknown[]} */
  const flat =
    isMatrix(value) || isTensor(value)
      ? Array.from(value.data)
      : ArrayBuffer.isView(value)
        ? Array.from(/** @type {any} */ (value))
        : value.flat(Infinity).flatMap(spread);
  return flat.every((x) => typeof x === "number") ? /** @type {number[]} */ (flat) : undefined;
}

function spread(/** @type {any} */ item) {
  return ArrayBuffer.isView(item) ? Array.from(/** @type {any} */ (item)) : [item];
}

/**
 * [] for a number, [3] for an array, [2, 3] for nested arrays of one length, a Matrix or a tensor; undefined for what has
 * no shape.
 * @param {any} value
 * @returns {number[] | undefined}
 */
export function shapeOf(value) {
  if (typeof value === "number") return [];
  if (ArrayBuffer.isView(value)) return [/** @type {any} */ (value).length];
  if (isMatrix(value)) return [value.rows, value.cols];
  if (isTensor(value)) return value.shape;
  if (!Array.isArray(value)) return undefined;
  const [first, ...rest] = value.map(shapeOf);
  if (!first) return value.length ? undefined : [0];
  if (rest.some((shape) => !shape || shape.join() !== first.join())) return undefined;
  return [value.length, ...first];
}

function isMatrix(/** @type {any} */ value) {
  return isMatrixLike(value) && ArrayBuffer.isView(value.data);
}

function isMatrixLike(/** @type {any} */ value) {
  return isRecord(value) && typeof value.rows === "number" && typeof value.cols === "number";
}

function isTensor(/** @type {any} */ value) {
  if (!isRecord(value) || !ArrayBuffer.isView(value.data) || !Array.isArray(value.shape)) return false;
  return value.shape.length <= 8 && value.shape.every((/** @type {unknown} */ size) => typeof size === "number");
}

function isRecord(/** @type {unknown} */ value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/**
 * What a value is, in a few words: "an array of 3 numbers", "a Matrix [2, 3]", "a Promise".
 * @param {any} value
 * @returns {string}
 */
export function kindOf(value) {
  if (value === undefined) return "nothing (undefined): is there a `return`?";
  if (value === null) return "null";
  if (typeof value === "number") return `a number, ${showNumber(value)}`;
  if (typeof value !== "object") return `a ${typeof value}, ${show(value)}`;
  if ("$" in value)
    return value.$ === "a Promise" ? "a Promise: is the function `async`, or an `await` missing?" : nameText(value.$);
  if (ArrayBuffer.isView(value)) {
    const { name } = value.constructor;
    return `${name.startsWith("I") ? "an" : "a"} ${name} of ${/** @type {any} */ (value).length}`;
  }
  if (isMatrix(value)) return `a Matrix [${value.rows}, ${value.cols}]`;
  if (isTensor(value)) return `a tensor [${value.shape.join(", ")}]`;
  if (Array.isArray(value)) {
    const shape = shapeOf(value);
    if (shape && shape.length > 1) return `arrays of shape [${shape.join(", ")}]`;
    const kinds = [
      ...new Set(
        value.map((item) =>
          Array.isArray(item)
            ? "array"
            : item && typeof item === "object" && "$" in item
              ? nameText(item.$)
              : typeof item,
        ),
      ),
    ];
    if (kinds.length > 5) kinds.splice(5, Infinity, "…");
    const of = kinds.length === 1 ? ` ${kinds[0]}s` : kinds.length ? ` mixed values (${kinds.join(", ")})` : "";
    return value.length === 0 ? "an empty array" : `an array of ${value.length}${of}`;
  }
  const keys = Object.keys(value);
  const names = keys.slice(0, 8).map((key) => nameText(key));
  const all = `an object with ${names.join(", ")}${keys.length > 8 ? ", …" : ""}`;
  if (isMatrixLike(value) && Array.isArray(value.data)) return `${all}; its data is an array: use Float64Array.from(…)`;
  return keys.length ? all : "an empty object";
}

/**
 * A value, cut to a line.
 * @param {any} value
 * @returns {string}
 */
export function show(value) {
  if (typeof value === "number") return showNumber(value);
  if (typeof value === "string") return cut(JSON.stringify(value.slice(0, 200)));
  const numbers = typeof value === "object" ? numbersOf(value) : undefined;
  if (numbers)
    return cut(
      `[${numbers
        .slice(0, 8)
        .map((x) => showNumber(x))
        .join(", ")}${numbers.length > 8 ? ", …" : ""}]`,
    );
  if (Array.isArray(value)) return cut(`[${value.slice(0, 8).map(show).join(", ")}${value.length > 8 ? ", …" : ""}]`);
  if (value === null || typeof value !== "object") return String(value);
  return kindOf(value);
}

function cut(/** @type {string} */ text) {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** A number with as many digits as tell it from the other one: 8 or more. */
export function showNumber(/** @type {number} */ x, /** @type {number} */ other = NaN) {
  if (!Number.isFinite(x) || Number.isInteger(x)) return Object.is(x, -0) ? "-0" : String(x);
  for (let digits = 8; digits < 17; digits++) {
    const text = String(Number(x.toPrecision(digits)));
    if (!Number.isFinite(other) || Number(text) !== Number(other.toPrecision(digits))) return text;
  }
  return String(x);
}
