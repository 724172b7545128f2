/**
 * Names as examples for a classifier, in three parts: to learn from, to choose settings by, to judge by. The parts are
 * cut either between names, which is honest, or between lines, which lets a name stand on both sides.
 */
import type { Names } from "./names";
import { trainTestSplit } from "./split";

/** A name and the number of its language. */
export interface NameExample {
  name: string;
  /** Its language: a place in `classes`. */
  label: number;
}

/** Three parts of a list of names. */
export interface NameSplit {
  /** The languages, in the order of their numbers. */
  classes: string[];
  train: NameExample[];
  validation: NameExample[];
  test: NameExample[];
}

export interface NameSplitOptions {
  /**
   * What must not be torn apart. "name" (default): the examples are the distinct pairs of name and language, and a name,
   * whatever its case, is in one part only. "line": every line is an example, wherever else its name stands.
   */
  by?: "name" | "line";
  /** The seed of the split. */
  seed?: number;
  /** The share of names (or lines) for testing … */
  testSize?: number;
  /** … and of the rest for validation; 0 for none. */
  validationSize?: number;
}

/** Cuts names into parts at random; the same seed gives the same parts. Throws if a part would be empty. */
export function splitNames(
  names: Names,
  { by = "name", seed = 0, testSize = 0.2, validationSize = 0.1 }: NameSplitOptions = {},
): NameSplit {
  const classes = names.allCategories;
  const examples = classes.flatMap((language, label) => {
    const lines = names.categoryLines[language]!;
    return (by === "name" ? [...new Set(lines)] : lines).map((name): NameExample => ({ name, label }));
  });
  const cut = (all: NameExample[], share: number): [rest: NameExample[], part: NameExample[]] => {
    if (share === 0) return [all, []];
    const groups = by === "name" ? all.map(({ name }) => name.toLowerCase()) : undefined;
    const { train, test } = trainTestSplit(all.length, { testSize: share, randomState: seed, groups });
    return [Array.from(train, (i) => all[i]!), Array.from(test, (i) => all[i]!)];
  };
  const [rest, test] = cut(examples, testSize);
  const [train, validation] = cut(rest, validationSize);
  return { classes, train, validation, test };
}
