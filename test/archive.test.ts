import { strict as assert } from "node:assert";
import zlib from "node:zlib";
import { data } from "unrolled";

interface Entry {
  name: string;
  content: string | Buffer;
  /** What the directory claims instead of the truth. */
  size?: number;
  crc?: number;
  flags?: number;
  stored?: boolean;
}

/** A zip archive, header by header, so that any of them can lie. */
function zip(entries: Entry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, flags = 0, stored = false, ...claim } of entries) {
    const plain = Buffer.from(content);
    const packed = stored ? plain : zlib.deflateRawSync(plain);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt32LE(claim.crc ?? zlib.crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claim.size ?? plain.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), fields, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const read = (bytes: Uint8Array, options: Partial<data.ReadZipOptions> = {}) =>
  [...data.readZip(bytes, { match: /\.txt$/, ...options })].map(([name, content]) => [name, content.toString()]);

describe("data.readZip", () => {
  it("reads the files that match, packed or stored, and empty ones", () => {
    const archive = zip([
      { name: "data/", content: "", stored: true },
      { name: "data/a.txt", content: "Ångström\n".repeat(100) },
      { name: "data/b.txt", content: "stored", stored: true },
      { name: "data/empty.txt", content: "" },
      { name: "data/c.bin", content: "no text" },
    ]);
    assert.deepEqual(read(archive), [
      ["data/a.txt", "Ångström\n".repeat(100)],
      ["data/b.txt", "stored"],
      ["data/empty.txt", ""],
    ]);
  });

  it("refuses paths that leave the folder, even of files that nobody asked for", () => {
    for (const name of [
      "../evil.txt",
      "a/../../evil.txt",
      "/etc/passwd",
      "C:\\evil.txt",
      "a\\..\\b",
      "a/..",
      "a\0.bin",
    ]) {
      assert.throws(
        () => read(zip([{ name, content: "x" }])),
        /not a sound zip archive: the path .* leaves its folder/,
        name,
      );
    }
    assert.deepEqual(read(zip([{ name: "a/..b/c...txt", content: "x" }])), [["a/..b/c...txt", "x"]]);
  });

  it("refuses a bomb by what its directory says, before unpacking it", () => {
    const bomb = zip([{ name: "bomb.txt", content: Buffer.alloc(2 ** 25) }]);
    assert.ok(bomb.length < 50_000);
    assert.throws(() => read(bomb), /more than 16777216 bytes when unpacked/);
    const many = Array.from({ length: 20 }, (_, i) => ({ name: `${i}.txt`, content: Buffer.alloc(2 ** 20) }));
    assert.throws(() => read(zip(many)), /more than 16777216 bytes when unpacked/);
  });

  it("refuses a bomb whose directory lies about its size, without unpacking more than it says", () => {
    const content = Buffer.alloc(2 ** 25);
    assert.throws(
      () => read(zip([{ name: "bomb.txt", content, size: 1000 }])),
      /unpacks to more bytes than its directory says/,
    );
    assert.deepEqual(read(zip([{ name: "bomb.txt", content, size: 0 }])), [["bomb.txt", ""]]);
  });

  it("refuses a directory that claims more than there is, and content that does not match its checksum", () => {
    assert.throws(() => read(zip([{ name: "a.txt", content: "x", size: 1000 }])), /not a sound zip archive: .*CRC/i);
    assert.throws(() => read(zip([{ name: "a.txt", content: "x", crc: 1 }])), /not a sound zip archive: .*CRC/i);
  });

  it("refuses too many files, and two of one name", () => {
    const files = Array.from({ length: 11 }, (_, i) => ({ name: `${i}.txt`, content: "x" }));
    assert.throws(() => read(zip(files), { maxFiles: 10 }), /holds 11 files, more than 10/);
    assert.throws(() => read(zip([files[0], files[0]])), /0\.txt is in it twice/);
  });

  it("refuses an encrypted file", () => {
    assert.throws(() => read(zip([{ name: "a.txt", content: "secret", flags: 1 }])), /not a sound zip archive/);
  });

  it("refuses what was cut short or is no archive, wherever it was cut", () => {
    const archive = zip([{ name: "a.txt", content: "some text ".repeat(50) }]);
    for (let length = 0; length < archive.length; length++) {
      assert.throws(() => read(archive.subarray(0, length)), /not a sound zip archive/, `${length} bytes`);
    }
    assert.throws(() => read(Buffer.from("<!doctype html>")), /not a sound zip archive/);
  });

  it("never answers a flipped byte with wrong text", () => {
    const text = "the quick brown fox ".repeat(10);
    const archive = zip([{ name: "a.txt", content: text }]);
    for (let i = 0; i < archive.length; i++) {
      const damaged = Buffer.from(archive);
      damaged[i]! ^= 0xff;
      let files: string[][];
      try {
        files = read(damaged);
      } catch (error) {
        assert.match(String(error), /not a sound zip archive/);
        continue;
      }
      for (const [name, content] of files) if (name === "a.txt") assert.ok([text, ""].includes(content), `byte ${i}`);
    }
  });
});
