// The comparisons of the judge's tests: what must not slip through, and what a beginner reads.
import { strict as assert } from "node:assert";
import {
  between,
  close,
  different,
  finite,
  isProbability,
  matrix,
  same,
  shape,
  unchanged,
} from "../../scripts/grade/expect.mjs";

const fails = (work: () => void, message: RegExp) => assert.throws(work, { name: "Mismatch", message });

describe("close", () => {
  it("takes numbers within the tolerance, in arrays, matrices and records", () => {
    close(1 + 1e-9, 1);
    close([1, 2], Float64Array.of(1, 2));
    close({ h: [[1], [2]], loss: 0.5 }, { h: [[1], [2]], loss: 0.5 });
    close(matrix(1, 2, [1, 2]), matrix(1, 2, [1, 2]));
    close([NaN, Infinity, 0], [NaN, Infinity, -0]);
    close(100, 101, { rtol: 0.02 });
  });

  it("lets neither NaN nor Infinity slip through", () => {
    fails(() => close(NaN, 1), /expected 1\n {2}got {6}NaN/);
    fails(() => close(Infinity, 1e308), /got {6}Infinity/);
    fails(() => close(1, NaN), /expected NaN/);
    fails(() => close(1, Infinity, { rtol: 1 }), /expected Infinity/);
    fails(() => close([1, NaN], [1, 2]), /the result\[1\] is wrong \(1 of 2 numbers differ\)/);
  });

  it("compares kind and shape before numbers", () => {
    fails(() => close("1", 1), /^wrong kind: the result\n {2}expected a number\n {2}got {6}a string, "1"/);
    fails(() => close([[1, 2]], [1, 2]), /^wrong shape: the result\n {2}expected \[2\]\n {2}got {6}\[1, 2\]/);
    fails(() => close([1], 1), /expected a number/);
    fails(
      () => close({ rows: 2, cols: 1, data: [1, 2] }, matrix(2, 1, [1, 2])),
      /expected a Matrix \[2, 1\]\n {2}got {6}an object with rows, cols, data; its data is an array: use Float64Array\.from\(…\)/,
    );
    fails(() => close(matrix(1, 2, [1, 2]), matrix(2, 1, [1, 2])), /expected \[2, 1\]\n {2}got {6}\[1, 2\]/);
    fails(() => close([1, "2"], [1, 2]), /got/);
    fails(() => close(undefined, [1]), /nothing \(undefined\): is there a `return`\?/);
    fails(() => close({ h: 1 }, { h: 1, c: 2 }), /has no "c"/);
    fails(() => close({ h: 1, c: 2 }, { h: 1 }), /a "c" too many/);
  });

  it("names the first place that differs, the numbers and the hint", () => {
    const got = [[1, 2], [3, 5]]; // prettier-ignore
    fails(
      () => close(got, [[1, 2], [3, 4]], { what: "h", hint: "mind the order" }), // prettier-ignore
      /^h\[1, 1\] is wrong \(1 of 4 numbers differ\)\n {2}expected 4\n {2}got {6}5\n {2}hint: mind the order$/,
    );
  });

  it("shows as many digits as it takes to see the difference", () => {
    fails(
      () => close(0.123456789, 0.123456788, { atol: 0, rtol: 0 }),
      /expected 0\.123456788\n {2}got {6}0\.123456789/,
    );
  });
});

describe("the other comparisons", () => {
  it("hold for what is right", () => {
    same(["a", 1, true, null], ["a", 1, true, null]);
    isProbability([0.25, 0.75]);
    finite({ a: [1, 2], b: 3 });
    shape([[1, 2, 3]], [1, 3]);
    between(2, 1, 2);
    different([1], [2]);
    unchanged([1], [1]);
  });

  it("fail for what is not", () => {
    fails(() => same(1 + 1e-12, 1), /is wrong/);
    fails(() => same(null, "a"), /wrong kind/);
    fails(() => isProbability([0.5, 0.6]), /does not sum to 1\n {2}expected 1\n {2}got {6}1\.1/);
    fails(() => isProbability([1.5, -0.5]), /is no probability/);
    fails(() => isProbability([NaN, 1]), /not finite/);
    fails(() => isProbability("1"), /expected numbers/);
    fails(() => finite({ a: [1, Infinity] }), /Infinity/);
    fails(() => shape([[1], [2, 3]], [2, 1]), /wrong kind/);
    fails(() => between(NaN, 0, 1), /out of range/);
    fails(() => different([1, 2], [1, 2]), /are equal/);
    fails(() => unchanged([2], [1]), /was changed by the call/);
  });
});
