// The command line of `npm run learn`.
import { parseArgs } from "node:util";
import { exerciseIds, nearest, suggestion } from "../grade/registry.mjs";
import { SetupError } from "../setup/errors.mjs";

/**
 * @typedef {"list" | "run" | "watch" | "hint" | "reset" | "solution" | "help"} Name
 * @typedef {{ name: Name, id: string | undefined, all: boolean }} Command `id` undefined: the next exercise
 */

const names = /** @type {const} */ (["list", "run", "watch", "hint", "reset", "solution", "help"]);

export const usage = `Usage: npm run learn [-- COMMAND [EXERCISE]]

Without a command: watch. Without an exercise: the next one in course order that you have not passed.

  watch [EXERCISE]      check it again whenever you save its file; keys: h hint, r run again, l list, q quit
  list                  all exercises and how far you are
  run [EXERCISE]        check it once
  hint [EXERCISE]       the next of three hints (--all: all three)
  solution [EXERCISE]   our answer, once yours passes
  reset EXERCISE        put the stub back; your file is kept beside the progress
  help                  this text

Exit code: 0 passed (or nothing to check), 1 not passed yet, 2 the command was not understood.`;

/**
 * Reads the command line; throws a SetupError that shows the usage, or the nearest exercise.
 * @param {string[]} args
 * @returns {Command}
 */
export function readCommand(args) {
  const { values, positionals } = parse(args);
  if (values.help) return { name: "help", id: undefined, all: false };
  const [first = "watch", second, ...rest] = positionals;
  const known = exerciseIds();
  // `npm run learn -- bptt` is what people type first.
  const [word, id] = known.includes(first) && second === undefined ? ["watch", first] : [first, second];
  const name = names.find((candidate) => candidate === word);
  if (!name) {
    const near = second === undefined ? nearest(first, [...names, ...known]) : undefined;
    const advice = near ? `Did you mean "${near}"?\n` : "";
    throw new SetupError(`There is no command or exercise "${word}".`, `${advice}\n${usage}`);
  }
  if (rest.length) throw new SetupError(`Expected one exercise, got ${rest.length + 1}.`, `\n${usage}`);
  if (id !== undefined && !known.includes(id))
    throw new SetupError(`There is no exercise "${id}".`, suggestion(id, known));
  if (name === "reset" && id === undefined)
    throw new SetupError("reset: expected the name of an exercise.", "`npm run learn -- list` shows them.");
  return { name, id, all: values.all ?? false };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, all: { type: "boolean" } },
    });
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `\n${usage}`);
  }
}
