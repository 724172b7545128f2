/**
 * A classifier of texts by the runs of letters in them (n-grams): it knows which runs there are, not where they stand. The
 * strong classical baseline that a recurrent classifier has to beat.
 */
import type { NameExample } from "../data";
import type { TextClassifier } from "./classifier";
import { LogisticRegression, type LogisticRegressionOptions } from "./logistic-regression";

export interface NgramOptions {
  /** The shortest run … */
  from?: number;
  /** … and the longest. */
  to?: number;
}

/** All runs of `from` to `to` letters of a lower-cased text between its marks: "Li" → ^ l i $ ^l li i$ ^li li$ ^li$. */
export function ngrams(text: string, { from = 1, to = 4 }: NgramOptions = {}): string[] {
  const letters = [..."^", ...text.toLowerCase(), ..."$"];
  const runs: string[] = [];
  for (let n = from; n <= to; n++) {
    for (let begin = 0; begin + n <= letters.length; begin++) runs.push(letters.slice(begin, begin + n).join(""));
  }
  return runs;
}

/**
 * Logistic regression on the counts of n-grams, as scikit-learn's CountVectorizer(analyzer="char") and LogisticRegression;
 * n-grams that were not in the examples count for nothing.
 */
export class NgramClassifier implements TextClassifier {
  /** The n-grams of the examples and their numbers. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly regression: LogisticRegression;

  /** Fits to examples. Throws if there are none. */
  constructor(
    readonly classes: readonly string[],
    examples: readonly NameExample[],
    private readonly options: NgramOptions & LogisticRegressionOptions = {},
  ) {
    const numbers = new Map<string, number>();
    const rows = examples.map(({ name }) =>
      ngrams(name, options).map((run) => {
        if (!numbers.has(run)) numbers.set(run, numbers.size);
        return numbers.get(run)!;
      }),
    );
    this.vocabulary = numbers;
    const labels = examples.map(({ label }) => label);
    const sizes = { features: numbers.size, classes: classes.length };
    this.regression = new LogisticRegression(rows, labels, sizes, options);
  }

  predictProba(texts: readonly string[]): Float64Array[] {
    return texts.map((text) => {
      const known = ngrams(text, this.options).flatMap((run) => this.vocabulary.get(run) ?? []);
      return this.regression.predictProba(known);
    });
  }
}
