// What a learner has passed and which hints were shown, kept in .progress/ beside the course (not in git, not in build/, which
// people delete). Forgetting it costs nothing but the ticks: `run` finds out again what passes.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { exerciseIds, stubFolder } from "../grade/registry.mjs";
import { readJson, root, writeJson } from "../setup/paths.mjs";
import { writeReport } from "../grade/report-file.mjs";
import { readStubs } from "../teach/stubs.mjs";

/**
 * @typedef {object} Entry
 * @property {string} [passed] the fingerprint of the file that passed
 * @property {number} [hints] how many were shown
 */

/** The progress of the exercises in a copy of the course. */
export class Progress {
  /** @type {Record<string, Entry>} */
  #entries;
  #file;

  constructor(submission = root) {
    this.submission = submission;
    this.folder = path.join(submission, ".progress");
    this.stubs = path.join(submission, ...stubFolder.split("/"));
    this.#file = path.join(this.folder, "progress.json");
    const saved = readJson(this.#file);
    this.#entries = saved && typeof saved === "object" && !Array.isArray(saved) ? saved : {};
  }

  /** The learner's file of an exercise. */
  fileOf(/** @type {string} */ id) {
    return path.join(this.stubs, `${id}.ts`);
  }

  /** Whether the exercise passed: as the file is now, or, with a later change, before it. */
  state(/** @type {string} */ id) {
    const { passed } = this.#entries[id] ?? {};
    if (passed === undefined) return this.#text(id) === readStubs()[id] ? "not started" : "in work";
    return passed === this.#fingerprint(id) ? "passed" : "passed before your last change";
  }

  hasPassed(/** @type {string} */ id) {
    return this.#entries[id]?.passed !== undefined;
  }

  hintsShown(/** @type {string} */ id) {
    return this.#entries[id]?.hints ?? 0;
  }

  /** The first exercise that has not passed yet, or undefined when all have. */
  next(ids = exerciseIds()) {
    return ids.find((id) => !this.hasPassed(id));
  }

  setPassed(/** @type {string} */ id, /** @type {boolean} */ passed) {
    this.#change(id, passed ? { passed: this.#fingerprint(id) } : {});
  }

  setHints(/** @type {string} */ id, /** @type {number} */ hints) {
    this.#change(id, { hints });
  }

  /**
   * Puts the stub back; gives where the learner's file went, undefined if it was the stub already.
   * @param {string} id
   * @returns {string | undefined}
   */
  reset(id) {
    const stub = readStubs()[id];
    if (stub === undefined) throw new Error(`stubs.json has no "${id}"`);
    const file = this.fileOf(id);
    const { hints = 0 } = this.#entries[id] ?? {};
    this.#save({ ...this.#entries, [id]: { hints } });
    if (this.#text(id) === stub) return undefined;
    let kept;
    if (existsSync(file)) {
      mkdirSync(this.folder, { recursive: true });
      for (let i = 1; !kept || existsSync(kept); i++) kept = path.join(this.folder, `${id}.${i}.ts`);
      renameSync(file, kept);
    }
    writeReport(file, stub);
    return kept;
  }

  #change(/** @type {string} */ id, /** @type {Entry} */ entry) {
    this.#save({ ...this.#entries, [id]: { ...this.#entries[id], ...entry } });
  }

  #save(/** @type {Record<string, Entry>} */ entries) {
    this.#entries = entries;
    writeJson(this.#file, entries);
  }

  #text(/** @type {string} */ id) {
    try {
      return readFileSync(this.fileOf(id), "utf8").replace(/\r\n/g, "\n");
    } catch {
      return undefined;
    }
  }

  #fingerprint(/** @type {string} */ id) {
    return createHash("sha256")
      .update(this.#text(id) ?? "")
      .digest("hex")
      .slice(0, 16);
  }
}
