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
const { keys } = Object;
const { get } = Reflect;
const { isAsyncFunction } = require("node:util").types;
const load = require;
const later = setImmediate;
const Watch = Proxy;
const { concat, alloc } = Buffer;
const [commands, answers] = [3, 4];

/** What could reach the judge, others of its user, or the channel to the judge; a learner's function needs none of it. */
const refused = [
  "kill",
  "_kill",
  "_debugProcess",
  "_debugEnd",
  "abort",
  "binding",
  "dlopen",
  "chdir",
  "_getActiveHandles",
];

function fence() {
  for (const name of refused) {
    const refuse = () => {
      throw new Error(`process.${name} is not available to exercises`);
    };
    // Node itself assigns to one of them when a thread starts: that is ignored.
    Object.defineProperty(process, name, { get: () => refuse, set: () => {}, configurable: false });
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
let asked = 0; // how many requests wait for their answer
let NotImplementedError = class {};

/** The learner's file does not export what it has to. */
class MissingExport extends TypeError {
  constructor(name, message) {
    super(message);
    this.missing = name;
  }
}

/** Where an error came from decides its state; the judge trusts nothing else of it. */
function failure(error) {
  const missing = error instanceof MissingExport ? error.missing : undefined;
  return { notStarted: error instanceof NotImplementedError, missing, ...describeError(error) };
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
    return { exports: keys(exercise) };
  },
  async call({ name, args, wait }) {
    const [value, given] = [own(exercise, name), revive(args)];
    const result = value(...given);
    return answered(wait ? await result : result, given);
  },
  /** A driver that is not async is not waited for: a learner's function that is async where it should not be has to show. */
  async drive({ name, args }) {
    const run = drive[name];
    if (typeof run !== "function") throw new Error(`the driver has no function "${name}"`);
    const given = revive(args);
    const absent = [];
    let reply;
    try {
      const result = run(watched(exercise, absent), ...given);
      reply = answered(isAsyncFunction(run) ? await result : result, given);
    } catch (error) {
      if (!absent.length) throw error;
    }
    // It is the cause of whatever came of it, also if the driver has caught the error.
    if (absent.length) throw missing(absent[0]);
    return reply;
  },
};

function answered(value, args) {
  return { value: encode(value), args: encode(args) };
}

/** The learner's exports as a driver sees them; notes the names that it looks for in vain. */
function watched(module, absent) {
  if ((typeof module !== "object" && typeof module !== "function") || module === null) return module;
  return new Watch(module, {
    get(target, name) {
      const value = get(target, name);
      if (value === undefined && typeof name === "string") absent[absent.length] = name;
      return value;
    },
  });
}

function own(module, name) {
  const value = module?.[name];
  if (typeof value === "function") return value;
  if (value === undefined) throw missing(name);
  const kind = typeof value === "object" ? "an object" : `a ${typeof value}`;
  throw new MissingExport(name, `"${name}" is exported, but it is ${kind}, not a function`);
}

function missing(name) {
  return new MissingExport(name, "");
}

async function answer({ id, op, ...request }) {
  let reply;
  asked++;
  try {
    reply = { ok: true, value: await operations[op](request) };
  } catch (error) {
    reply = { ok: false, error: failure(error) };
  }
  // One turn of the event loop, so that a rejection nobody handles is known before the answer.
  later(() => {
    asked--;
    try {
      send({ token, id, ...reply });
    } catch {
      exit(1); // the channel is closed
    }
  });
}

// While nothing is asked, an error belongs to no test, and when it comes is a matter of chance: it counts for nothing.
for (const event of ["uncaughtException", "unhandledRejection"])
  process.on(event, (error) => {
    if (asked) send({ token, late: true, error: failure(error) });
  });

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
