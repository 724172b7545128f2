/**
 * Figures and texts in what a program prints, and how many of the expected ones are there. Knows nothing of notebooks.
 */

const number = /(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])/g;

/** All numbers in a text, as printed: `58,429`, `-0.7762`, `1.21e-05`. A digit inside a word (`x0`) is none. */
export function figuresIn(text: string): string[] {
  return [...text.matchAll(number)].map(([figure]) => figure);
}

/** An expected figure and the one that stands in its place, if any. */
export interface Pair {
  expected: string;
  got: string | undefined;
}

/**
 * Lays two lists of figures side by side: as many equal pairs as possible, in order (a longest common subsequence). An
 * expected figure without an equal is paired with one that is left over at the same place; `extra` counts the rest.
 */
export function align(expected: readonly string[], got: readonly string[]): { pairs: Pair[]; extra: number } {
  // length[i][j]: the longest common subsequence of expected[i…] and got[j…].
  const length = Array.from({ length: expected.length + 1 }, () => new Array<number>(got.length + 1).fill(0));
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = got.length - 1; j >= 0; j--) {
      length[i][j] = expected[i] === got[j] ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const pairs: Pair[] = [];
  let left: string[] = []; // got since the last equal pair
  let open: Pair[] = []; // expected since then, and not found
  let extra = 0;
  const close = () => {
    open.forEach((pair, k) => (pair.got = left[left.length - open.length + k]));
    extra += Math.max(0, left.length - open.length);
    left = [];
    open = [];
  };
  for (let i = 0, j = 0; i < expected.length || j < got.length;) {
    if (i < expected.length && j < got.length && expected[i] === got[j]) {
      close();
      pairs.push({ expected: expected[i++], got: got[j++] });
    } else if (j < got.length && (i === expected.length || length[i][j + 1] >= length[i + 1][j])) {
      left.push(got[j++]);
    } else {
      const pair: Pair = { expected: expected[i++], got: undefined };
      open.push(pair);
      pairs.push(pair);
    }
  }
  close();
  return { pairs, extra };
}

/** The expected texts that are not found in order, each up to a space, a comma or the end of its line. */
export function missingTexts(expected: readonly string[], printed: string): string[] {
  let from = 0;
  return expected.filter((text) => {
    for (let at = printed.indexOf(text, from); at >= 0; at = printed.indexOf(text, at + 1)) {
      const before = printed[at - 1] ?? "\n";
      const after = printed[at + text.length] ?? "\n";
      if (!" \n".includes(before) || !" ,\n".includes(after)) continue;
      from = at + text.length;
      return false;
    }
    return true;
  });
}
