// Turns what a learner's function returned into plain data that can cross to the judge, and the judge's arguments into
// what the function expects. Reads every property once, so that getters and proxies cannot answer differently twice.
"use strict";

const limit = 4_000_000; // numbers and entries in one answer
const { isArray } = Array;
const { keys, getPrototypeOf, prototype: objectPrototype } = Object;
const { isView } = ArrayBuffer;
const { isPromise, isTypedArray, isMap, isSet, isDate } = require("node:util").types;

/** Plain data for a value; what has no plain form becomes a record with the key "$" that names it. */
function encode(value) {
  let left = limit;
  const above = new Set();
  const spend = (count) => {
    left -= count;
    if (left < 0) throw new RangeError(`the result has more than ${limit.toLocaleString("en")} entries`);
  };
  const visit = (item) => {
    spend(1);
    if (item === null || item === undefined) return item;
    switch (typeof item) {
      case "number":
      case "string":
      case "boolean":
      case "bigint":
        if (typeof item === "string") spend(item.length / 8);
        return item;
      case "function":
        return { $: "a function" };
      case "symbol":
        return { $: "a symbol" };
    }
    if (isPromise(item)) return { $: "a Promise" };
    if (above.has(item)) throw new TypeError("the result contains itself");
    above.add(item);
    try {
      return object(item);
    } finally {
      above.delete(item);
    }
  };
  const object = (item) => {
    if (isTypedArray(item)) {
      spend(item.length);
      return item.slice();
    }
    if (isView(item)) return { $: "a DataView" };
    if (isArray(item)) {
      const { length } = item;
      spend(length);
      const list = new Array(length);
      for (let i = 0; i < length; i++) list[i] = i in item ? visit(item[i]) : { $: "a hole" };
      return list;
    }
    if (isMap(item)) return { $: "a Map" };
    if (isSet(item)) return { $: "a Set" };
    if (isDate(item)) return { $: "a Date" };
    if (typeof item.dataSync === "function" && isArray(item.shape))
      return { shape: visit(item.shape), dtype: visit(item.dtype), data: visit(item.dataSync()) };
    const { rows, cols, data } = item;
    if (isTypedArray(data) && typeof rows === "number" && typeof cols === "number")
      return { rows, cols, data: visit(data) };
    const proto = getPrototypeOf(item);
    if (proto !== null && proto !== objectPrototype && keys(item).length === 0)
      return { $: `a ${proto.constructor?.name || "class instance"}` };
    const record = {};
    for (const key of keys(item))
      Object.defineProperty(record, key, { value: visit(item[key]), enumerable: true, writable: true });
    return record;
  };
  return visit(value);
}

let Matrix;

/** The judge's argument as the function expects it: {rows, cols, data} becomes a Matrix of the library. */
function revive(value) {
  if (value === null || typeof value !== "object" || isView(value)) return value;
  if (isArray(value)) {
    const list = [];
    for (let i = 0; i < value.length; i++) list[i] = revive(value[i]); // not `map`: that is the learner's to replace
    return list;
  }
  const names = keys(value);
  if (names.length === 3 && "rows" in value && "cols" in value && isTypedArray(value.data)) {
    Matrix ??= require("../../lib/dist/scratch/matrix.js").Matrix;
    return new Matrix(value.rows, value.cols, value.data);
  }
  const record = {};
  for (const name of names) record[name] = revive(value[name]);
  return record;
}

/** Name, message and stack of whatever was thrown, cut to a size that fits a report; getters that throw are survived. */
function describeError(error) {
  const read = (key) => {
    try {
      const value = error[key];
      return typeof value === "string" ? value : undefined;
    } catch {
      return undefined;
    }
  };
  const isObject = (typeof error === "object" && error !== null) || typeof error === "function";
  if (!isObject) return { thrown: true, name: "", message: cut(print(error), 2000), stack: "" };
  const message = read("message");
  return {
    thrown: message === undefined,
    name: cut(read("name") ?? "", 100),
    message: cut(message ?? "an object without a message", 2000),
    stack: cut(read("stack") ?? "", 8000),
    missing: read("missing"),
  };
}

function print(value) {
  try {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {
    return typeof value;
  }
}

function cut(text, length) {
  return text.length > length ? `${text.slice(0, length)} … (${text.length} characters)` : text;
}

module.exports = { encode, revive, describeError };
