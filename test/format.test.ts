import { strict as assert } from "node:assert";
import { format } from "unrolled";
import fixture from "./fixtures/format.json";

/** Reads a number as Python's repr writes it. */
function parse(text: string): number {
  return text === "nan" ? NaN : text.endsWith("inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

describe("format of numbers, against Python's own text", () => {
  const numbers = fixture.numbers.map((row) => ({ ...row, number: parse(row.x) }));

  it(`writes repr of ${numbers.length} floats`, () => {
    for (const { x, number } of numbers) assert.equal(format.repr(number), x);
  });

  it("writes exponents with even ties and two digits", () => {
    for (const { x, number, exp } of numbers) {
      assert.deepEqual(
        [0, 1, 2, 4].map((digits) => format.exp(number, digits)),
        exp,
        x,
      );
    }
  });

  it("rounds to fixed decimals with even ties", () => {
    for (const { x, number, fixed } of numbers) {
      if (!fixed) continue;
      assert.deepEqual(
        [0, 1, 2, 3, 4].map((digits) => format.fixed(number, digits)),
        fixed,
        x,
      );
    }
  });

  it("writes percentages and thousands separators", () => {
    for (const { x, number, percent, separated } of numbers) {
      if (!percent) continue;
      assert.deepEqual([format.percent(number), format.percent(number, 1)], percent, x);
      assert.equal(format.fixed(number, 2, { separator: "," }), separated);
    }
    for (const [n, text] of fixture.containers.thousands) assert.equal(format.thousands(Number(n)), text);
  });

  it("refuses digits it cannot honour", () => {
    assert.throws(() => format.fixed(1, -1), /fixed: expected a whole number of digits from 0 to 99, got -1/);
    assert.throws(() => format.exp(1, 1.5), /exp: expected .* got 1.5/);
    assert.throws(() => format.thousands(1.5), /thousands: expected a whole number, got 1.5/);
  });
});

describe("format of containers, against Python's own text", () => {
  it("quotes and escapes strings", () => {
    for (const [s, text] of fixture.containers.strings) assert.equal(format.reprString(s!), text);
  });

  it("writes lists and dictionaries, with whole numbers as integers", () => {
    for (const [value, text] of fixture.containers.lists as [format.Printable, string][]) {
      assert.equal(
        Array.isArray(value) ? format.reprList(value) : format.reprDict(value as Record<string, number>),
        text,
      );
    }
    assert.equal(format.reprDict(new Map([[1, "a"]])), "{1: 'a'}");
  });

  it("writes numbers as floats if one of them is not whole, or the array is of floats", () => {
    assert.equal(format.reprList([1, 0.5, 1e-5, 3]), fixture.containers.floats);
    assert.equal(format.reprList(Float64Array.of(1, 0.5, 1e-5, 3)), fixture.containers.floats);
    assert.equal(format.reprList(Float32Array.of(1, 2)), "[1.0, 2.0]");
  });

  it("writes tuples and shapes", () => {
    assert.deepEqual([[], [5], [10, 1]].map(format.reprTuple), fixture.containers.tuples);
    assert.deepEqual([[], [5], [1, 5, 4]].map(format.torchSize), fixture.containers.sizes);
  });
});

describe("formatTensor, against PyTorch's own text", () => {
  interface Printed {
    values?: string[];
    ramp?: [number, number];
    shape: number[];
    dtype?: format.PrintedType;
    suffixes?: string[];
    text: string;
  }
  for (const { values, ramp, shape, dtype, suffixes, text } of fixture.tensors as Printed[]) {
    it(`prints ${dtype ?? "float32"} [${shape.join(", ")}] ${suffixes ?? ""} ${text.slice(0, 40).replace(/\s+/g, " ")}`, () => {
      const numbers = values ? values.map(parse) : Array.from({ length: ramp![0] }, (_, i) => i * ramp![1]);
      assert.equal(format.formatTensor(numbers, shape, { dtype, suffixes }), text);
    });
  }

  it("takes the element type from the array", () => {
    assert.equal(format.formatTensor(Int32Array.of(1, 2)), "tensor([1, 2])");
    assert.equal(format.formatTensor(Uint8Array.of(1, 0)), "tensor([ True, False])");
    assert.equal(format.formatTensor(Float64Array.of(1)), "tensor([1.], dtype=torch.float64)");
    assert.equal(format.formatTensor([1, 2]), "tensor([1., 2.])");
    assert.equal(format.formatTensor([0.28204999999999997]), "tensor([0.2821])"); // float32 first, as torch.tensor
  });

  it("names both when the shape does not fit", () => {
    assert.throws(() => format.formatTensor([1, 2, 3], [2, 2]), /expected 4 values for shape \[2, 2\], got 3/);
  });
});
