// What a judge's test sees of the learner's code: `learner(id)` inside a `describe`, then `call`, `inspect` and `drive`.
// The code itself runs in a child process that is started at the first call and killed after the last test.
/* global after, beforeEach */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SourceMap } from "node:module";
import { bundleDrive, bundleLearner, isHeavy, shownName } from "./bundle.mjs";
import { context } from "./context.mjs";
import { kindOf } from "./describe.mjs";
import { GraderError, Mismatch } from "./errors.mjs";
import { explain } from "./explain.mjs";
import { LearnerProcess } from "./process.mjs";
import { readExercise } from "./registry.mjs";
import { clean } from "./text.mjs";
import { root } from "../setup/paths.mjs";

/** @typedef {import("./process.mjs").Answer} Answer */

const startMs = 20_000; // for the library alone, which is ours

/**
 * @typedef {object} Learner
 * @property {(name: string, ...args: unknown[]) => Promise<any>} call runs an exported function and gives its result as
 *   plain data: numbers, strings, arrays, typed arrays, records; a Matrix becomes {rows, cols, data} and is made from it
 * @property {(name: string, ...args: unknown[]) => Promise<any>} callAsync the same for an async function
 * @property {(name: string, ...args: unknown[]) => Promise<{ value: any, args: any[] }>} inspect the result, and the arguments as they are
 *   after the call
 * @property {(name: string, ...args: unknown[]) => Promise<any>} drive runs a function of <id>.drive.ts beside the learner's code, with the
 *   learner's exports as its first argument
 */

/**
 * The learner's code of an exercise. To be called inside `describe`: it registers hooks of mocha.
 * @param {string} id
 * @returns {Learner}
 */
export function learner(id) {
  const session = new Session(id);
  beforeEach(function () {
    // The deadline is the session's; mocha's own would only end the waiting, not the code.
    this.currentTest?.timeout(0);
    session.begin();
  });
  after(() => session.close());
  return {
    call: async (name, ...args) => (await session.ask("call", name, args)).value,
    callAsync: async (name, ...args) => (await session.ask("call", name, args, true)).value,
    inspect: (name, ...args) => session.ask("call", name, args),
    drive: async (name, ...args) => {
      const { value } = await session.ask("drive", name, args);
      // A driver that is async has been waited for: this is the learner's, and no test has a use for it.
      if (value?.$ === "a Promise")
        throw new Mismatch(`wrong kind: what your function returns\n  got      ${kindOf(value)}`);
      return value;
    },
  };
}

/** The child of one exercise, replaced after it was killed. */
class Session {
  /** @type {LearnerProcess | undefined} */
  #child;
  /** @type {Promise<Awaited<ReturnType<typeof prepare>>> | undefined} */
  #prepared;
  /** @type {import("./errors.mjs").LearnerError | undefined} what loading the file ended with: it would end so again */
  #broken;
  #left = 0;
  /** @type {string[]} what the learner's file exports */
  #exports = [];

  constructor(/** @type {string} */ id) {
    this.id = id;
    this.exercise = readExercise(id, context().folder);
  }

