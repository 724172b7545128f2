/**
 * Keeps what the fidelity tests find, for the page that `npm run fidelity` writes: with UNROLLED_FIDELITY set to a file,
 * everything recorded goes there when the tests end.
 */
import { writeFileSync } from "node:fs";
import { backend } from "unrolled";
import { numpy } from "../fixtures/b-scratch.json";
import { torch } from "../fixtures/fidelity-series.json";
import type { Pair } from "./figures";

/** What became of the figures and texts of one cell of an original. */
export interface PrintedRecord {
  notebook: string;
  cell: number;
  /** The ids of the port's cells. */
  port: string[];
  figures: number;
  /** The figures that are not reproduced exactly. */
  others: Pair[];
  texts: number;
  missing: string[];
  /** Why the cell was not compared. */
  note?: string;
}

/** How far one series is from another: the largest relative difference, and the first place where it passes 1e-6. */
export interface Difference {
  largest: number;
  first: number | null;
}

/** One series of numbers computed by the library, against PyTorch or NumPy with the same seed. */
export interface SeriesRecord {
  notebook: string;
  what: string;
  seed: string;
  values: number;
  ours: Difference;
  /** The same for PyTorch or NumPy against itself, by what was changed. */
  itself: Record<string, Difference>;
  /** First weights equal to the last bit, and texts equal: how many of how many. */
  weights?: boolean;
  texts?: readonly [equal: number, all: number];
  /** What the trained model scores: ours, PyTorch's, and PyTorch's when something is changed. */
  accuracy?: { ours: number; theirs: number; itself: Record<string, number> };
}

const printed: PrintedRecord[] = [];
const series: SeriesRecord[] = [];

export const record = {
  printed: (row: PrintedRecord) => void printed.push(row),
  series: (row: SeriesRecord) => void series.push(row),
};

process.once("exit", () => {
  if (process.env.UNROLLED_FIDELITY)
    writeFileSync(
      process.env.UNROLLED_FIDELITY,
      JSON.stringify({ engine: String(backend), torch, numpy, printed, series }),
    );
});

/**
 * Compares two series of the same length. A value below `floor` counts as the floor: a loss of 0.001 in single precision is
 * the small difference of numbers near 1, and has fewer digits.
 */
export function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>, floor = 0.01): Difference {
  const apart = Array.from(theirs, (x, i) => Math.abs(ours[i] - x) / Math.max(Math.abs(x), floor) || 0);
  const first = apart.findIndex((d) => d > 1e-6);
  return { largest: Math.max(...apart), first: first < 0 ? null : first };
}
