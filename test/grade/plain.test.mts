// What crosses between the judge and a learner's process, where the learner's code may have changed the language's objects.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";

interface Plain {
  encode(value: unknown): unknown;
  revive(value: unknown): unknown;
  describeError(error: unknown): { name: string; message: string; kind: string };
}

const { encode, revive, describeError } = createRequire(import.meta.url)("../../scripts/grade/plain.cjs") as Plain;

/** The result of a function while prototypes have these properties; nothing else, such as mocha, is to meet them. */
function withPrototypes<T>(properties: [object, string, PropertyDescriptor][], work: () => T): T {
  for (const [prototype, name, descriptor] of properties)
    Object.defineProperty(prototype, name, { ...descriptor, configurable: true });
  try {
    return work();
  } finally {
    for (const [prototype, name] of properties) Reflect.deleteProperty(prototype, name);
  }
}

describe("what the judge sends", () => {
  it("is read by no setter of a prototype", () => {
    let seen = 0;
    const set = () => void seen++;
    const got = withPrototypes(
      [
        [Object.prototype, "targets", { set }],
        [Array.prototype, "0", { set }],
      ],
      () => revive({ targets: [7] }),
    );
    assert.equal(seen, 0);
    assert.deepEqual(got, { targets: [7] });
  });

  it("arrives although every object has a `get`", () => {
    const got = withPrototypes([[Object.prototype, "get", { value: () => 1 }]], () => [
      revive({ targets: [7] }),
      encode({ loss: 2 }),
    ]);
    assert.deepEqual(got, [{ targets: [7] }, { loss: 2 }]);
  });
});

describe("what the child sends", () => {
  it("has no more text in keys, names of classes and numbers than in strings", () => {
    assert.throws(
      () => encode({ ["x".repeat(4e7)]: 1 }),
      /more than 4,000,000 entries \(8 characters of text are one\)/,
    );
    class Named {}
    Object.defineProperty(Named, "name", { value: "y".repeat(1e6) });
    assert.deepEqual(encode(new Named()), { $: `a ${"y".repeat(80)}…` });
    assert.deepEqual(encode(1n << 100_000n), { $: "a huge bigint" });
    assert.equal(encode(7n), 7n);
  });

  it("knows an error by what it is, not by its name and message", () => {
    assert.equal(describeError(new RangeError("no")).kind, "RangeError");
    assert.equal(describeError(new (class Unknown extends RangeError {})("no")).kind, "RangeError");
    assert.equal(describeError(Object.assign(new Error("f threw RangeError: "), { name: "RangeError" })).kind, "Error");
  });
});
