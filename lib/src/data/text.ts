/**
 * Cleaning text the way Python's `str` methods do: which characters are letters, which are space, and the rule of the
 * Alice notebook (lower case, letters and space only). Not a tokenizer: see vocabulary.ts.
 */

/** One character for which Python's `str.isalpha` is true: Unicode categories Lm, Lt, Lu, Ll and Lo, that is `\p{L}`. */
const ALPHA = /^\p{L}$/u;

/**
 * What Python's `str.isspace` accepts (Zs, or bidirectional class WS, B or S). JavaScript's `\s` is another set: it has
 * U+FEFF and lacks U+001C to U+001F and U+0085.
 */
const SPACE_SET = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACE = new RegExp(`^[${SPACE_SET}]$`, "u");
const NEITHER_LETTER_NOR_SPACE = new RegExp(`[^\\p{L}${SPACE_SET}]+`, "gu");

/** True for one letter of any script, as Python's `str.isalpha` on one character; false for "" and longer strings. */
export function isAlpha(character: string): boolean {
  return ALPHA.test(character);
}

/** True for one white-space character, as Python's `str.isspace` on one character; false for "" and longer strings. */
export function isSpace(character: string): boolean {
  return SPACE.test(character);
}

/** Drops everything that is neither a letter nor white space: Python's `[c for c in text if c.isalpha() or c.isspace()]`. */
export function keepLettersAndSpaces(text: string): string {
  return text.replace(NEITHER_LETTER_NOR_SPACE, "");
}

/** The Alice notebook's cleaning: lower case first, then letters and white space only (a lower-cased "İ" leaves a mark that is dropped). */
export function cleanText(text: string): string {
  return keepLettersAndSpaces(text.toLowerCase());
}
