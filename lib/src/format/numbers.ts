/**
 * Numbers written the way Python writes them, so that a port prints the text of its original. JavaScript's own methods
 * differ in five places: ties (`toFixed` rounds 0.125 up to 0.13, Python to the even 0.12), the sign of −0, two digits in
 * exponents, a point in whole floats, and where exponents begin. Not a general format language: `f"{x:.2f}"`,
 * `f"{x:.2e}"`, `f"{x:,}"`, `f"{x:.0%}"` and `repr(x)` only.
 */

/** Python's word for a number that is not finite, or undefined. */
function notFinite(x: number): string | undefined {
  return Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : undefined;
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

function checkDigits(caller: string, digits: number): void {
  if (!Number.isInteger(digits) || digits < 0 || digits > 99) {
    throw new RangeError(`${caller}: expected a whole number of digits from 0 to 99, got ${digits}`);
  }
}

/**
 * `f"{x:.{digits}f}"`: rounded to `digits` decimals, exact ties to the even digit. With `separator`, `f"{x:,.{digits}f}"`.
 * Throws unless 0 ≤ digits ≤ 99.
 */
export function fixed(x: number, digits: number, { separator = "" }: { separator?: string } = {}): string {
  checkDigits("fixed", digits);
  const word = notFinite(x);
  if (word !== undefined) return word;
  const size = Math.abs(x);
  const text = size < 1e21 ? roundedToEven(size, digits) : wholeDigits(size, digits);
  return (isNegative(x) ? "-" : "") + (separator ? grouped(text, separator) : text);
}

function roundedToEven(size: number, digits: number): string {
  const up = size.toFixed(digits); // exact, but for ties, which go up
  // Only a multiple of 2^-(digits + 1) can lie half-way, and it has at most one decimal more.
  if (!Number.isInteger(size * 2 ** (digits + 1))) return up;
  const longer = size.toFixed(digits + 1);
  if (!longer.endsWith("5")) return up;
  const down = longer.slice(0, digits === 0 ? -2 : -1);
  return Number(down.at(-1)) % 2 === 0 ? down : up;
}

/** Beyond 10²¹, where `toFixed` gives up, every float is a whole number. */
function wholeDigits(size: number, digits: number): string {
  return BigInt(size).toString() + (digits > 0 ? "." + "0".repeat(digits) : "");
}

function grouped(text: string, separator: string): string {
  const [whole = "", decimals] = text.split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, separator);
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

/**
 * `f"{x:.{digits}e}"`: one digit, `digits` decimals and an exponent of at least two digits, `1.21e-05`; exact ties to the
 * even digit. Throws unless 0 ≤ digits ≤ 99.
 */
export function exp(x: number, digits: number): string {
  checkDigits("exp", digits);
  const word = notFinite(x);
  if (word !== undefined) return word;
  const size = Math.abs(x);
  const [exact = "", exactExponent = ""] = size.toExponential(100).split("e");
  const beyond = exact.slice(digits === 0 ? 2 : digits + 2); // what would be cut off
  const [up = "", upExponent = ""] = size.toExponential(digits).split("e");
  const kept = digits === 0 ? exact.slice(0, 1) : exact.slice(0, digits + 2);
  const isTieToEven = /^50*$/.test(beyond) && Number(kept.at(-1)) % 2 === 0;
  const mantissa = isTieToEven ? kept : up;
  return (isNegative(x) ? "-" : "") + mantissa + exponent(Number(isTieToEven ? exactExponent : upExponent));
}

function exponent(e: number): string {
  return `e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
}

/** `f"{x:.{digits}%}"`: 100 x and a percent sign. */
export function percent(x: number, digits = 0): string {
  return fixed(x * 100, digits) + "%";
}

/** `f"{n:,}"` of an integer: `58,429`. Throws unless n is a whole number. */
export function thousands(n: number): string {
  if (!Number.isInteger(n)) throw new RangeError(`thousands: expected a whole number, got ${n}; use fixed`);
  return fixed(n, 0, { separator: "," });
}

/** `repr(x)` of a float: the shortest digits that read back as x, `1.0`, `1e-05`, `1e+16`. */
export function repr(x: number): string {
  const word = notFinite(x);
  if (word !== undefined) return word;
  const [mantissa = "", power = ""] = Math.abs(x).toExponential().split("e");
  const sign = isNegative(x) ? "-" : "";
  const e = Number(power);
  if (e < -4 || e >= 16) return sign + mantissa + exponent(e);
  const figures = mantissa.replace(".", "");
  if (e < 0) return `${sign}0.${"0".repeat(-e - 1)}${figures}`;
  return `${sign}${figures.slice(0, e + 1).padEnd(e + 1, "0")}.${figures.slice(e + 1) || "0"}`;
}
