// One child process that runs a learner's code: started, asked, watched and killed with all it started. Knows nothing of
// tests and expected values.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { isWindows, root } from "../setup/paths.mjs";
import { watchMemory } from "./memory.mjs";
import { sweep } from "./sweep.mjs";

/**
 * @typedef {object} Failure what the child says of an error
 * @property {boolean} notStarted
 * @property {boolean} thrown something that is not an Error
 * @property {string} name
 * @property {string} message
 * @property {string} stack
 * @property {string} kind which of the language's errors it is: "RangeError", "TypeError", …, or "Error"
 * @property {string} [missing] the export that is not there, or is no function
 *
 * @typedef {{ kind: "value", value: any } | { kind: "thrown", error: Failure, late: boolean }
 *   | { kind: "ended", reason: string } | { kind: "timeout" }} Answer
 */

/** Megabytes of the heap and of everything; TensorFlow alone takes 300. */
export const limits = { light: { heap: 256, total: 512 }, heavy: { heap: 512, total: 2048 } };

const outputLimit = 20_000; // characters of what the code prints that are kept for each test
const frameLimit = 256 * 1024 * 1024; // bytes of an answer: several times what child.cjs ever sends
const child = fileURLToPath(new URL("child.cjs", import.meta.url));

/**
 * The system's own limits, for a child that nobody is left to watch: no core files, three minutes of computing, files of
 * 64 MB. What it prints goes into one pipe, so that the order stays.
 */
const limited = 'ulimit -c 0; ulimit -t 180; ulimit -f 131072; exec "$@" 2>&1';

/** Node's own fence: no files but these, no processes, no worker threads. Experimental in Node 20, under another name. */
function fence(/** @type {string} */ folder, /** @type {boolean} */ heavy) {
  const flag = ["--permission", "--experimental-permission"].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  if (!flag) return [];
  const readable = [
    path.dirname(child) + path.sep + "*.cjs",
    path.join(root, "package.json"),
    path.join(root, "lib", "package.json"),
    ...library(),
  ];
  if (heavy) readable.push(path.join(root, "node_modules") + path.sep + "*");
  return [
    flag,
    ...readable.flatMap((file) => `--allow-fs-read=${file}`),
    `--allow-fs-read=${folder}${path.sep}*`,
    `--allow-fs-write=${folder}${path.sep}*`,
    ...(heavy ? ["--allow-addons", "--disable-warning=SecurityWarning"] : []),
    "--disable-warning=ExperimentalWarning",
  ];
}

/** The library without the solutions. */
function library() {
  const dist = path.join(root, "lib", "dist");
  return readdirSync(dist, { withFileTypes: true })
    .filter(({ name }) => name !== "solutions")
    .map((entry) => path.join(dist, entry.name) + (entry.isDirectory() ? `${path.sep}*` : ""))
    .filter((name) => !/\.(ts|map)$/.test(name));
}

/** What a child sees of the environment: no tokens, no user's home. */
function environment(/** @type {string} */ folder, /** @type {string} */ marker) {
  const kept = ["PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH", "UNROLLED_BACKEND"];
  const env = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return { ...env, HOME: folder, TMPDIR: folder, TEMP: folder, TF_CPP_MIN_LOG_LEVEL: "2", UNROLLED_CHILD: marker };
}

export class LearnerProcess {
  output = "";
  lost = false;
  #tail = "";
  /** @type {((answer: Answer) => void) | undefined} */
  #waiting;
  /** @type {string | undefined} */
  #ended;
  #token = randomBytes(16).toString("hex");
  /** Every descendant inherits it in its environment. */
  marker = randomBytes(12).toString("hex");
  #id = 0;
  /** @type {Buffer[]} what has come of the next message; joined when it is complete, not with each part */
  #parts = [];
  #size = 0;
  #wanted = 4; // bytes until there is something to do: first a message's length, then all of it

