/**
 * Bytes of a text file to text: byte order marks, UTF-16, and files that are not Unicode at all; line ends become "\n".
 */

/**
 * Decodes a text file. A byte order mark decides and is removed; otherwise UTF-8 if the bytes are valid UTF-8, else
 * Windows-1252, which reads every byte as some character. "\r\n" and "\r" become "\n".
 * Throws on a NUL character: then it is no text file.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = decode(bytes).replace(/\r\n?/g, "\n");
  const nul = text.indexOf("\0");
  if (nul >= 0) throw new Error(`decodeText: not a text file: character ${nul} is NUL`);
  return text;
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
