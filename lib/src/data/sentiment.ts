/**
 * The labelled sentences of the course: 240 short opinions written for it, half of them good. Turning sentences into token
 * numbers is left to the exercise "sentiment".
 */
import { readBuiltIn } from "./load";

/** A sentence and whether it praises (1) or not (0). */
export interface Opinion {
  label: 0 | 1;
  sentence: string;
}

/** Opinions from a table with the columns label (0 or 1) and sentence. Throws on a row that is not so. */
export function parseOpinions(table: string): Opinion[] {
  const [, ...rows] = table.trim().split(/\r?\n/);
  return rows.map((row, i) => {
    const [label, sentence] = row.split("\t");
    if ((label !== "0" && label !== "1") || !sentence) {
      throw new Error(
        `parseOpinions: expected 0 or 1, a tab and a sentence in line ${i + 2}, got ${JSON.stringify(row)}`,
      );
    }
    return { label: label === "1" ? 1 : 0, sentence };
  });
}

/**
 * The 240 opinions that come with the course. Most have a twin with the same words or one "not" more, and the opposite
 * label, so that counting good and bad words does not help.
 */
export async function loadOpinions(): Promise<Opinion[]> {
  return parseOpinions(await readBuiltIn("sentiment.tsv"));
}
