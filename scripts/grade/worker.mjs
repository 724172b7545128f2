// A judge's process: runs mocha on the tests of one exercise after the other, as the supervisor asks. Learner code never
// runs here; it runs in this process's children (learner.mjs). Lives until the supervisor is gone.
import path from "node:path";
import Mocha from "mocha";
import { context } from "./context.mjs";
import { LearnerError, unusable } from "./errors.mjs";
import { tidy } from "./text.mjs";

/**
 * @typedef {object} Task
 * @property {string} id
 * @property {Record<string, string>} sources id → code, for the exercise and those it requires
 * @property {string} folder of the exercises' tests
 * @property {boolean} fenced
 * @property {number} patience
 *
 * @typedef {object} TestResult
 * @property {string} name
 * @property {import("./errors.mjs").State} state
 * @property {string} message "" for a test that passed
 * @property {string} [hint]
 * @property {string} [where] the learner's own line
 * @property {string} [trace] the stack in the learner's file
 * @property {string} [output] what the code printed
 * @property {number} ms
 *
 * @typedef {{ event: "child", pid: number, marker: string, folder: string, runs: boolean } | { event: "test", test: TestResult }
 *   | { event: "done", problem?: string } | { event: "ready" }} Message
 */

const send = (/** @type {Message} */ message) => process.connected && process.send?.(message);

process.on("message", (/** @type {Task} */ task) => {
  void run(task).then(
    (problem) => send({ event: "done", problem }),
    (error) => send({ event: "done", problem: String(/** @type {Error} */ (error)?.stack ?? error) }),
  );
});
// Ctrl-C reaches the whole terminal group: the supervisor decides what happens, and goes last.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => {});
process.on("disconnect", () => {
  for (const child of context().children) child.kill();
  process.exit(0);
});
send({ event: "ready" });

class Silent extends Mocha.reporters.Base {}

/**
 * Runs the tests of one exercise; resolves to what is wrong with the tests themselves, if anything.
 * @param {Task} task
 * @returns {Promise<string | undefined>}
 */
async function run({ id, sources, folder, fenced, patience }) {
  const state = context();
  state.folder = folder;
  state.fenced = fenced;
  state.patience = patience;
  state.sourceOf = (name) => {
    const source = sources[name];
    if (source === undefined) throw new LearnerError("error", `${name}.ts is missing`);
    return source;
  };
  state.onChild = ({ process: { pid = 0 }, marker, folder }, runs) =>
    send({ event: "child", pid, marker, folder, runs });
  const mocha = new Mocha({ reporter: Silent, timeout: 0 });
  mocha.addFile(path.join(folder, `${id}.ts`));
  try {
    await mocha.loadFilesAsync();
    return await new Promise((resolve) => {
      /** @type {string | undefined} */
      let problem;
      const runner = mocha.run(() => resolve(problem));
      runner.on("pass", (test) => send({ event: "test", test: resultOf(test) }));
      runner.on("fail", (test, error) => {
        if (/** @type {{ type: string }} */ (test).type === "hook")
          problem ??= `${test.fullTitle()}: ${error?.stack ?? error}`;
        else if (error?.isGraderError) problem ??= error.message;
        else send({ event: "test", test: resultOf(test, error) });
      });
    });
  } finally {
    mocha.unloadFiles(); // so that the next submission's run loads them anew
    mocha.dispose();
  }
}

/**
 * @param {Mocha.Test} test
 * @param {any} [error]
 * @returns {TestResult}
 */
function resultOf(test, error) {
  context().takeOutput();
  const { output, where: called, ms } = context();
  /** @type {TestResult} */
  const result = { name: test.fullTitle(), state: "pass", message: "", ms: Math.round(ms) };
  if (output.trim()) result.output = output;
  if (!error) return result;
  const { state, summary, hint, where = called, trace } = error;
  result.state = state ?? (error.code === "ERR_ASSERTION" ? "fail" : "error");
  const text =
    state || result.state === "fail"
      ? String(summary ?? error.message)
      : error instanceof TypeError && ms > 0 // after the learner's code has answered
        ? unusable
        : `the test itself stopped: ${error.message}`;
  // All of it may hold text of the learner's: keys, names of classes, messages.
  result.message = tidy(text);
  if (hint) result.hint = tidy(hint);
  if (where && result.state !== "not started") result.where = tidy(where);
  if (trace || !state) result.trace = tidy(trace || String(error.stack));
  return result;
}
