/**
 * Reads text files out of a zip archive that nobody has checked: into memory only, never to a path the archive names, and
 * within limits. The format itself is adm-zip's work.
 */
import AdmZip from "adm-zip";

export interface ReadZipOptions {
  /** Which files to read, by their path in the archive. */
  match: RegExp;
  /** The most files the archive may hold. */
  maxFiles?: number;
  /** The most bytes the files may have together once unpacked. */
  maxBytes?: number;
}

/**
 * The matching files of a zip archive: path in the archive → content.
 *
 * Throws on anything but a sound archive: cut short, wrong checksum, encrypted, too many files, more than `maxBytes` when
 * unpacked (whatever its directory claims), and on paths that would leave the folder, whether they match or not.
 */
export function readZip(
  bytes: Uint8Array,
  { match, maxFiles = 1000, maxBytes = 2 ** 24 }: ReadZipOptions,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let left = maxBytes;
  try {
    const entries = new AdmZip(Buffer.from(bytes)).getEntries();
    if (entries.length > maxFiles) throw new Error(`it holds ${entries.length} files, more than ${maxFiles}`);
    for (const entry of entries) checkPath(entry.entryName);
    for (const { entryName, isDirectory, header, getData } of entries) {
      if (isDirectory || !match.test(entryName)) continue;
      if (files.has(entryName)) throw new Error(`${entryName} is in it twice`);
      left -= header.size;
      if (left < 0) throw new Error(`its files have more than ${maxBytes} bytes when unpacked`);
      // adm-zip unpacks no more than the size that the directory gives, except where that is 0.
      files.set(entryName, header.size === 0 ? Buffer.alloc(0) : getData());
    }
  } catch (error) {
    throw new Error(`readZip: not a sound zip archive: ${reason(error)}`, { cause: error });
  }
  return files;
}

/** Throws on a path that is absolute, climbs, or is written in another system's way to hide that. */
function checkPath(path: string): void {
  if (/^\/|^[a-z]:|\\|\0|(^|\/)\.\.(\/|$)/i.test(path)) {
    throw new Error(`the path ${JSON.stringify(path)} leaves its folder`);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
    ? "a file unpacks to more bytes than its directory says"
    : error.message.replace(/^ADM-ZIP: /, "");
}
