/**
 * What the tests of the ladder share: matrices out of JSON and out of a seeded generator, and the parameters of a plain RNN
 * of any shape. A Matrix is a record {rows, cols, data} here; the learner's function receives a real one.
 */
import { matrix } from "../../../scripts/grade/expect.mjs";
import type { RandomState } from "../../../lib/src/random";

export type PlainMatrix = ReturnType<typeof matrix>;

interface JsonMatrix {
  rows: number;
  cols: number;
  data: readonly number[];
}

type WithMatrices<T> = T extends JsonMatrix
  ? PlainMatrix
  : T extends readonly (infer U)[]
    ? WithMatrices<U>[]
    : T extends object
      ? { [K in keyof T]: WithMatrices<T[K]> }
      : T;

/** Every {rows, cols, data} in a value out of JSON as a matrix. */
export function withMatrices<T>(json: T): WithMatrices<T> {
  const visit = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(visit);
    if ("rows" in value) {
      const { rows, cols, data } = value as unknown as JsonMatrix;
      return matrix(rows, cols, data);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return visit(json) as WithMatrices<T>;
}

/** A column [n, 1]. */
export function column(...values: number[]): PlainMatrix {
  return matrix(values.length, 1, values);
}

/** Normals of the given size. */
export function randomMatrix(random: RandomState, rows: number, cols: number, size = 1): PlainMatrix {
  return matrix(
    rows,
    cols,
    random.randn(rows * cols).map((x) => size * x),
  );
}

/** The parameters of a plain RNN with D inputs, H hidden units and V outputs. */
export function randomParameters(random: RandomState, [D, H, V]: readonly [D: number, H: number, V: number]) {
  return {
    Wxh: randomMatrix(random, H, D, 0.5),
    Whh: randomMatrix(random, H, H, 0.5),
    Why: randomMatrix(random, V, H, 0.5),
    bh: randomMatrix(random, H, 1, 0.5),
    by: randomMatrix(random, V, 1, 0.5),
  };
}
