import { strict as assert } from "node:assert";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadSafetensors, nn, saveSafetensors, tf } from "unrolled";
import { assertClose } from "./close";

const fixture = (name: string) => path.join(__dirname, "fixtures", name);

describe("safetensors", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "safetensors-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("reads every type that Python's safetensors writes", async () => {
    const dict = await loadSafetensors(fixture("python.safetensors"));
    const expected: Record<string, [type: string, shape: number[], values: number[]]> = {
      F64: ["float32", [2], [1 / 3, -Infinity]],
      F32: ["float32", [2, 3], [0, 1 / 7, 2 / 7, 3 / 7, 4 / 7, 5 / 7]],
      F16: ["float32", [7], [0, 1, -2.5, 0.333251953125, 65504, 2 ** -24, Infinity]],
      BF16: ["float32", [4], [1, -2.5, 3.140625, 1.0002555517425873e30]],
      I64: ["int32", [2, 1], [-1, 2 ** 31 - 1]],
      I32: ["int32", [2], [-7, 7]],
      I16: ["int32", [2], [-300, 300]],
      I8: ["int32", [2], [-3, 3]],
      U8: ["int32", [2], [0, 255]],
      BOOL: ["bool", [3], [1, 0, 1]],
      scalar: ["float32", [], [2.5]],
      empty: ["float32", [0, 3], []],
    };
    assert.deepEqual(Object.keys(dict).sort(), Object.keys(expected).sort());
    for (const [name, [type, shape, values]] of Object.entries(expected)) {
      assert.equal(dict[name].dtype, type, name);
      assert.deepEqual(dict[name].shape, shape, name);
      const rounded = type === "float32" ? values.map(Math.fround) : values;
      assert.deepEqual(Array.from(dict[name].dataSync()), rounded, name);
    }
  });

  it("writes the bytes that Python's safetensors writes", async () => {
    const file = path.join(folder, "model.safetensors");
    await saveSafetensors(file, { "fc.bias": tf.tensor([0.5, -0.5]), "fc.weight": tf.reshape(tf.range(0, 6), [2, 3]) });
    assert.deepEqual(readFileSync(file), readFileSync(fixture("model.safetensors")));
    assert.deepEqual(readdirSync(folder), ["model.safetensors"], "nothing else is left behind");
  });

  it("brings a model back", async () => {
    const file = path.join(folder, "round trip.safetensors");
    const [from, to] = [new nn.Linear(3, 2), new nn.Linear(3, 2)];
    const x = tf.ones([1, 3]);
    const before = from.forward(x).dataSync().slice();
    const saving = saveSafetensors(file, from.stateDict());
    from.weight.assign(tf.zerosLike(from.weight)); // what is saved is the moment of the call
    await saving;
    to.loadStateDict(await loadSafetensors(file));
    assertClose(to.forward(x), before);
  });

  it("keeps names in any language, numbers and flags", async () => {
    const file = path.join(folder, "types.safetensors");
    await saveSafetensors(file, {
      "größe 大": tf.tensor1d([1, -2], "int32"),
      flags: tf.tensor1d([true, false, true], "bool"),
      one: tf.scalar(0.1),
    });
    const dict = await loadSafetensors(file);
    assert.deepEqual(
      Object.entries(dict).map(([name, { dtype, shape }]) => [name, dtype, shape]),
      [
        ["größe 大", "int32", [2]],
        ["flags", "bool", [3]],
        ["one", "float32", []],
      ],
    );
    assert.deepEqual(Array.from(dict.flags.dataSync()), [1, 0, 1]);
  });

  it("says what is wrong with a file", async () => {
    const good = readFileSync(fixture("model.safetensors"));
    const headerLength = Number(good.readBigUInt64LE());
    const withHeader = (header: unknown) => {
      const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, text, good.subarray(8 + headerLength)]);
    };
    const tensor = (shape: unknown, offsets: unknown, dtype = "F32") => ({ dtype, shape, data_offsets: offsets });
    const cases: [bytes: Buffer, message: RegExp][] = [
      [Buffer.from("PK"), /expected at least 8 bytes, got 2/],
      [Buffer.from("this is no such file"), /its header should have \d+ bytes, but 12 follow/],
      [good.subarray(0, -4), /ends at byte 32 of 28/],
      [Buffer.concat([good, Buffer.alloc(3)]), /expected 32 bytes of numbers, got 35/],
      [withHeader("{"), /its header is not JSON/],
      [withHeader("[1]"), /its header is not a JSON object/],
      [withHeader({ a: 1 }), /the entry of "a" is incomplete/],
      [withHeader({ a: tensor([-1], [0, 4]) }), /the entry of "a" is incomplete/],
      [withHeader({ a: tensor([8], [0, 32], "Q4") }), /"a" has type Q4; expected one of F32/],
      [withHeader({ a: tensor([7], [0, 32]) }), /"a" of shape \[7\] needs 28 bytes, but has 32/],
      [withHeader({ a: tensor([7], [4, 32]) }), /the numbers of "a" should start at byte 0, not 4/],
      [withHeader({ a: tensor([4], [0, 16]), b: tensor([5], [12, 32]) }), /"b" should start at byte 16, not 12/],
      [withHeader({ a: tensor([4], [0, 32], "I64") }), /"a": .* does not fit into int32/],
    ];
    const file = path.join(folder, "bad.safetensors");
    const tensors = tf.memory().numTensors;
    for (const [bytes, message] of cases) {
      writeFileSync(file, bytes);
      await assert.rejects(loadSafetensors(file), (error: Error) => {
        assert.match(error.message, message);
        assert.match(error.message, /^loadSafetensors: .*bad\.safetensors is damaged or not a safetensors file: /);
        return true;
      });
    }
    assert.equal(tf.memory().numTensors, tensors, "tensors read before the error are freed");
    await assert.rejects(loadSafetensors(path.join(folder, "none")), /loadSafetensors: cannot read .*none: ENOENT/);
  });

  it("says what it cannot write, and leaves the old file", async () => {
    const file = path.join(folder, "old.safetensors");
    await saveSafetensors(file, { a: tf.scalar(1) });
    await assert.rejects(
      saveSafetensors(file, { a: tf.scalar("text") as tf.Tensor }),
      /expected float32, .* got string/,
    );
    await assert.rejects(saveSafetensors(file, { __metadata__: tf.scalar(1) }), /reserves the name "__metadata__"/);
    await assert.rejects(saveSafetensors(path.join(folder, "no", "x"), {}), /saveSafetensors: cannot write .*ENOENT/);
    assert.deepEqual((await loadSafetensors(file)).a.dataSync(), Float32Array.of(1));
  });
});
