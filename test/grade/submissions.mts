// Clumsy and hostile submissions of the exercise "sum", each with what the judge has to say of it. Data, no tests.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/setup/paths.mjs";
import type { State } from "../../scripts/grade/errors.mjs";

/** The tests of "sum", in short; those that a submission does not name must pass. */
export const tests = {
  adds: "sum adds numbers",
  zero: "sum gives zero for no numbers",
  scales: "sum scales a list",
  keeps: "sum leaves its input alone",
  waits: "sum waits",
  joins: "sum works with other code",
} as const;

/** The same of "parts", whose driver and tests go on with the answer. */
export const partTests = {
  driver: "parts are counted by the driver",
  test: "parts are counted by the test",
  once: "parts are there at once",
  refuses: "parts of nothing are refused",
  beside: "parts of nothing are refused beside the code",
} as const;

export const titles: Record<NonNullable<Submission["exercise"]>, Record<string, string>> = {
  sum: tests,
  parts: partTests,
  room: { room: "room is enough" },
};

export type TestKey = keyof typeof tests | keyof typeof partTests;

export interface Submission {
  name: string;
  /** The exercise; "room" has the time to fill the memory. */
  exercise?: "sum" | "room" | "parts";
  /** Files below the submission's folder; `sum.ts` stands for lib/src/exercises/sum.ts. */
  files: Record<string, string | Uint8Array>;
  /** What a file cannot say: links, pipes. */
  make?: (stubs: string, folder: string) => void;
  /** One state for all tests, or those that do not pass. */
  states: State | Partial<Record<TestKey, State>>;
  /** The message of the first test that does not pass. */
  message?: RegExp;
  /** The learner's line that is shown with it. */
  where?: RegExp;
  /** The hint and the stack of the first test that does not pass. */
  hint?: RegExp;
  trace?: RegExp;
  /** What the code printed. */
  output?: RegExp;
  /** Notes about ignored files. */
  notes?: RegExp[];
  /** Left out: Node's permission model, to see what holds without it. */
  fenced?: false;
}

const good = {
  sum: "export function sum(list: number[]): number { let s = 0; for (const x of list) s += x; return s; }",
  scale: "export function scale(list: number[], k: number): number[] { return list.map((x) => k * x); }",
  later: "export async function later(x: number): Promise<number> { return x; }",
};

/** A correct answer with parts replaced, and lines before it. */
function code(parts: Partial<typeof good> & { top?: string } = {}): string {
  const { top = "", sum, scale, later } = { ...good, ...parts };
  return [top, sum, scale, later, ""].join("\n");
}

const wrongSum = "export function sum(list: number[]): number { return 1; }";
const wrong = { adds: "fail", zero: "fail", joins: "fail" } as const;
const sums = (state: State) => ({ adds: state, zero: state, joins: state });
const scales = (state: State) => ({ scales: state, keeps: state });

/** `sum` with this body, the rest correct. */
const sum = (body: string, top = "") =>
  code({
    top,
    sum: `export function sum(list: any): any { const right = () => list.reduce((a: number, b: number) => a + b, 0); ${body} }`,
  });
const scale = (body: string) => code({ scale: `export function scale(list: any, k: any): any { ${body} }` });

/** An answer to "parts" with this body for texts that are not empty, and this for an empty one. */
const parts = (
  body: string,
  refusal = 'throw new RangeError("split: nothing to split");',
  head = "export function split",
) => ({
  exercise: "parts" as const,
  files: {
    "parts.ts": `${head}(text: string): any {\n  if (text === "") { ${refusal} }\n  const parts = text.split(" ");\n  ${body}\n}\n`,
  },
});

const patched = (top: string): Omit<Submission, "name"> => ({
  files: { "sum.ts": code({ top, sum: wrongSum }) },
  states: wrong,
  message: /is wrong/,
});

/** A number that only this run's processes have in their command lines. */
export const mark = `4${process.pid}${Date.now() % 1_000_000}`;

