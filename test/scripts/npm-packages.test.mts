import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { npmPackagesAreInstalled, sameLock } from "../../scripts/setup/npm-packages.mjs";

describe("sameLock", () => {
  const locked = {
    "": {},
    "node_modules/a": { version: "1.0.0", integrity: "x" },
    "node_modules/mac-only": { version: "2.0.0", integrity: "y", optional: true },
  };

  it("takes the same versions, without the packages of other platforms", () => {
    assert.equal(sameLock(locked, { "node_modules/a": { version: "1.0.0", integrity: "x" } }), true);
  });
  it("notices another version, another checksum, a missing package and one too many", () => {
    assert.equal(sameLock(locked, { "node_modules/a": { version: "1.0.1", integrity: "x" } }), false);
    assert.equal(sameLock(locked, { "node_modules/a": { version: "1.0.0", integrity: "z" } }), false);
    assert.equal(sameLock(locked, {}), false);
    assert.equal(sameLock(locked, { "node_modules/a": { version: "1.0.0", integrity: "x" }, b: {} }), false);
  });
});

describe("npmPackagesAreInstalled", () => {
  let folder = "";
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "unrolled npm "));
    write("package-lock.json", `{"packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}`);
    write("node_modules/.package-lock.json", `{"packages": {"node_modules/a": {"version": "1.0.0"}}}`);
    write("node_modules/a/package.json", "{}");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("knows a finished install", () => assert.equal(npmPackagesAreInstalled(folder), true));
  it("knows an install that was interrupted: npm writes its record last", () => {
    rmSync(path.join(folder, "node_modules", ".package-lock.json"));
    assert.equal(npmPackagesAreInstalled(folder), false);
  });
  it("misses a folder that somebody deleted", () => {
    rmSync(path.join(folder, "node_modules", "a"), { recursive: true });
    assert.equal(npmPackagesAreInstalled(folder), false);
  });
  it("notices that package-lock.json has changed", () => {
    write("package-lock.json", `{"packages": {"": {}, "node_modules/a": {"version": "1.0.1"}}}`);
    assert.equal(npmPackagesAreInstalled(folder), false);
  });
});
