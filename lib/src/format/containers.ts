/**
 * Lists, tuples, dictionaries and shapes as Python prints them: `['DET', 'NN']`, `(10, 1)`, `{'The': 0}`,
 * `torch.Size([1, 5, 4])`. JavaScript does not tell 1 from 1.0: numbers that stand together print as integers if all of
 * them are whole, else as floats; those in a Float32Array or Float64Array are floats.
 */
import { repr } from "./numbers";

/** What may stand in a list: numbers, strings, booleans, null (None), and lists, maps and plain objects of them. */
export type Printable =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly Printable[]
  | Float32Array
  | Float64Array
  | Int32Array
  | ReadonlyMap<Printable, Printable>
  | { readonly [key: string]: Printable };

/** `repr(s)` of a string: in single quotes, or in double ones if it holds only single ones. */
export function reprString(s: string): string {
  const quote = s.includes("'") && !s.includes('"') ? '"' : "'";
  const escapes: Record<string, string> = {
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    [quote]: "\\" + quote,
  };
  const body = s.replace(/[\\'"\p{C}\p{Z}]/gu, (c) => escapes[c] ?? (/['" ]/.test(c) ? c : codePoint(c)));
  return quote + body + quote;
}

function codePoint(c: string): string {
  const code = c.codePointAt(0)!;
  const [letter, width] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(width, "0")}`;
}

/** `repr` of a list: `[1, 2]`, `[0.5, 1.0]`, `['a', 'b']`. */
export function reprList(items: readonly Printable[] | Float32Array | Float64Array | Int32Array): string {
  return `[${reprItems(items).join(", ")}]`;
}

/** `repr` of a tuple: `(10, 1)`, and `(5,)` for a single item. */
export function reprTuple(items: readonly Printable[] | Int32Array): string {
  return items.length === 1 ? `(${reprItems(items)[0]},)` : `(${reprItems(items).join(", ")})`;
}

/** `repr` of a dictionary, in its order; keys of a plain object are strings, those of a Map what they are. */
export function reprDict(dict: ReadonlyMap<Printable, Printable> | { readonly [key: string]: Printable }): string {
  const entries: (readonly [Printable, Printable])[] = isMap(dict) ? [...dict] : Object.entries(dict);
  const keys = reprItems(entries.map(([key]) => key));
  const values = reprItems(entries.map(([, value]) => value));
  return `{${keys.map((key, i) => `${key}: ${values[i]}`).join(", ")}}`;
}

/** How PyTorch prints a shape: `torch.Size([1, 5, 4])`. */
export function torchSize(shape: readonly number[]): string {
  return `torch.Size([${shape.join(", ")}])`;
}

function reprItems(items: readonly Printable[] | Float32Array | Float64Array | Int32Array): string[] {
  const isFloat =
    items instanceof Float32Array ||
    items instanceof Float64Array ||
    Array.from(items as ArrayLike<Printable>).some((x) => typeof x === "number" && !Number.isInteger(x));
  return Array.from(items as ArrayLike<Printable>, (item) => {
    if (typeof item === "number") return isFloat ? repr(item) : String(item);
    if (typeof item === "string") return reprString(item);
    if (typeof item === "boolean") return item ? "True" : "False";
    if (item === null || item === undefined) return "None";
    if (Array.isArray(item) || ArrayBuffer.isView(item)) return reprList(item as readonly Printable[]);
    return reprDict(item as ReadonlyMap<Printable, Printable>);
  });
}

function isMap(dict: object): dict is ReadonlyMap<Printable, Printable> {
  return dict instanceof Map;
}
