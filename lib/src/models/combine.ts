/** Classifiers that are made of others, or of nothing but counts. */
import type { NameExample } from "../data";
import { checkLabels, type TextClassifier } from "./classifier";

/** The mean of the probabilities of several classifiers. Throws if there is none or their classes differ. */
export class Ensemble implements TextClassifier {
  readonly classes: readonly string[];

  constructor(private readonly members: readonly TextClassifier[]) {
    if (members.length === 0) throw new RangeError("Ensemble: expected at least one classifier, got none");
    this.classes = members[0]!.classes;
    const other = members.find(({ classes }) => classes.join("\n") !== this.classes.join("\n"));
    if (other) {
      throw new Error(
        `Ensemble: expected the same classes in all, got ${this.classes.join(", ")} and ${other.classes.join(", ")}`,
      );
    }
  }

  predictProba(texts: readonly string[]): Float64Array[] {
    const each = this.members.map((member) => member.predictProba(texts));
    return texts.map((_, i) => {
      const mean = new Float64Array(this.classes.length);
      for (const rows of each) rows[i]!.forEach((p, j) => (mean[j]! += p / each.length));
      return mean;
    });
  }
}

/** The shares of the classes among the examples, whatever the text: what any model must beat. Throws if there are none. */
export class MajorityClassifier implements TextClassifier {
  private readonly shares: Float64Array;

  constructor(
    readonly classes: readonly string[],
    examples: readonly NameExample[],
  ) {
    if (examples.length === 0) throw new RangeError("MajorityClassifier: expected at least one example, got none");
    const labels = examples.map(({ label }) => label);
    checkLabels("MajorityClassifier", labels, classes.length);
    this.shares = new Float64Array(classes.length);
    for (const label of labels) this.shares[label]! += 1 / labels.length;
  }

  predictProba(texts: readonly string[]): Float64Array[] {
    return texts.map(() => this.shares.slice());
  }
}