export const submissions: Submission[] = [
  { name: "a correct answer", files: { "sum.ts": code() }, states: "pass" },
  // -- ends its process
  {
    name: "process.exit(0) while it loads",
    files: { "sum.ts": code({ top: "process.exit(0);" }) },
    states: "error",
    message: /gave no result: the code ended its own process \(exit code 0\)/,
  },
  {
    name: "process.exit(0) in a call",
    files: { "sum.ts": sum("process.exit(0);") },
    states: sums("error"),
    message: /sum\(…\) gave no result: the code ended its own process \(exit code 0\)/,
    where: /^lib\/src\/exercises\/sum\.ts:2$/,
  },
  {
    name: "process.exit(0) in a promise",
    files: { "sum.ts": sum("process.nextTick(() => process.exit(0)); return right();") },
    states: sums("error"),
  },
  {
    name: "an exit that is put off",
    files: { "sum.ts": code({ top: 'process.on("exit", () => { for (;;); }); process.exit(0);' }) },
    states: "timeout",
  },
  {
    name: "a listener at exit that never ends",
    files: { "sum.ts": code({ top: 'process.on("exit", () => { for (;;); });' }) },
    states: "pass",
  },
  {
    name: "process.abort()",
    files: { "sum.ts": sum("process.abort();") },
    states: sums("error"),
    message: /process\.abort is not available/,
  },
  {
    name: "signals to the judge, its parent and everybody",
    files: { "sum.ts": sum('process.kill(process.ppid, "SIGKILL");') },
    states: sums("error"),
    message: /process\.kill is not available/,
  },
  {
    name: "signals by the back door",
    files: { "sum.ts": sum("(process as any)._kill(process.ppid, 9); (process as any)._debugProcess(process.ppid);") },
    states: sums("error"),
    message: /process\._kill is not available/,
  },
  // -- does not end
  {
    name: "a loop while it loads",
    files: { "sum.ts": code({ top: "for (;;);" }) },
    states: "timeout",
    message: /did not come back within 0\.6 s/,
  },
  {
    name: "a loop in a call",
    files: { "sum.ts": sum("for (;;);") },
    states: sums("timeout"),
    message: /sum\(…\) did not come back within 0\.6 s/,
  },
  {
    name: "a loop of promises",
    files: { "sum.ts": code({ later: "export async function later(x: number) { for (;;) await null; }" }) },
    states: { waits: "timeout" },
  },
  {
    name: "a loop of timers",
    files: {
      "sum.ts": code({
        later: "export function later(x: number) { return new Promise(() => { setInterval(() => {}, 1); }); }",
      }),
    },
    states: { waits: "timeout" },
  },
  {
    name: "a promise that is never resolved",
    files: { "sum.ts": code({ later: "export function later(x: number) { return new Promise(() => {}); }" }) },
    states: { waits: "timeout" },
  },
  {
    name: "a result that is awaited for ever",
    files: { "sum.ts": code({ later: "export async function later(x: number) { return { then() {} }; }" }) },
    states: { waits: "timeout" },
  },
  {
    name: "Atomics.wait",
    files: { "sum.ts": sum("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);") },
    states: sums("timeout"),
  },
  {
    name: "a regular expression that explodes",
    files: { "sum.ts": sum('return /^(a+)+$/.test("a".repeat(40) + "b") ? 1 : 0;') },
    states: sums("timeout"),
  },
  {
    name: "endless recursion",
    files: { "sum.ts": sum("return sum(list);") },
    states: sums("error"),
    message: /RangeError: Maximum call stack/,
  },
  { name: "a timer left behind", files: { "sum.ts": code({ top: "setInterval(() => {}, 1);" }) }, states: "pass" },
  {
    name: "top-level await",
    files: { "sum.ts": code({ top: "await new Promise(() => {});" }) },
    states: "error",
    message: /does not compile: `await` stands outside of a function/,
    where: /sum\.ts:1$/,
  },
  // -- changes what the judge might rely on
  {
    name: "assert without teeth",
    ...patched(
      'import assert from "node:assert"; assert.strictEqual = assert.deepStrictEqual = assert.ok = (() => {}) as any;',
    ),
  },
  {
    name: "no it, no describe",
    ...patched(
      "Object.assign(globalThis, { it: () => {}, describe: () => {}, before: () => {}, beforeEach: () => {} });",
    ),
  },
  { name: "another JSON", ...patched("JSON.stringify = () => '{\"ok\":true}'; JSON.parse = () => ({ ok: true });") },
  {
    name: "other arrays",
    ...patched(
      "Array.prototype.every = () => true; Array.prototype.push = () => 0; Array.isArray = (() => true) as any;",
    ),
  },
  {
    name: "other objects",
    ...patched("Object.is = () => true; Number.isFinite = () => true; Math.abs = () => 0; Object.keys = () => [];"),
  },
  {
    // Node itself stops working in that process: nothing is earned, and nothing is said in vain.
    name: "another Function.prototype",
    files: {
      "sum.ts": code({ top: "Function.prototype.call = Function.prototype.apply = function () { return 6.5; };" }),
    },
    states: "timeout",
  },
  {
    name: "other serialisers and writers",
    ...patched(
      'import v8 from "node:v8"; import fs from "node:fs"; (v8 as any).serialize = () => Buffer.from("x"); (fs as any).writeSync = () => 0; Buffer.concat = (() => Buffer.alloc(0)) as any;',
    ),
  },
  {
    name: "no timers, no promises",
    files: {
      "sum.ts": code({
        top: "Object.assign(globalThis, { setImmediate: () => {}, queueMicrotask: () => {} }); process.nextTick = () => {};",
      }),
    },
    states: "pass",
  },
  {
    name: "another clock",
    files: {
      "sum.ts": sum("return right();", "Date.now = () => 0; performance.now = () => 0; Math.random = () => 0.5;"),
    },
    states: "pass",
  },
  {
    name: "no listeners",
    files: { "sum.ts": code({ top: "process.removeAllListeners();" }) },
    states: "pass",
  },
  {
    name: "another way to print stacks",
    files: { "sum.ts": sum('throw new Error("no");', "Error.prepareStackTrace = () => { throw new Error('ha'); };") },
    states: sums("error"),
  },
  {
    name: "stacks of no length",
    files: { "sum.ts": sum('throw new Error("no");', "Error.stackTraceLimit = 0;") },
    states: sums("error"),
    message: /sum\(…\) threw Error: no/,
  },
  {
    name: "the judge's modules replaced in the cache",
    files: {
      "sum.ts": sum(
        "return 1;",
        'const cache = (module as any).constructor._cache; for (const key of Object.keys(cache)) if (!key.endsWith("sum.cjs")) cache[key].exports = { encode: () => 6.5, close() {} };',
      ),
    },
    states: wrong,
  },
  // -- tries to speak for the judge
  {
    name: "a forged report on stdout",
    files: {
      "sum.ts": code({
        top: 'console.log(JSON.stringify({ version: 1, exercises: [{ id: "sum", state: "pass", points: 6 }] })); console.log("ok 1 - sum adds numbers");',
        sum: wrongSum,
      }),
    },
    states: wrong,
    output: /"state":"pass"/,
  },
  {
    name: "a forged message to the parent",
    files: {
      "sum.ts": sum(
        '(process as any).send({ event: "test", test: { name: "sum adds numbers", state: "pass" } }); return 1;',
      ),
    },
    states: sums("error"),
    message: /process\.send is not a function/,
  },
  {
    name: "a forged answer in the judge's channel",
    files: {
      "sum.ts": sum(
        'const b = require("node:v8").serialize({ id: 2, token: "x", ok: true, value: { value: 6.5, args: [] } }); const h = Buffer.alloc(4); h.writeUInt32LE(b.length); require("node:fs").writeSync(4, Buffer.concat([h, b])); return 1;',
      ),
    },
    states: sums("error"),
    message: /wrote into the channel/,
  },
  {
    name: "noise in the judge's channel",
    files: { "sum.ts": sum('require("node:fs").writeSync(4, "x".repeat(1000)); return right();') },
    states: sums("error"),
    message: /wrote into the channel/,
  },
  {
    name: "the judge's channel closed",
    files: { "sum.ts": sum('require("node:fs").closeSync(4); return right();') },
    states: sums("error"),
  },
  {
    name: "the judge's commands closed",
    files: {
      "sum.ts": sum("for (const handle of (process as any)._getActiveHandles()) handle.destroy?.(); return right();"),
    },
    states: sums("error"),
    message: /process\._getActiveHandles is not available/,
  },
  // -- prints
  {
    name: "much text, and the right answer",
    files: { "sum.ts": sum('for (let i = 0; i < 5000; i++) console.log("line", i); return right();') },
    states: "pass",
    output: /^line 0\nline 1\n[^]*… and more$/,
  },
  {
    name: "text without end",
    files: { "sum.ts": sum('for (;;) console.log("again");') },
    states: sums("timeout"),
    output: /^again\nagain\n/,
  },
  {
    name: "text that moves the cursor",
    files: { "sum.ts": sum('console.error("\\x1b[2J\\x1b[1;1Hall passed\\r\\x07"); return 1;') },
    states: wrong,
    // eslint-disable-next-line no-control-regex
    output: /^all passed[^\x1b\x07]*$/,
  },
  // -- answers that are no answers
  { name: "NaN", files: { "sum.ts": sum("return NaN;") }, states: wrong, message: /expected 6\.5\n {2}got {6}NaN/ },
  { name: "Infinity", files: { "sum.ts": sum("return Infinity;") }, states: wrong, message: /got {6}Infinity/ },
  {
    name: "nothing",
    files: { "sum.ts": sum("right();") },
    states: wrong,
    message: /got {6}nothing \(undefined\): is there a `return`\?/,
  },
  {
    name: "a string",
    files: { "sum.ts": sum("return String(right());") },
    states: wrong,
    message: /expected a number\n {2}got {6}a string, "6\.5"/,
  },
  { name: "a big integer", files: { "sum.ts": sum("return 6n;") }, states: wrong, message: /got {6}a bigint/ },
  {
    name: "a constant",
    files: { "sum.ts": sum("return 6.5;") },
    states: wrong,
    message: /sum\(\[-1, 1e6, 0\.25\]\) is wrong\n {2}expected 999999\.25/,
  },
  {
    name: "an object with valueOf",
    files: { "sum.ts": sum("const v = right(); return { valueOf: () => v };") },
    states: wrong,
    message: /expected a number/,
  },
  {
    name: "a number in an object",
    files: { "sum.ts": sum("return new Number(right());") },
    states: wrong,
    message: /got {6}a Number/,
  },
  {
    name: "an object with toJSON",
    files: { "sum.ts": sum("const v = right(); return { toJSON: () => v, [Symbol.toPrimitive]: () => v };") },
    states: wrong,
    message: /expected a number/,
  },
  { name: "a proxy", files: { "sum.ts": sum("return new Proxy({}, { get: () => right() });") }, states: wrong },
  {
    name: "a proxy that throws",
    files: { "sum.ts": sum('return new Proxy({}, { get() { throw new Error("no"); } });') },
    states: sums("error"),
    message: /threw Error: no/,
  },
  {
    name: "a function",
    files: { "sum.ts": sum("return () => right();") },
    states: wrong,
    message: /got {6}a function/,
  },
  {
    name: "a promise instead of a number",
    files: {
      "sum.ts": code({
        sum: good.sum.replace("function", "async function").replace("): number", "): Promise<number>"),
      }),
    },
    states: wrong,
    message: /got {6}a Promise: is the function `async`/,
  },
  {
    name: "a sparse array",
    files: { "sum.ts": scale("return new Array(list.length);") },
    states: { scales: "fail" },
    message: /an array of 3 a holes|got/,
  },
  {
    name: "an array of four thousand millions",
    files: { "sum.ts": scale("return new Array(4e9);") },
    states: scales("error"),
    message: /more than 4,000,000 entries/,
  },
  {
    name: "an array that contains itself",
    files: { "sum.ts": scale("const a: any[] = []; a.push(a); return a;") },
    states: scales("error"),
    message: /contains itself/,
  },
  {
    name: "arrays in arrays, thousands of times",
    files: { "sum.ts": scale("let a: any = 1; for (let i = 0; i < 5000; i++) a = [a]; return a;") },
    states: scales("error"),
    message: /the result is nested more than 200 deep/,
  },
  {
    name: "the wrong shape",
    files: { "sum.ts": scale("return [list.map((x: number) => k * x)];") },
    states: { scales: "fail" },
    message: /wrong shape: scale\(\[1, 2, 3\], 2\)\n {2}expected \[3\]\n {2}got {6}\[1, 3\]/,
  },
  {
    name: "the wrong length",
    files: { "sum.ts": scale("return [2, 4];") },
    states: { scales: "fail" },
    message: /expected \[3\]\n {2}got {6}\[2\]/,
  },
  {
    name: "numbers as strings",
    files: { "sum.ts": scale("return list.map((x: number) => String(k * x));") },
    states: { scales: "fail" },
    message: /wrong kind/,
  },
  {
    name: "an array that changes while it is read",
    files: {
      "sum.ts": scale(
        "let n = 0; return new Proxy([2, 4, 6], { get: (t: any, key) => (/^\\d$/.test(String(key)) ? n++ : t[key]) });",
      ),
    },
    states: { scales: "fail" },
    message: /is wrong/,
  },
  {
    name: "a changed input",
    files: { "sum.ts": scale("for (let i = 0; i < list.length; i++) list[i] *= k; return list;") },
    states: { keeps: "fail" },
    message: /was changed by the call/,
  },
  {
    name: "an answer of thirty megabytes",
    files: { "sum.ts": sum("return new Float64Array(3_900_000);") },
    states: { ...wrong, joins: "error" }, // the driver's answer holds two of them
    message: /got {6}a Float64Array of 3900000/,
  },
  {
    name: "an answer that is larger than any may be",
    files: { "sum.ts": sum("return new Float64Array(4_000_001);") },
    states: sums("error"),
    message: /the result has more than 4,000,000 entries/,
  },
  {
    name: "a key of ten megabytes",
    files: { "sum.ts": sum('return { ["x".repeat(1e7)]: 1 };') },
    states: wrong,
    message: /got {6}an object with x{39}…$/,
  },
  {
    name: "a key that clears the screen and shows a result",
    files: { "sum.ts": sum('return { "\\x1b[2J\\x9b1;1H\\nsum  6/6  pass\\u202e": 1 };') },
    states: wrong,
    message: /got {6}an object with sum 6\/6 pass�$/,
  },
  {
    name: "a class with a name of a megabyte",
    files: { "sum.ts": sum('return new (class { static override name = "y\\x1b[2J".repeat(2e5); } as any)();') },
    states: wrong,
    message: /got {6}a y+…$/,
  },
  {
    name: "a thousand classes",
    files: {
      "sum.ts": sum(
        "return Array.from({ length: 1000 }, (_, i) => { const t = class {}; Object.defineProperty(t, 'name', { value: 'y'.repeat(50) + i }); return new t(); });",
      ),
    },
    states: wrong,
    message: /^.{1,100}\n.{1,100}\n.{1,400}$/,
  },
  {
    name: "a tensor whose shape is text",
    files: { "sum.ts": scale('return { shape: ["x\\x1b[2J".repeat(1e5)], data: new Float64Array(3) };') },
    states: { scales: "fail" },
    message: /got {6}an object with shape, data/,
  },
  {
    name: "text that turns round",
    files: { "sum.ts": sum('return "\\x9b2J\\u202eabc";') },
    states: wrong,
    message: /got {6}a string, "�*abc"/,
  },
  // -- answers with parts, which the driver and the test go on with
  { name: "parts, as they are meant", ...parts("return { parts };"), states: "pass" },
  {
    name: "parts without return",
    ...parts("void parts;"),
    states: { driver: "error", test: "error", once: "fail" },
    message: /^what your functions returned cannot be used: is a `return`, or a part of what is returned, missing\?$/,
    trace: /^TypeError: Cannot read properties of undefined \(reading 'parts'\)/,
  },
  {
    name: "an answer without its part",
    ...parts("return { part: parts };"),
    states: { driver: "error", test: "error", once: "fail" },
    message: /^what your functions returned cannot be used/,
  },
  {
    name: "a mistake of its own, seen by the driver",
    ...parts("return { parts: (parts as any).all.length };"),
    states: { driver: "error", test: "error", once: "error" },
    message: /^the code threw TypeError: Cannot read properties of undefined \(reading 'length'\)/,
    where: /parts\.ts:4:/,
  },
  {
    name: "a renamed function that the driver takes out of the exports",
    ...parts("return { parts };", undefined, "export function splits"),
    states: "error",
    message: /^lib\/src\/exercises\/parts\.ts does not export split$/,
    hint: /^It exports splits: is that the function\?/,
  },
  {
    name: "an async function where the driver is not",
    ...parts("return { parts };", undefined, "export async function split"),
    states: { driver: "error", test: "error", once: "fail", refuses: "error", beside: "error" },
  },
  {
    name: "a promise that the driver hands on",
    ...parts("return Promise.resolve({ parts });"),
    states: { driver: "error", test: "error", once: "fail" },
  },
  {
    name: "an error that says it is another one",
    ...parts("return { parts };", 'throw new Error("split threw RangeError: nothing");'),
    states: { refuses: "fail", beside: "fail" },
    message: /expected "RangeError"\n {2}got {6}"Error"/,
  },
  {
    name: "an error of twenty megabytes that the driver hands on",
    ...parts("return { parts };", 'throw new Error("\\x1b[31m" + "x".repeat(2e7));'),
    states: { refuses: "fail", beside: "fail" },
  },
  // -- throws
  {
    name: "an error",
    files: { "sum.ts": sum('\n  throw new TypeError("oh no");') },
    states: sums("error"),
    message: /^sum\(…\) threw TypeError: oh no$/,
    where: /^lib\/src\/exercises\/sum\.ts:3:9$/,
  },
  {
    name: "a string thrown",
    files: { "sum.ts": sum('throw "oh no";') },
    states: sums("error"),
    message: /threw "oh no" instead of an Error/,
  },
  {
    name: "undefined thrown",
    files: { "sum.ts": sum("throw undefined;") },
    states: sums("error"),
    message: /threw undefined instead of an Error/,
  },
  {
    name: "null thrown",
    files: { "sum.ts": sum("throw null;") },
    states: sums("error"),
    message: /threw null instead of an Error/,
  },
  { name: "an object thrown", files: { "sum.ts": sum("throw Object.create(null);") }, states: sums("error") },
  {
    name: "an error with a message of ten megabytes",
    files: { "sum.ts": sum('throw new Error("x".repeat(1e7));') },
    states: sums("error"),
    message: /^.{1900,2200}\(10000000 characters\)$/,
  },
  {
    name: "an error whose getters throw",
    files: {
      "sum.ts": sum(
        'throw Object.defineProperties(new Error("no"), { message: { get() { throw 1; } }, stack: { get() { throw 2; } }, name: { get() { process.exit(0); } } });',
      ),
    },
    states: sums("error"),
  },
  {
    name: "a proxy thrown",
    files: {
      "sum.ts": sum("throw new Proxy(new Error('no'), { getPrototypeOf() { throw 1; }, get() { throw 2; } });"),
    },
    states: sums("error"),
  },
  {
    name: "an error that claims not to be started",
    files: {
      "sum.ts": sum('throw Object.assign(new Error("no"), { name: "NotImplementedError", notStarted: true });'),
    },
    states: sums("error"),
  },
  {
    name: "a rejection that nobody handles",
    files: { "sum.ts": sum('Promise.reject(new Error("forgotten")); return right();') },
    states: sums("error"),
    message: /outside of any call: Error: forgotten/,
  },
  {
    name: "an error in a timer",
    files: { "sum.ts": sum('setTimeout(() => { throw new Error("too late"); }, 5); return right();') },
    states: { joins: "error" },
  },
  {
    name: "errors without end",
    files: { "sum.ts": code({ top: 'setInterval(() => Promise.reject(new Error("again")), 1);' }) },
    states: { joins: "error" },
  },
  // -- takes memory
  {
    name: "a heap without end",
    exercise: "room",
    files: {
      "room.ts": "export function room() { const all: any[] = []; for (;;) all.push(new Array(1e4).fill({})); }",
    },
    states: "error",
    message: /ran out of memory|took more than 512 MB of memory/,
  },
  {
    name: "typed arrays without end",
    exercise: "room",
    files: {
      "room.ts": "export function room() { const all: any[] = []; for (;;) all.push(new Float64Array(2e6).fill(1)); }",
    },
    states: "error",
    message: /took more than 512 MB of memory/,
  },
  {
    name: "memory taken by another process",
    exercise: "room",
    fenced: false,
    files: {
      "room.ts": `import { spawn } from "node:child_process";
export function room() {
  const take = "const all = []; for (let i = 0; i < 45; i++) all.push(new Float64Array(2e6).fill(1)); setInterval(() => {}, 1000);";
  spawn(process.execPath, ["-e", take, "${mark}"]);
  for (const t = new Int32Array(new SharedArrayBuffer(4)); ; ) Atomics.wait(t, 0, 0, 1000);
}`,
    },
    states: "error",
    message: /took more than 512 MB of memory/,
  },
  {
    name: "a string without end",
    files: { "sum.ts": sum('let s = "x"; for (;;) s += s;') },
    states: sums("error"),
    message: /RangeError: Invalid string length/,
  },
  // -- reaches out
  {
    name: "a process started",
    files: { "sum.ts": sum('require("node:child_process").execSync("true"); return right();') },
    states: sums("error"),
    message: /ERR_ACCESS_DENIED|restricted/,
  },
  {
    name: "a worker thread",
    files: {
      "sum.ts": sum('new (require("node:worker_threads").Worker)("for (;;);", { eval: true }); return right();'),
    },
    states: sums("error"),
    message: /ERR_ACCESS_DENIED|restricted/,
  },
  {
    name: "the expected values read",
    files: {
      "sum.ts": sum(
        `return require("node:fs").readFileSync(${JSON.stringify(path.join(root, "test/grade/exercises/sum.ts"))}, "utf8").length;`,
      ),
    },
    states: sums("error"),
    message: /restricted/,
  },
  {
    name: "the solutions loaded",
    files: {
      "sum.ts": sum(
        `return require([${JSON.stringify(path.join(root, "lib/dist/solutions"))}, "one-hot.js"].join("/"));`,
      ),
    },
    states: sums("error"),
    message: /restricted|Cannot find module/,
  },
  {
    name: "the environment read",
    files: { "sum.ts": sum("return process.env.GITHUB_TOKEN ? NaN : right();") },
    states: "pass",
  },
  {
    name: "files deleted",
    files: {
      "sum.ts": sum(
        `require("node:fs").rmSync(${JSON.stringify(path.join(root, "test/grade/exercises"))}, { recursive: true, force: true }); return right();`,
      ),
    },
    states: sums("error"),
    message: /restricted/,
  },
  {
    name: "a file written into the repository",
    files: {
      "sum.ts": sum(
        `require("node:fs").writeFileSync(${JSON.stringify(path.join(root, "lib/dist/forged.js"))}, "1"); return right();`,
      ),
    },
    states: sums("error"),
    message: /restricted/,
  },
  {
    name: "its own folder deleted",
    files: {
      "sum.ts": sum(
        'const fs = require("node:fs"); for (const f of fs.readdirSync(".")) fs.rmSync(f); return right();',
      ),
    },
    states: "pass",
  },
  {
    name: "a file of a gigabyte",
    files: {
      "sum.ts": sum(
        'const fs = require("node:fs"); const f = fs.openSync("big", "w"); const b = Buffer.alloc(1 << 24, 1); for (let i = 3; i < 64; i++) fs.writeSync(f, b, 0, b.length, i * b.length); return right();',
      ),
    },
    states: sums("error"),
    message: /too large a file|EFBIG/,
  },
  {
    name: "another working folder",
    files: { "sum.ts": sum('process.chdir("/"); return right();') },
    states: sums("error"),
    message: /process\.chdir is not available/,
  },
  {
    name: "a question on stdin",
    files: { "sum.ts": sum('return right() + require("node:fs").readFileSync(0).length;') },
    states: "pass",
  },
  {
    name: "a debugger opened",
    files: { "sum.ts": sum('require("node:inspector").open(0, "127.0.0.1"); return right();') },
    states: sums("error"),
  },
  // -- without the permission model: what the process group and the marker hold
  {
    name: "twenty processes left behind",
    fenced: false,
    files: {
      "sum.ts": code({
        top: `import { spawn } from "node:child_process"; for (let i = 0; i < 20; i++) spawn("sleep", ["${mark}"]);`,
      }),
    },
    states: "pass",
  },
  {
    name: "processes that left the group",
    fenced: false,
    files: {
      "sum.ts": code({
        top: `import { spawn } from "node:child_process"; for (let i = 0; i < 5; i++) spawn("sh", ["-c", "sleep ${mark} & sleep ${mark}"], { detached: true, stdio: "ignore" }).unref();`,
      }),
    },
    states: "pass",
  },
  {
    name: "an orphan's orphan",
    fenced: false,
    files: {
      "sum.ts": code({
        top: `import { spawnSync } from "node:child_process"; spawnSync("sh", ["-c", "(setsid sleep ${mark} &) ; exit 0"], { stdio: "ignore" });`,
      }),
    },
    states: "pass",
  },
  {
    name: "a process that holds the pipes, then an exit",
    fenced: false,
    files: {
      "sum.ts": code({
        top: `import { spawn } from "node:child_process"; spawn("sleep", ["${mark}"], { stdio: "inherit", detached: true }); process.exit(0);`,
      }),
    },
    states: "error",
  },
  {
    name: "a thread that computes for ever",
    fenced: false,
    files: {
      "sum.ts": code({ top: 'import { Worker } from "node:worker_threads"; new Worker("for (;;);", { eval: true });' }),
    },
    states: "pass",
  },
  {
    name: "the judge killed by a program",
    fenced: false,
    files: {
      "sum.ts": code({
        top: 'import { spawnSync } from "node:child_process"; spawnSync("sh", ["-c", `kill -9 ${process.ppid}`]);',
      }),
    },
    states: "error",
  },
  // -- other files than expected
  {
    name: "a syntax error",
    files: { "sum.ts": code({ sum: "export function sum(list: number[] { return 1; }" }) },
    states: "error",
    message: /does not compile: Expected "\)" but found "\{" \(lib\/src\/exercises\/sum\.ts:2\)/,
    where: /sum\.ts:2$/,
  },
  { name: "a type error", files: { "sum.ts": code({ top: 'const n: number = "text"; void n;' }) }, states: "pass" },
  { name: "an empty file", files: { "sum.ts": "" }, states: "error", message: /sum\.ts does not export sum$/ },
  {
    name: "another name",
    files: { "sum.ts": code({ sum: good.sum.replace("sum(", "sums(") }) },
    states: { adds: "error", zero: "error", joins: "error" },
    hint: /^It exports sums: is that the function\?/,
    message: /sum\.ts does not export sum$/,
  },
  {
    name: "a default export",
    files: { "sum.ts": "export default " + good.sum.replace("export ", "") },
    states: "error",
    message: /sum\.ts does not export sum$/,
    hint: /^Write `export function sum`, without `default`/,
  },
  {
    name: "an export that is no function",
    files: { "sum.ts": code({ sum: "export const sum = 6.5;" }) },
    states: sums("error"),
    message: /"sum" is exported, but it is a number/,
  },
  {
    name: "Windows' line ends and a byte-order mark",
    files: { "sum.ts": "\uFEFF" + code().replaceAll("\n", "\r\n") },
    states: "pass",
  },
  { name: "UTF-16", files: { "sum.ts": Buffer.from("\uFEFF" + code(), "utf16le") }, states: "pass" },
  {
    name: "a binary file",
    files: { "sum.ts": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff, 0xfe]) },
    states: "error",
    message: /sum\.ts is not a text file$/,
  },
  {
    name: "the encoding of old editors",
    files: { "sum.ts": Buffer.from(code({ top: "// gr\u00fc\u00dfe" }), "latin1") },
    states: "error",
    message: /sum\.ts is not a text file in UTF-8: save it as UTF-8/,
  },
  {
    name: "a file of ten megabytes",
    files: { "sum.ts": code() + "// " + "x".repeat(1e7) },
    states: "error",
    message: /sum\.ts is too large: 9766 kB, 256 kB are allowed/,
  },
  {
    name: "no file",
    files: { "../../../README.md": "later" },
    states: "not started",
    message: /sum\.ts is missing/,
    notes: [/README\.md differs from the course's own/],
  },
  {
    name: "a renamed file",
    files: { "Sum1.ts": code() },
    states: "not started",
    message: /sum\.ts is missing/,
    notes: [/Sum1\.ts is no exercise: ignored \(did you mean sum\.ts\?\)/],
  },
  {
    name: "a file that Windows' editor named",
    files: { "sum.ts.txt": code() },
    states: "not started",
    message: /sum\.ts is missing/,
    notes: [/^lib\/src\/exercises\/sum\.ts\.txt is ignored: rename it to sum\.ts$/],
  },
  {
    name: "an archive made on a Mac",
    files: {
      "../../../anna/lib/src/exercises/sum.ts": code(),
      "../../../__MACOSX/anna/lib/src/exercises/._sum.ts": "x",
      "../../../__MACOSX/sum.ts": "x",
    },
    states: "pass",
    notes: [/^the exercises were found in anna\/lib\/src\/exercises\/ instead of lib\/src\/exercises\/$/],
  },
  {
    name: "an archive unpacked on Windows",
    files: { "../../../anna/anna/lib/src/exercises/sum.ts": code(), "../../../anna/anna/test/exercises/sum.ts": "x" },
    states: "pass",
    notes: [/^the exercises were found in anna\/anna\/lib\/src\/exercises\/ instead/],
  },
  {
    name: "a folder beside others",
    files: { "../../../anna/lib/src/exercises/sum.ts": code(), "../../../screenshots/a.png": "x" },
    states: "pass",
    notes: [/^the exercises were found in anna\/lib/, /^screenshots\/a\.png is ignored$/],
  },
  {
    name: "exercises in two places",
    files: { "../../../b/sum.ts": "x", "../../../a/exercises/sum.ts": code() },
    states: "pass",
    notes: [/^there are exercises in a\/exercises\/, b\/: those of a\/exercises\/ are graded$/],
  },
  {
    name: "exercises in their place and beside it",
    files: { "sum.ts": code(), "../../../sum.ts": "x" },
    states: "pass",
    notes: [
      /^there are exercises in lib\/src\/exercises\/, the folder itself: those of lib\/src\/exercises\/ are graded$/,
    ],
  },
  {
    name: "a file whose name clears the screen",
    files: { "sum.ts": code(), "../../../\x1b[2J\nsum 6/6": "x" },
    states: "pass",
    notes: [/^sum 6\/6 is ignored$/],
  },
  {
    name: "a stub",
    files: {
      "sum.ts": code({
        sum: 'import { NotImplementedError } from "./not-implemented"; export function sum(list: number[]): number { throw new NotImplementedError("sum: add them"); }',
      }),
    },
    states: sums("not started"),
    message: /^not started yet: sum: add them$/,
  },
  {
    name: "a link to a file elsewhere",
    files: {},
    make: (stubs) => symlinkSync(path.join(root, "lib/src/solutions/one-hot.ts"), path.join(stubs, "sum.ts")),
    states: "error",
    message: /sum\.ts is a symbolic link/,
    notes: [/sum\.ts is a symbolic link: ignored/],
  },
  {
    name: "a link to nowhere",
    files: {},
    make: (stubs) => symlinkSync("/nowhere/sum.ts", path.join(stubs, "sum.ts")),
    states: "error",
    message: /sum\.ts is a symbolic link/,
  },
  {
    name: "a folder that is a link",
    files: { "../../../elsewhere/sum.ts": code() },
    make: (_, folder) => {
      mkdirSync(path.join(folder, "src"));
      symlinkSync(path.join(folder, "elsewhere"), path.join(folder, "src", "exercises"));
    },
    states: "error",
    message: /sum\.ts is a symbolic link/,
  },
  {
    name: "a folder instead of a file",
    files: { "sum.ts/index.ts": code() },
    states: "error",
    message: /sum\.ts is not a file/,
  },
  {
    name: "a pipe instead of a file",
    files: {},
    make: (stubs) => void execFileSync("mkfifo", [path.join(stubs, "sum.ts")]),
    states: "error",
    message: /sum\.ts is not a file/,
  },
  {
    name: "its own settings and packages",
    files: {
      "sum.ts": code(),
      "../../../package.json": '{"type": "module", "scripts": {"test": "exit 0"}}',
      "../../../tsconfig.json": '{"extends": "/nowhere", "compilerOptions": {"target": "es5"}}',
      "../tsconfig.json": "not json",
      "../../../.mocharc.json": '{"spec": "nothing", "forbidOnly": true}',
      "../../../node_modules/mocha/index.js": "process.exit(0);",
      "../../../test/exercises/sum.ts": 'it("passes", () => {});',
      "../../../notes.txt": "hello",
    },
    states: "pass",
    notes: [
      /^\.mocharc\.json is ignored/,
      /^package\.json is ignored/,
      /^tsconfig\.json is ignored/,
      /^lib\/src\/tsconfig\.json is ignored/,
      /^node_modules\/ is ignored/,
      /^test\/exercises\/sum\.ts is ignored/,
      /^notes\.txt is ignored/,
    ],
  },
  {
    name: "an import of another exercise",
    files: { "sum.ts": code({ top: 'import "./after-sum";' }) },
    states: "error",
    message: /an exercise cannot import another one/,
  },
  {
    name: "an import of the solutions",
    files: { "sum.ts": code({ top: 'export * from "../solutions/one-hot";' }) },
    states: "error",
    message: /the solutions are not there/,
  },
  {
    name: "an import of a package",
    files: { "sum.ts": code({ top: 'import "lodash";' }) },
    states: "error",
    message: /"lodash" is not available to exercises/,
    where: /sum\.ts:1$/,
  },
  {
    name: "an import of a path of the machine",
    files: { "sum.ts": code({ top: 'import "/etc/passwd";' }) },
    states: "error",
    message: /"\/etc\/passwd" is not available/,
  },
  {
    name: "an import from outside",
    files: { "sum.ts": code({ top: 'import "../../../test/grade/exercises/sum";' }) },
    states: "error",
    message: /is not a part of the library/,
  },
  {
    name: "the library, as it is meant",
    files: {
      "sum.ts": code({
        top: 'import { Matrix } from "../scratch"; if (Matrix.zeros(1, 2).cols !== 2) throw new Error();',
      }),
    },
    states: "pass",
  },
];

/** Writes a submission's files into a folder. */
export function writeSubmission({ files, make }: Submission, folder: string): void {
  const stubs = path.join(folder, "lib", "src", "exercises");
  if (!Object.keys(files).some((name) => name.includes("elsewhere"))) mkdirSync(stubs, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(stubs, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  make?.(stubs, folder);
}
