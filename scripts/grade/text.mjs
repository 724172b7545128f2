// Text from a learner's process or a submission as a report may hold it: nothing that moves a cursor, turns the writing
// round or fills a disk. Pure.
import { stripVTControlCharacters, toUSVString } from "node:util";

/** Control characters other than tab and line feed, and those that change the direction of what follows. */
// eslint-disable-next-line no-control-regex
const unfit = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Characters of a message, a hint or a stack that are kept. */
const textLimit = 4000;

/**
 * Text of any number of lines. `folder`, the child's temporary one, gets a name that is the same in every run.
 * @param {string} text
 * @param {string} [folder]
 */
export function clean(text, folder) {
  const plain = stripVTControlCharacters(toUSVString(text));
  return (folder ? plain.replaceAll(folder, "<folder>") : plain)
    .replace(/\(node:\d+\)/g, "(node)")
    .replace(/\r\n?/g, "\n")
    .replace(unfit, "�");
}

/**
 * At most so many characters, with a word on how many there were.
 * @param {string} text
 * @param {number} [length]
 */
export function cut(text, length = textLimit) {
  return text.length > length ? `${text.slice(0, length)} … (${text.length} characters)` : text;
}

/** What a report may hold of any text. Cut before it is cleaned, which takes a while for megabytes. */
export function tidy(/** @type {string} */ text) {
  return clean(cut(text));
}

/** A name that the learner chose, such as a key or a class, as part of a sentence: one short line. */
export function nameText(/** @type {unknown} */ name, length = 40) {
  const line = clean(String(name).slice(0, 4 * length))
    .replace(/\s+/g, " ")
    .trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
