/**
 * Pairs of texts made by a rule, for models that turn one sequence into another: words and their reversals, dates as people
 * write them and as computers do. Made from a seed, so that everyone has the same.
 */
import { TorchGenerator } from "../random";

/** What goes in and what shall come out. */
export interface TextPair {
  source: string;
  target: string;
}

export interface ReversalOptions {
  letters?: string;
  minLength?: number;
  maxLength?: number;
  seed?: number;
}

/** Strings of random letters and the same from behind: "acb" → "bca". Throws unless 1 ≤ minLength ≤ maxLength. */
export function reversalPairs(
  count: number,
  { letters = "abcdefgh", minLength = 2, maxLength = 6, seed = 1 }: ReversalOptions = {},
): TextPair[] {
  if (!(minLength >= 1 && minLength <= maxLength)) {
    throw new RangeError(`reversalPairs: expected 1 ≤ minLength ≤ maxLength, got ${minLength} and ${maxLength}`);
  }
  const generator = new TorchGenerator(seed);
  return Array.from({ length: count }, () => {
    const length = generator.randint(minLength, maxLength + 1, 1)[0]!;
    const source = Array.from(generator.randint(0, letters.length, length), (i) => letters[i]!);
    return { source: source.join(""), target: source.reverse().join("") };
  });
}

const months = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
]; // prettier-ignore

export interface DateOptions {
  firstYear?: number;
  lastYear?: number;
  seed?: number;
}

/**
 * Random days in one of three ways of writing, and as ISO 8601: "3 March 2021", "March 3, 2021" or "3 Mar 2021" →
 * "2021-03-03". Years from firstYear to lastYear, both included.
 */
export function datePairs(
  count: number,
  { firstYear = 2000, lastYear = 2029, seed = 1 }: DateOptions = {},
): TextPair[] {
  if (!(firstYear >= 1000 && firstYear <= lastYear && lastYear <= 9999)) {
    throw new RangeError(`datePairs: expected 1000 ≤ firstYear ≤ lastYear ≤ 9999, got ${firstYear} and ${lastYear}`);
  }
  const generator = new TorchGenerator(seed);
  const first = Date.UTC(firstYear, 0, 1);
  const days = Math.round((Date.UTC(lastYear + 1, 0, 1) - first) / 86_400_000);
  const drawn = generator.randint(0, days, count);
  const styles = generator.randint(0, 3, count);
  return Array.from({ length: count }, (_, i) => {
    const date = new Date(first + drawn[i]! * 86_400_000);
    const [day, month, year] = [date.getUTCDate(), months[date.getUTCMonth()]!, date.getUTCFullYear()];
    const written = [`${day} ${month} ${year}`, `${month} ${day}, ${year}`, `${day} ${month.slice(0, 3)} ${year}`];
    return { source: written[styles[i]!]!, target: date.toISOString().slice(0, 10) };
  });
}
