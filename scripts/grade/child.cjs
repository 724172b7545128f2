// Runs in the child process, beside the learner's code: loads it, calls it, and sends back plain data. Holds no expected
// value and no verdict; whatever the learner's code does to this process, the judge lives in another one.
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const v8 = require("node:v8");
const { encode, revive, describeError } = require("./plain.cjs");

// What learner code could replace is taken here, before any of it runs.
const { writeSync } = fs;
const { serialize, deserialize } = v8;
const { exit } = process;
const load = require;
const later = setImmediate;
const { concat, alloc } = Buffer;
const [commands, answers] = [3, 4];

/** What could reach the judge, others of its user, or the system around Node; a learner's function needs none of it. */
function fence() {
  for (const name of ["kill", "_kill", "_debugProcess", "_debugEnd", "abort", "binding", "dlopen", "chdir"]) {
    const value = () => {
      throw new Error(`process.${name} is not available to exercises`);
    };
    Object.defineProperty(process, name, { value, configurable: false, writable: false });
  }
}

/** Writes one message: its length, then its bytes. The judge reads until there is room, so this waits. */
function send(message) {
  const body = serialize(message);
  const frame = alloc(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  for (let at = 0; at < frame.length;) at += writeSync(answers, frame, at);
}

let drive = {};
let exercise = {};
let token = "";
let NotImplementedError = class {};

/** Where an error came from decides its state; the judge trusts nothing else of it. */
function failure(error) {
  return { notStarted: error instanceof NotImplementedError, ...describeError(error) };
}

const operations = {
  /** The library first (trusted, takes long with TensorFlow), so that the deadline measures the learner's code alone. */
  async prepare({ libraries, notImplemented, backend }) {
    ({ NotImplementedError } = load(notImplemented));
    for (const library of libraries) load(library);
    if (backend) await load(backend).backend.ready; // WebAssembly takes a moment to start
    fence();
  },
  load({ file, driveFile }) {
    exercise = load(file);
    if (driveFile) drive = load(driveFile);
    return { exports: Object.keys(exercise) };
  },
  call({ name, args, wait }) {
    return run(
      own(exercise, name, "export"),
      args.map((arg) => revive(arg)),
      wait,
    );
  },
  drive({ name, args }) {
    return run(own(drive, name, "drive"), [exercise, ...args.map((arg) => revive(arg))], true);
  },
};

function own(module, name, kind) {
  const value = module[name];
  if (typeof value === "function") return value;
  const error = new TypeError(
    value === undefined
      ? `there is no exported function "${name}"`
      : `"${name}" is exported, but it is ${typeof value === "object" ? "an object" : `a ${typeof value}`}, not a function`,
  );
  error.missing = kind;
  throw error;
}

async function run(fn, args, wait) {
  let value = fn(...args);
  if (wait) value = await value;
  return { value: encode(value), args: args[0] === exercise ? [] : encode(args) };
}

async function answer({ id, op, ...request }) {
  let reply;
  try {
    reply = { ok: true, value: await operations[op](request) };
  } catch (error) {
    reply = { ok: false, error: failure(error) };
  }
  // One turn of the event loop, so that a rejection nobody handles is known before the answer.
  later(() => {
    let message = { token, id, ...reply };
    try {
      send(message);
    } catch (error) {
      message = { token, id, ok: false, error: failure(error) };
      send(message);
    }
  });
}

for (const event of ["uncaughtException", "unhandledRejection"])
  process.on(event, (error) => send({ token, late: true, error: failure(error) }));

let pending = Buffer.alloc(0);
const socket = new net.Socket({ fd: commands, readable: true, writable: false });
socket.on("data", (chunk) => {
  pending = pending.length ? concat([pending, chunk]) : chunk;
  while (pending.length >= 4) {
    const end = 4 + pending.readUInt32LE(0);
    if (pending.length < end) return;
    const message = deserialize(pending.subarray(4, end));
    pending = pending.subarray(end);
    if (message.token) ({ token } = message);
    void answer(message);
  }
});
socket.on("close", () => exit(0)); // the judge is gone
