// Checks an exercise whenever its file is saved, and goes on to the next one when it passes. The judge's process stays
// alive in between, so that a verdict takes as long as the tests do.
import { emitKeypressEvents } from "node:readline";
import { watch as watchFiles } from "chokidar";
import { createPool } from "../grade/pool.mjs";
import { shown } from "../setup/paths.mjs";
import { check, hintText, listText, verdictText } from "./commands.mjs";

/**
 * Watches until q or Ctrl-C; resolves to the exit code.
 * @param {import("./progress.mjs").Progress} progress
 * @param {string} first
 * @param {{ follow: boolean, input?: NodeJS.ReadStream, output?: NodeJS.WriteStream }} options `follow`: go on to the next exercise
 * @returns {Promise<number>}
 */
export function watch(progress, first, { follow, input = process.stdin, output = process.stdout }) {
  const pool = createPool({ jobs: 1 });
  /** @type {string | undefined} */
  let id = first;
  let running = false;
  let again = false;
  const print = (/** @type {string} */ text) => output.write(`${text}\n`);

  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      if (id === undefined) break;
      output.write("\x1b[2J\x1b[3J\x1b[H");
      print(`Checking ${id} …\n`);
      const started = performance.now();
      const verdict = await check(progress, id, pool).catch((/** @type {Error} */ error) => error);
      if (verdict instanceof Error) print(verdict.message);
      else {
        print(verdictText(verdict, progress));
        print(`(${((performance.now() - started) / 1000).toFixed(1)} s)`);
        const other = /^depends on (\S+)/.exec(verdict.message)?.[1];
        if (verdict.state === "skipped" && other && follow) {
          id = other;
          again = true;
        }
        if (verdict.state === "pass" && follow) id = progress.next();
      }
    } while (again);
    running = false;
    if (id === undefined) return quit(0);
    print(`\nWatching ${shown(progress.fileOf(id))}: save it to check it.  h hint · r run again · l list · q quit`);
  };

  const watcher = watchFiles(progress.stubs, {
    ignoreInitial: true,
    depth: 0,
    // Editors write in several steps; a verdict on half a file would be wrong.
    awaitWriteFinish: { stabilityThreshold: 80, pollInterval: 20 },
  });
  watcher.on("all", (_event, file) => {
    if (id !== undefined && file.endsWith(`${id}.ts`)) void run();
  });

  /** @type {(code: number) => void} */
  let quit = () => {};
  const ended = new Promise((/** @type {(code: number) => void} */ resolve) => (quit = resolve));
  const keys = (/** @type {string} */ _text, /** @type {{ name?: string, ctrl?: boolean }} */ key) => {
    if (key.name === "q" || (key.ctrl && (key.name === "c" || key.name === "d"))) quit(0);
    else if (key.name === "h" && id) print(`\n${hintText(progress, id)}`);
    else if (key.name === "l") print(`\n${listText(progress)}`);
    else if (key.name === "r") void run();
  };
  emitKeypressEvents(input);
  input.setRawMode?.(true);
  input.on("keypress", keys);
  input.resume();

  void run();
  return ended.finally(async () => {
    input.off("keypress", keys);
    input.setRawMode?.(false);
    input.pause();
    pool.close();
    await watcher.close();
  });
}
