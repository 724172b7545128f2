// Turns what a learner's function returned into plain data that can cross to the judge, and the judge's arguments into
// what the function expects. Reads every property once, so that getters and proxies cannot answer differently twice.
"use strict";

const limit = 4_000_000; // numbers and entries in one answer; eight characters of text count as one
const deepest = 200; // arrays in arrays: more would overflow the stack of the serialiser
const { isArray } = Array;
const { defineProperty, keys, getPrototypeOf, prototype: objectPrototype } = Object;
const kinds = [RangeError, TypeError, ReferenceError, SyntaxError].map((type) => ({ name: type.name, type }));
const { isView } = ArrayBuffer;
const { isPromise, isTypedArray, isMap, isSet, isDate } = require("node:util").types;

/** Sets a property. An assignment would call a setter of that name that the learner's code has put on a prototype. */
function put(target, name, value) {
  defineProperty(target, name, { __proto__: null, value, enumerable: true, writable: true, configurable: true });
}

/** Plain data for a value; what has no plain form becomes a record with the key "$" that names it. */
function encode(value) {
  let left = limit;
  const above = new Set();
  const spend = (count) => {
    left -= count;
    if (left >= 0) return;
    throw new RangeError(
      `the result has more than ${limit.toLocaleString("en")} entries (8 characters of text are one)`,
    );
  };
  const visit = (item) => {
    spend(1);
    if (item === null || item === undefined) return item;
    switch (typeof item) {
      case "number":
      case "string":
      case "boolean":
        if (typeof item === "string") spend(item.length / 8);
        return item;
      case "bigint":
        return item < 2n ** 64n && item > -(2n ** 64n) ? item : { $: "a huge bigint" };
      case "function":
        return { $: "a function" };
      case "symbol":
        return { $: "a symbol" };
    }
    if (isPromise(item)) return { $: "a Promise" };
    if (above.has(item)) throw new TypeError("the result contains itself");
    if (above.size >= deepest) throw new RangeError(`the result is nested more than ${deepest} deep`);
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
      return { $: `a ${nameOf(proto.constructor)}` };
    const record = {};
    for (const key of keys(item)) {
      spend(key.length / 8);
      put(record, key, visit(item[key]));
    }
    return record;
  };
  /** A class may have a static field `name`, of any kind and size. */
  const nameOf = (type) => {
    const name = type?.name;
    if (typeof name !== "string" || name === "") return "class instance";
    spend(10);
    return name.length > 80 ? `${name.slice(0, 80)}…` : name;
  };
  return visit(value);
}

let Matrix;

/** The judge's argument as the function expects it: {rows, cols, data} becomes a Matrix of the library. */
function revive(value) {
  if (value === null || typeof value !== "object" || isView(value)) return value;
  if (isArray(value)) {
    const list = [];
    for (let i = 0; i < value.length; i++) put(list, i, revive(value[i])); // not `map`: that is the learner's to replace
    return list;
  }
  const names = keys(value);
  if (names.length === 3 && "rows" in value && "cols" in value && isTypedArray(value.data)) {
    Matrix ??= require("../../lib/dist/scratch/matrix.js").Matrix;
    return new Matrix(value.rows, value.cols, value.data);
  }
  const record = {};
  for (const name of names) put(record, name, revive(value[name]));
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
    kind: kindOf(error),
  };
}

/** Which of the language's errors it is: unlike its name and its message, no text that anybody can write. */
function kindOf(error) {
  try {
    for (let i = 0; i < kinds.length; i++) if (error instanceof kinds[i].type) return kinds[i].name;
  } catch {
    // a proxy that throws
  }
  return "Error";
}

function print(value) {
  try {
    return typeof value === "string" ? JSON.stringify(cut(value, 2000)) : String(value);
  } catch {
    return typeof value;
  }
}

function cut(text, length) {
  return text.length > length ? `${text.slice(0, length)} … (${text.length} characters)` : text;
}

module.exports = { encode, revive, describeError };
