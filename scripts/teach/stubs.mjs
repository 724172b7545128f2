// The exercises' stubs as their authors wrote them: test/exercises/stubs.json, {id: text}. What `learn reset` puts back and
// hand-outs contain, so that neither depends on git or on what somebody has already solved in lib/src/exercises.
import { readFileSync } from "node:fs";
import path from "node:path";
import { exerciseIds, ownStubs, testFolder } from "../grade/registry.mjs";
import { readJson, writeJson } from "../setup/paths.mjs";

const stubsFile = path.join(testFolder, "stubs.json");

/** The text of every stub by id. @returns {Record<string, string>} */
export function readStubs() {
  const stubs = readJson(stubsFile);
  if (!stubs)
    throw new Error(`${stubsFile} is missing or not JSON; \`git checkout test/exercises/stubs.json\` restores it`);
  return stubs;
}

/** A text as git stores it: no byte order mark, no Windows line ends. */
export const plainText = (/** @type {string} */ text) => text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");

/** Whether the learner's file of an exercise is still the stub. */
export function isUntouched(/** @type {string} */ id, folder = ownStubs) {
  return plainText(readFileSync(path.join(folder, `${id}.ts`), "utf8")) === readStubs()[id];
}

/**
 * For authors: makes the files as they are now in lib/src/exercises the stubs. Refuses what looks like a solution.
 * @returns {string[]} the ids that changed
 */
export function keepStubs() {
  const before = readJson(stubsFile) ?? {};
  const stubs = Object.fromEntries(
    exerciseIds().map((id) => [id, plainText(readFileSync(path.join(ownStubs, `${id}.ts`), "utf8"))]),
  );
  const solved = Object.keys(stubs).filter((id) => !stubs[id]?.includes("throw new NotImplementedError("));
  if (solved.length) throw new Error(`no NotImplementedError is thrown in: ${solved.join(", ")}. Stubs must throw it.`);
  writeJson(stubsFile, stubs);
  return Object.keys(stubs).filter((id) => stubs[id] !== before[id]);
}
