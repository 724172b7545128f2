/**
 * Bytes of a text file to text: byte order marks, UTF-16, and files that are not Unicode at all; line ends become "\n".
 */
import { isUtf8 } from "node:buffer";

/** The encodings that are told apart, by the names that TextDecoder knows them by. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * The encoding of a text file: a byte order mark decides; otherwise UTF-8 if the bytes are valid UTF-8, else Windows-1252
 * (a superset of Latin-1), which reads every byte as some character.
 */
export function detectEncoding(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

/**
 * Decodes a text file, by `detectEncoding`; a byte order mark is removed, "\r\n" and "\r" become "\n".
 * Throws on a NUL character: then it is no text file, or UTF-16 without its byte order mark.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = new TextDecoder(detectEncoding(bytes)).decode(bytes).replace(/\r\n?/g, "\n");
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    throw new Error(
      `decodeText: not a text file: character ${nul} is NUL; if it is UTF-16, save it as UTF-8 or with a byte order mark`,
    );
  }
  return text;
}
