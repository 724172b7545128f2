/**
 * The table of data sets: where each comes from, what is expected of it and what stands in for it without a network.
 * Nothing is read or downloaded here: see load.ts.
 */
import { readZip } from "./archive";

/** The texts of a data set: file name → text (UTF-8, "\n" line ends, no white space at either end). */
export type TextFiles = ReadonlyMap<string, string>;

export interface DatasetInfo {
  title: string;
  /** Its place in a folder of data sets: a text file, or a folder of text files. */
  path: string;
  /** Where it can be downloaded, best first. */
  urls: readonly string[];
  /** The size of its texts together, in bytes of UTF-8. */
  bytes: number;
  /** Of the text; with several files, of `name "\n" text "\n"` of each, sorted by name. */
  sha256: string;
  licence: string;
  /** What the figures of the course were made with. */
  expect: string;
  /** Written for this course, in the same form, for use without a network. */
  builtIn: { title: string; path: string };
  /** Turns what was downloaded into text files; throws if it is damaged. */
  unpack: (bytes: Uint8Array) => TextFiles;
  /** What belongs to the data set of a text found anywhere, downloaded or put there by hand; throws if it is damaged. */
  clean?: (text: string) => string;
}

export type DatasetName = "alice" | "names";

/** The data sets of the course. */
export const datasets: Readonly<Record<DatasetName, DatasetInfo>> = {
  alice: {
    title: "Alice's Adventures in Wonderland, by Lewis Carroll",
    path: "11-0.txt",
    urls: [
      "https://www.gutenberg.org/files/11/11-0.txt",
      "https://gutenberg.pglaf.org/1/11/11-0.txt",
      "https://aleph.gutenberg.org/1/11/11-0.txt",
    ],
    bytes: 151_095,
    // Of the text alone: Project Gutenberg revises the header and the licence around it, and has revised the text, too.
    sha256: "f17aa0bf7466424a8b357b688678666bad7a0148963ef349016a3098faa6bd1e",
    licence: "public domain in the USA and wherever its author, who died in 1898, is out of copyright",
    expect: "144,600 characters; 136,080 of them letters or white space, 29 different ones in lower case",
    builtIn: { title: "The Lantern Café, a story written for this course", path: "lantern-cafe.txt" },
    unpack: (bytes) => new Map([["11-0.txt", decodeUtf8(bytes)]]),
    clean: cutGutenbergLicence,
  },
  names: {
    title: "Surnames of 18 languages, from the PyTorch tutorials",
    path: "names",
    urls: ["https://download.pytorch.org/tutorial/data.zip"],
    bytes: 163_401,
    sha256: "356daae98f6b25d0b0995f4aa502b1ac88cb17aabc94293d2c1984e066560b9a",
    licence: "collected by Sean Robertson for practical-pytorch (MIT)",
    expect: "20,050 names in 18 languages",
    builtIn: { title: "Surnames of 18 languages, a smaller list written for this course", path: "names" },
    unpack: (bytes) => {
      // A Mac's zip carries a "._Name.txt" of its own for each file.
      const entries = readZip(bytes, { match: /(^|\/)names\/[^/.][^/]*\.txt$/ });
      if (entries.size === 0) throw new Error("the archive has no names/*.txt");
      return new Map([...entries].map(([path, content]) => [path.replace(/^.*\//, ""), decodeUtf8(content)]));
    },
  },
};

/** Strict UTF-8 to text: a byte order mark and white space at the ends go, line ends become "\n". Throws on anything else. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error("damaged: it is not UTF-8 text", { cause: error });
  }
  if (text.includes("\0")) throw new Error("damaged: it is not text");
  return text.replace(/\r\n?/g, "\n").trim();
}

/**
 * What stands between Project Gutenberg's "*** START OF" and "*** END OF" lines; a text without them is left as it is.
 * Throws if only the first is there: then the file was cut short.
 */
export function cutGutenbergLicence(text: string): string {
  const start = /^\*\*\* ?START OF .*$/m.exec(text);
  if (!start) return text;
  const end = /^\*\*\* ?END OF /m.exec(text);
  if (!end) throw new Error("cut short: it has no end mark");
  return text.slice(start.index + start[0].length, end.index).trim();
}

/** Throws unless these files can be the data set: not a web page, nothing empty, about the expected size. */
export function checkPlausible(files: TextFiles, { bytes }: Pick<DatasetInfo, "bytes">): void {
  let size = 0;
  for (const [name, text] of files) {
    if (/^\s*<(!doctype|html|\?xml)/i.test(text)) throw new Error(`${name} is a web page, not the text`);
    size += Buffer.byteLength(text);
  }
  if (size === 0) throw new Error("empty");
  if (size < 0.9 * bytes) throw new Error(`cut short: ${size} bytes of text, expected about ${bytes}`);
  if (size > 2 * bytes) throw new Error(`too long: ${size} bytes of text, expected about ${bytes}`);
}
