/** Comparing numbers and tensors in tests. */
import { strict as assert } from "node:assert";
import type { tf } from "unrolled";

/** The largest |a − b| / max(1, largest |b|), which is Infinity if the lengths differ or a number is not finite. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    const gap = Math.abs(actual[i] - expected[i]);
    worst = Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
  }
  return worst / scale;
}

/** Asserts that numbers agree to `tolerance`, relative to the largest one (or 1). */
export function assertClose(
  actual: ArrayLike<number> | tf.Tensor,
  expected: ArrayLike<number>,
  what = "values",
  tolerance = 1e-6,
): void {
  const numbers = "dataSync" in actual ? actual.dataSync() : actual;
  const gap = distance(numbers, expected);
  const show = (list: ArrayLike<number>) => Array.from(list).slice(0, 8).join(", ");
  assert.ok(gap <= tolerance, `${what}: off by ${gap}\n  got      ${show(numbers)}\n  expected ${show(expected)}`);
}