  get #deadlineMs() {
    return this.exercise.deadlineMs * context().patience;
  }

  begin() {
    this.#left = this.#deadlineMs;
    context().where = undefined;
    context().output = "";
    context().ms = 0;
    context().takeOutput = () => this.#keepOutput();
  }

  /** Adds what the child has printed since to the test's output; mocha tells of a test's end before `afterEach`. */
  #keepOutput() {
    if (this.#child) context().output += clean(this.#child.takeOutput(), this.#child.folder);
  }

  close() {
    this.#child?.kill();
    this.#child = undefined;
  }

  /**
   * @param {"call" | "drive"} op
   * @param {string} name
   * @param {unknown[]} args
   * @param {boolean} [wait]
   */
  async ask(op, name, args, wait = false) {
    if (this.#broken) throw this.#broken;
    this.#prepared ??= prepare(this.exercise);
    const prepared = await this.#prepared;
    context().where = op === "call" ? prepared.lineOf(name) : undefined;
    const child = await this.#start(prepared);
    const answer = await this.#timed(child, { op, name, args, wait });
    if (answer.kind === "value") return answer.value;
    throw this.#explain(answer, prepared, child, { name: op === "call" ? name : undefined, drive: op === "drive" });
  }

  /** @param {Awaited<ReturnType<typeof prepare>>} prepared */
  async #start(prepared) {
    if (this.#child?.alive) return this.#child;
    this.close();
    const { heavy } = prepared;
    const { fenced, children, onChild } = context();
    const onKill = (/** @type {LearnerProcess} */ ended) => {
      children.delete(ended);
      onChild?.(ended, false);
    };
    const child = started(() => new LearnerProcess(prepared.files, { heavy, fenced, onKill }));
    children.add(child);
    onChild?.(child, true);
    this.#child = child;
    const ours = {
      libraries: prepared.libraries,
      notImplemented: path.join(root, "lib", "dist", "exercises", "not-implemented.js"),
      backend: heavy ? path.join(root, "lib", "dist", "backend.js") : undefined,
    };
    const ready = await child.ask({ op: "prepare", ...ours }, startMs);
    if (ready.kind !== "value") {
      this.close();
      throw new GraderError(`the library does not load in the learner's process: ${JSON.stringify(ready)}`);
    }
    const file = path.join(child.folder, `${this.id}.cjs`);
    const driveFile = prepared.hasDrive ? path.join(child.folder, "drive.cjs") : undefined;
    const loaded = await this.#timed(child, { op: "load", file, driveFile });
    if (loaded.kind === "value") {
      this.#exports = namesOf(loaded.value?.exports);
      return child;
    }
    this.#broken = this.#explain(loaded, prepared, child, { name: undefined, drive: false });
    throw this.#broken;
  }

  /**
   * Asks within what is left of the test's deadline.
   * @param {LearnerProcess} child
   * @param {Record<string, unknown>} request
   */
  async #timed(child, request) {
    const started = performance.now();
    const answer = await child.ask(request, Math.max(1, this.#left));
    const ms = performance.now() - started;
    this.#left -= ms;
    context().ms += ms;
    return answer;
  }

  /**
   * @param {Exclude<Answer, { kind: "value" }>} answer
   * @param {Awaited<ReturnType<typeof prepare>>} prepared
   * @param {LearnerProcess} child
   * @param {{ name: string | undefined, drive: boolean }} called
   */
  #explain(answer, prepared, child, called) {
    const [{ maps }, { folder }] = [prepared, child];
    const error = explain(answer, {
      ...called,
      ...{ id: this.id, exports: this.#exports, deadlineMs: this.#deadlineMs, maps, folder },
    });
    if (!child.alive || answer.kind === "timeout" || answer.kind === "ended") {
      this.#keepOutput();
      child.kill();
    }
    return error;
  }
}

/** Names of exports as the child tells them: the learner's code could have told it anything. */
function namesOf(/** @type {unknown} */ exports) {
  if (!Array.isArray(exports)) return [];
  return exports.slice(0, 100).filter((name) => typeof name === "string" && /^\w{1,60}$/.test(name));
}

/** @param {() => LearnerProcess} start */
function started(start) {
  try {
    return start();
  } catch (error) {
    throw new GraderError(`no process for the learner's code: ${/** @type {Error} */ (error).message}`);
  }
}

/** Reads and bundles the files of a session, once. */
async function prepare(/** @type {import("./registry.mjs").Exercise} */ { id, requires }) {
  /** @type {Record<string, string>} */
  const files = {};
  /** @type {Record<string, SourceMap>} */
  const maps = {};
  /** @type {Set<string>} */
  const libraries = new Set();
  const add = (/** @type {string} */ name, /** @type {import("./bundle.mjs").Bundle} */ bundle) => {
    files[name] = bundle.code;
    maps[name] = new SourceMap(JSON.parse(bundle.map));
    for (const library of bundle.libraries) libraries.add(library);
  };
  const source = context().sourceOf(id);
  add(`${id}.cjs`, await bundleLearner(id, source));
  const driveFile = path.join(context().folder, `${id}.drive.ts`);
  const hasDrive = existsSync(driveFile);
  if (hasDrive) {
    for (const other of requires) add(`${other}.cjs`, await bundleLearner(other, context().sourceOf(other)));
    add("drive.cjs", await bundleDrive(id, driveFile, readFileSync(driveFile, "utf8"), [id, ...requires]));
  }
  const lines = source.split(/\r?\n/);
  return {
    files,
    maps,
    hasDrive,
    libraries: [...libraries],
    heavy: [...libraries].some(isHeavy),
    /** Where a function is declared in the learner's file. */
    lineOf: (/** @type {string} */ name) => {
      const pattern = new RegExp(`^\\s*export\\s+(async\\s+)?(function\\*?|const|let|var|class)\\s+${name}\\b`);
      const at = lines.findIndex((line) => pattern.test(line));
      return at < 0 ? undefined : `${shownName(id)}:${at + 1}`;
    },
  };
}
