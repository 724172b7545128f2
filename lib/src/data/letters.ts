/** Plain letters, and folding text to them. No tensors, no files: see names.ts for those. */

/** The 56 characters of the names notebook: a–z, A–Z and . , ; ' (no space, so "De Luca" becomes "DeLuca"). */
export const allLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;'";
/** How many there are. */
export const nLetters = allLetters.length;

/**
 * Folds a name to plain letters: a character outside `letters` loses its accents, and goes if it still is outside.
 * "Ślusàrski" → "Slusarski", but "Groß" → "Gro": ß has no accent to split off.
 */
export function unicodeToAscii(text: string, letters: string = allLetters): string {
  let folded = ""; // é is one character in NFC; in NFD it is e and an accent
  for (const character of text.normalize("NFC")) {
    const parts = letters.includes(character) ? character : character.normalize("NFD");
    for (const part of parts) if (letters.includes(part)) folded += part;
  }
  return folded;
}
