// Writes a report so that no reader ever sees half of it: beside its place, then renamed.
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes a text file whole or not at all. A device, a pipe or a link, such as /dev/stdout, is written to as it is. */
export function writeReport(/** @type {string} */ file, /** @type {string} */ text) {
  if (!isPlainFile(file)) return writeFileSync(file, text);
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Whether it can be written again and again while the grading goes on. */
export function isPlainFile(/** @type {string} */ file) {
  try {
    return lstatSync(file).isFile();
  } catch {
    return true; // it is not there yet; what else is wrong is said when it is written
  }
}

/** A report as JSON text. */
export function json(/** @type {unknown} */ value) {
  return JSON.stringify(value, null, 2) + "\n";
}
