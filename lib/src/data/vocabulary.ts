/**
 * Vocabulary: which token has which number. Tokens are single characters (by code point, so an emoji is one token) or
 * words. Not an embedding: that is nn.Embedding, which turns these numbers into vectors.
 */

export interface VocabularyOptions {
  /** A token that stands for everything outside the vocabulary; without it an unknown token is an error. */
  unknown?: string;
  /** How numbers are given: "sorted" by code point, as Python's `sorted(set(text))` (default), or by first appearance. */
  order?: "sorted" | "appearance";
}

/** Compares two strings by code point, as Python's `sorted` does (JavaScript's own order is by UTF-16 unit). */
export function compareCodePoints(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A two-way table between V tokens and the numbers 0 … V − 1. */
export class Vocabulary {
  /** The tokens in the order of their numbers. */
  readonly tokens: readonly string[];
  /** The number of the token that stands for unknown ones, or undefined. */
  readonly unknownIndex: number | undefined;
  private readonly indices: ReadonlyMap<string, number>;

  /** Numbers the distinct tokens of `tokens`; throws if there is none. */
  constructor(tokens: Iterable<string>, { unknown, order = "sorted" }: VocabularyOptions = {}) {
    const distinct = [...new Set(tokens)];
    if (distinct.length === 0) throw new RangeError("Vocabulary: expected at least one token, got an empty text");
    if (order === "sorted") distinct.sort(compareCodePoints);
    if (unknown !== undefined && !distinct.includes(unknown)) distinct.push(unknown);
    this.tokens = distinct;
    this.indices = new Map(distinct.map((token, index) => [token, index]));
    this.unknownIndex = unknown === undefined ? undefined : this.indices.get(unknown);
  }

  /** The characters of a text: `sorted(set(text))` in Python. */
  static fromText(text: string, options: VocabularyOptions = {}): Vocabulary {
    return new Vocabulary(text, options);
  }

  /** V, the number of tokens. */
  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.indices.has(token);
  }

  /** The number of one token; throws if it is unknown and there is no token for unknown ones. */
  index(token: string): number {
    const index = this.indices.get(token) ?? this.unknownIndex;
    if (index === undefined) throw new RangeError(`Vocabulary.index: ${this.explain(token)}`);
    return index;
  }

  /** The token with this number; throws outside 0 … V − 1. */
  token(index: number): string {
    const token = this.tokens[index];
    if (token === undefined) {
      throw new RangeError(`Vocabulary.token: expected a whole number from 0 to ${this.size - 1}, got ${index}`);
    }
    return token;
  }

  /**
   * The numbers of a text's characters, or of a list of tokens: [T]. Throws on the first token it does not know and
   * names it, its position (in characters, from 0) and, for a text, what surrounds it.
   */
  encode(text: string | readonly string[]): Int32Array {
    // A string has at most as many code points as UTF-16 units, so one allocation is enough.
    const ids = new Int32Array(text.length);
    let length = 0;
    for (const token of text) {
      const index = this.indices.get(token) ?? this.unknownIndex;
      if (index === undefined) {
        const where = typeof text === "string" ? ` in ${excerpt([...text], length)}` : "";
        throw new RangeError(`Vocabulary.encode: ${this.explain(token)} at position ${length}${where}`);
      }
      ids[length++] = index;
    }
    return length === ids.length ? ids : ids.slice(0, length);
  }

  /** The text that these numbers stand for, tokens joined by `separator` ("" fits characters, " " words). */
  decode(ids: Iterable<number>, { separator = "" }: { separator?: string } = {}): string {
    const tokens: string[] = [];
    for (const id of ids) tokens.push(this.token(id));
    return tokens.join(separator);
  }

  private explain(token: string): string {
    const codePoint =
      [...token].length === 1 ? ` (U+${token.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})` : "";
    const other = token.toLowerCase() !== token && this.has(token.toLowerCase()) ? "; its lower case is known" : "";
    return `${JSON.stringify(token)}${codePoint} is not among the ${this.size} tokens of this vocabulary${other}`;
  }
}

/** Up to ten characters on each side of a position, quoted. */
function excerpt(characters: readonly string[], position: number): string {
  const from = Math.max(0, position - 10);
  const to = position + 11;
  const shown = characters.slice(from, to).join("");
  return JSON.stringify(`${from > 0 ? "…" : ""}${shown}${to < characters.length ? "…" : ""}`);
}