  /**
   * @param {Record<string, string>} files name → content of what the child loads, written to its temporary folder
   * @param {{ heavy: boolean, fenced: boolean, onKill?: (child: LearnerProcess) => void }} options
   */
  constructor(files, { heavy, fenced, onKill = () => {} }) {
    this.onKill = onKill;
    this.folder = realpathSync(mkdtempSync(path.join(tmpdir(), "unrolled-grade-")));
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(this.folder, name), content);
    const { heap, total } = heavy ? limits.heavy : limits.light;
    const flags = [`--max-old-space-size=${heap}`, "--stack-size=900", "--no-deprecation"];
    const command = [process.execPath, ...flags, ...(fenced ? fence(this.folder, heavy) : []), child];
    const [program = "", ...args] = isWindows ? command : ["/bin/sh", "-c", limited, "sh", ...command];
    this.process = spawn(program, args, {
      cwd: this.folder,
      env: environment(this.folder, this.marker),
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      detached: !isWindows, // a process group of its own
      windowsHide: true,
    });
    const [, stdout, stderr, commands, answers] = this.process.stdio;
    for (const stream of /** @type {import("node:stream").Readable[]} */ ([stdout, stderr]))
      stream.setEncoding("utf8").on("data", (text) => this.#print(text));
    this.commands = /** @type {import("node:stream").Writable} */ (commands);
    this.commands.on("error", () => {}); // it has ended: said by "close"
    /** @type {import("node:stream").Readable} */ (answers).on("data", (chunk) => this.#read(chunk));
    answers?.on("error", () => {});
    this.process.on("error", (error) => this.#end(`could not be started (${error.message})`));
    this.process.on("exit", (code, signal) => this.#exit(code, signal));
    this.stopWatch = watchMemory(this.process.pid, total, () => {
      this.#end(`it took more than ${total} MB of memory`);
      this.kill();
    });
  }

  /**
   * Sends a request and waits for its answer for so many milliseconds; a child that does not answer is killed.
   * @param {Record<string, unknown>} request
   * @param {number} ms
   * @returns {Promise<Answer>}
   */
  ask(request, ms) {
    if (this.#ended !== undefined) return Promise.resolve({ kind: "ended", reason: this.#ended });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#finish({ kind: "timeout" });
        this.kill();
      }, ms);
      this.#waiting = (answer) => {
        clearTimeout(timer);
        // What the code printed before is in the other pipe, and is read in this turn of the event loop.
        setImmediate(resolve, answer);
      };
      const body = serialize({ id: ++this.#id, token: this.#token, ...request });
      const head = Buffer.alloc(4);
      head.writeUInt32LE(body.length, 0);
      this.commands.write(Buffer.concat([head, body]));
    });
  }

  /** Whether it can be asked again. */
  get alive() {
    return this.#ended === undefined;
  }

  /** What was printed since the last call. */
  takeOutput() {
    const { output, lost } = this;
    this.output = "";
    this.lost = false;
    return lost ? `${output}\n… and more` : output;
  }

  /** Ends the process group, what left the group, and the temporary folder; safe to call twice. */
  kill() {
    this.#ended ??= "it was stopped";
    this.stopWatch();
    const { pid } = this.process;
    if (pid !== undefined) {
      try {
        if (isWindows) this.process.kill("SIGKILL");
        else process.kill(-pid, "SIGKILL");
      } catch {
        // nothing of the group is left
      }
      sweep(this.marker);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 2 });
    this.onKill(this);
  }

  #finish(/** @type {Answer} */ answer) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }

  #end(/** @type {string} */ reason) {
    this.#ended ??= reason;
    this.#finish({ kind: "ended", reason: this.#ended });
  }

  #exit(/** @type {number | null} */ code, /** @type {NodeJS.Signals | null} */ signal) {
    // Its last message and words may still be in the pipes.
    setImmediate(() => {
      if (/heap out of memory/.test(this.#tail)) this.#end("it ran out of memory");
      else if (signal === "SIGXFSZ") this.#end("it wrote too large a file");
      else if (signal) this.#end(`its process was ended by ${signal}`);
      else this.#end(`the code ended its own process (exit code ${code})`);
    });
  }

  #print(/** @type {string} */ text) {
    this.#tail = (this.#tail + text).slice(-4000);
    const room = outputLimit - this.output.length;
    if (room < text.length) this.lost = true;
    this.output += text.slice(0, Math.max(0, room));
  }

  #read(/** @type {Buffer} */ chunk) {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#wanted) {
      const input = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
      this.#parts = [input];
      const end = 4 + input.readUInt32LE(0);
      if (end > frameLimit) return this.#forged();
      this.#wanted = end;
      if (this.#size < end) return;
      const frame = input.subarray(4, end);
      this.#parts = [input.subarray(end)];
      this.#size -= end;
      this.#wanted = 4;
      let message;
      try {
        message = deserialize(frame);
      } catch {
        return this.#forged();
      }
      if (message?.token !== this.#token) return this.#forged();
      if (message.late) {
        this.#finish({ kind: "thrown", error: message.error, late: true });
      } else if (message.id === this.#id) {
        if (message.ok) this.#finish({ kind: "value", value: message.value });
        else this.#finish({ kind: "thrown", error: message.error, late: false });
      }
    }
  }

  /** Something that is not an answer of ours came through the channel of the answers. */
  #forged() {
    this.#end("the code wrote into the channel between the judge and its process");
    this.kill();
  }
}
