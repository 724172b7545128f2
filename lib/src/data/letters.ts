/** Plain letters, and folding text to them. No tensors, no files: see names.ts for those. */

/** The 56 characters of the names notebook: a–z, A–Z and . , ; ' (no space, so "De Luca" becomes "DeLuca"). */
export const allLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;'";
/** How many there are. */
export const nLetters = allLetters.length;

/**
 * Folds a name to plain letters: accents are split off and dropped, as is every other character outside `letters`.
 * "Ślusàrski" → "Slusarski", but "Groß" → "Gro": ß has no accent to split off.
 */
export function unicodeToAscii(text: string, letters: string = allLetters): string {
  let folded = "";
  for (const character of text.normalize("NFD")) if (letters.includes(character)) folded += character;
  return folded;
}
