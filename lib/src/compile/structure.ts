/**
 * Tensors inside arrays and plain records: the arguments and results of a compiled step.
 */
import * as tf from "@tensorflow/tfjs";

const numbers = new WeakMap<object, number>();
let count = 0;

/** The same number for the same object. */
function numberOf(value: object): number {
  if (!numbers.has(value)) numbers.set(value, ++count);
  return numbers.get(value)!;
}

function isRecord(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Appends the tensors in `value` to `leaves` and returns a text that is equal for equal structure: each tensor's type and
 * shape, and every other value. Variables and class instances count by identity; they are no arguments but part of the program.
 */
export function flatten(value: unknown, leaves: tf.Tensor[]): string {
  if (typeof value !== "object" || value === null) {
    return typeof value === "function"
      ? `#${numberOf(value)}`
      : typeof value === "string"
        ? JSON.stringify(value)
        : String(value);
  }
  if (value instanceof tf.Variable) return `#${numberOf(value)}`;
  if (value instanceof tf.Tensor) {
    const twin = leaves.findIndex(({ dataId }) => dataId === value.dataId);
    leaves.push(value);
    return `${value.dtype}[${value.shape}]${twin < 0 ? "" : `=${twin}`}`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => flatten(item, leaves)).join()}]`;
  if (!isRecord(value)) return `#${numberOf(value)}`;
  return `{${Object.keys(value)
    .map((key) => `${key}:${flatten(value[key], leaves)}`)
    .join()}}`;
}

/** Where the first disposed tensor in `value` stands, "" or ".x[0]"; undefined if there is none. */
export function disposedIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || value instanceof tf.Variable) return undefined;
  if (value instanceof tf.Tensor) return value.isDisposed ? "" : undefined;
  if (!Array.isArray(value) && !isRecord(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const rest = disposedIn(item);
    if (rest !== undefined) return (Array.isArray(value) ? `[${key}]` : `.${key}`) + rest;
  }
  return undefined;
}

/** A copy of `value` with other tensors in the order of `flatten`. */
export function rebuild(value: unknown, leaves: Iterator<tf.Tensor>): unknown {
  if (value instanceof tf.Variable) return value;
  if (value instanceof tf.Tensor) return leaves.next().value;
  if (Array.isArray(value)) return value.map((item) => rebuild(item, leaves));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rebuild(item, leaves)]));
}

/** What `value` holds besides tensors, arrays, records and nothing; undefined if there is nothing else. */
export function foreign(value: unknown): string | undefined {
  if (value === undefined || value === null || value instanceof tf.Tensor) return undefined;
  if (typeof value !== "object") return `a ${typeof value}`;
  if (!Array.isArray(value) && !isRecord(value)) return `a ${value.constructor.name}`;
  return Object.values(value)
    .map(foreign)
    .find((found) => found !== undefined);
}
