import { strict as assert } from "node:assert";
import { data } from "unrolled";

describe("data.detectEncoding", () => {
  const both = (bytes: Uint8Array) => [data.detectEncoding(bytes), data.decodeText(bytes)];
  /** UTF-16 with the high byte first. */
  const bigEndian = (text: string) => Buffer.from(text, "utf16le").swap16();

  it("goes by the byte order mark, then by what the bytes can be", () => {
    assert.deepEqual(both(Buffer.from("Mü\r\nŁu\r")), ["utf-8", "Mü\nŁu\n"]);
    assert.deepEqual(both(Buffer.from("\ufeffMü")), ["utf-8", "Mü"]);
    assert.deepEqual(both(Buffer.from("\ufeffMü", "utf16le")), ["utf-16le", "Mü"]);
    assert.deepEqual(both(bigEndian("\ufeffMü")), ["utf-16be", "Mü"]);
    assert.deepEqual(both(Buffer.from("Mü", "latin1")), ["windows-1252", "Mü"]);
    assert.deepEqual(both(Buffer.alloc(0)), ["utf-8", ""]);
  });

  it("refuses what is no text, and UTF-16 that does not say so", () => {
    for (const bytes of [Buffer.from("Bo", "utf16le"), bigEndian("Mü"), Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x00])]) {
      assert.throws(() => data.decodeText(bytes), /decodeText: not a text file: character \d is NUL/);
    }
  });
});
