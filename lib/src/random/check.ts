/** Argument checks shared by the two generators; their errors name the caller. Not exported by the library. */

/** Throws unless `n` is a whole number ≥ 0. */
export function checkCount(caller: string, n: number): void {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new RangeError(`${caller}: expected a size that is a whole number >= 0, got ${n}`);
  }
}

/** Throws unless low < high are whole numbers; an array of them must also fit into an Int32Array. */
export function checkIntegerRange(caller: string, low: number, high: number, asArray: boolean): void {
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
    throw new RangeError(`${caller}: expected whole numbers low and high, got low = ${low}, high = ${high}`);
  }
  if (low >= high) throw new RangeError(`${caller}: expected low < high, got low = ${low}, high = ${high}`);
  if (asArray && (low < -(2 ** 31) || high > 2 ** 31)) {
    throw new RangeError(
      `${caller}: an array holds 32-bit integers, got low = ${low}, high = ${high}; ask for one number at a time`,
    );
  }
}
