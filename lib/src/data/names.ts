/**
 * Names and their languages: reading them, folding them to plain letters, one-hot tensors of letters. For batches of many
 * names see sequences.ts.
 */
import fs from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { decodeText, detectEncoding } from "./encoding";
import { allLetters, nLetters, unicodeToAscii } from "./letters";
import { loadFiles, type LoadedFiles, type LoadOptions } from "./load";
import { compareCodePoints } from "./vocabulary";

/** The longest line that is taken for a name. */
const LONGEST = 200;

/** Names by language. */
export interface Names {
  /** The languages, sorted. */
  allCategories: string[];
  /** The folded names of each language, in the order of its file, repetitions kept. */
  categoryLines: Record<string, string[]>;
  /** The number of names in all. */
  total: number;
  /**
   * What was left out, and what is unusual: empty files, names that fold to nothing, languages with a single name, files
   * that are not UTF-8. Blank lines are not mentioned.
   */
  notes: string[];
}

export interface NamesOptions {
  /** The characters that names may keep: `allLetters` unless given; add " " to keep "De Luca" apart from "Deluca", "ä" to keep ä. */
  letters?: string;
}

/**
 * Names from texts of one name a line: file name → text. Texts of one language are joined in their order.
 * Throws on a line of more than 200 characters, which is no name, and if there is no name at all.
 */
export function parseNames(
  files: Iterable<readonly [name: string, text: string]>,
  { letters = allLetters }: NamesOptions = {},
): Names {
  const languages = new Map<string, string[]>();
  const notes: string[] = [];
  for (const [file, text] of files) {
    const category = file.replace(/\.txt$/i, "");
    const { names, lost } = parseLines(file, text, letters);
    if (lost.length > 0) {
      notes.push(
        `${category}: ${lost.length} without a single plain letter left out, such as ${JSON.stringify(lost[0])}`,
      );
    }
    languages.set(category, [...(languages.get(category) ?? []), ...names]); // one's own file may add to a language
  }
  for (const [category, { length }] of languages) {
    if (length === 0) notes.push(`${category}: no names`);
    if (length === 1) notes.push(`${category}: a single name, which can be learned or judged by, not both`);
  }
  const categories = [...languages].filter(([, names]) => names.length > 0);
  categories.sort(([a], [b]) => compareCodePoints(a, b));
  const total = categories.reduce((sum, [, names]) => sum + names.length, 0);
  if (total === 0) throw new Error("parseNames: expected one name a line, got no name at all");
  return {
    allCategories: categories.map(([category]) => category),
    categoryLines: Object.fromEntries(categories),
    total,
    notes,
  };
}

/**
 * Names from a folder of *.txt, one file for each language; any common encoding and line end.
 * Throws if there is no such folder, no name in it or a file that is no text, and as `parseNames`.
 */
export async function readNames(folder: string, options: NamesOptions = {}): Promise<Names> {
  const entries = await fs.readdir(folder).catch((error: Error) => {
    throw new Error(`readNames: expected a folder with one .txt for each language: ${error.message}`, { cause: error });
  });
  const files: [string, string][] = [];
  const notes: string[] = [];
  for (const name of entries.filter((entry) => /^[^.].*\.txt$/i.test(entry)).sort(compareCodePoints)) {
    const bytes = await fs.readFile(path.join(folder, name));
    const encoding = detectEncoding(bytes);
    if (encoding !== "utf-8") notes.push(`${name}: read as ${encoding}`);
    try {
      files.push([name, decodeText(bytes)]);
    } catch (error) {
      throw new Error(`readNames: ${name}: ${(error as Error).message}`, { cause: error });
    }
  }
  if (files.length === 0) throw new Error(`readNames: no .txt file in ${folder}`);
  const names = parseNames(files, options);
  return { ...names, notes: [...notes, ...names.notes] };
}

/** The course's names, and where they were found: the PyTorch tutorials' or the smaller built-in list (see load.ts). */
export async function loadNames(options: LoadOptions & NamesOptions = {}): Promise<Names & LoadedFiles> {
  const loaded = await loadFiles("names", options);
  const names = parseNames(loaded.files, options);
  return {
    ...loaded,
    ...names,
    notes: [...loaded.notes, ...names.notes],
    toString: () => [String(loaded), ...names.notes.map((note) => `  ${note}`)].join("\n"),
  };
}

/** The number of a letter in `allLetters`; throws for any other character (Python's `find` would answer −1). */
export function letterToIndex(letter: string): number {
  const index = letter.length === 1 ? allLetters.indexOf(letter) : -1;
  if (index < 0) {
    throw new RangeError(
      `letterToIndex: expected one of the ${nLetters} letters, got ${JSON.stringify(letter)}; fold the name with unicodeToAscii first`,
    );
  }
  return index;
}

/** One letter as a one-hot tensor [1, 56]. */
export function letterToTensor(letter: string): tf.Tensor2D {
  const data = new Float32Array(nLetters);
  data[letterToIndex(letter)] = 1;
  return tf.tensor2d(data, [1, nLetters]);
}

/** A name as one-hot tensors of its letters: [T, 1, 56]. Throws on an empty name and on a character that is no letter. */
export function nameToTensor(name: string): tf.Tensor3D {
  if (name === "") throw new RangeError("nameToTensor: expected a name, got an empty one");
  const data = new Float32Array(name.length * nLetters);
  for (let t = 0; t < name.length; t++) data[t * nLetters + letterToIndex(name[t]!)] = 1;
  return tf.tensor3d(data, [name.length, 1, nLetters]);
}

function parseLines(file: string, text: string, letters: string): { names: string[]; lost: string[] } {
  const names: string[] = [];
  const lost: string[] = [];
  text.split(/\r\n|\r|\n/).forEach((line, index) => {
    if (line.length > LONGEST) {
      throw new Error(
        `parseNames: ${file}, line ${index + 1} has ${line.length} characters: expected one name of at most ${LONGEST}`,
      );
    }
    const name = unicodeToAscii(line.trim(), letters);
    if (name !== "") names.push(name);
    else if (line.replace("\ufeff", "").trim() !== "") lost.push(line.trim());
  });
  return { names, lost };
}
