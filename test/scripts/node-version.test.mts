import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { nodeRange, satisfies } from "../../scripts/setup/node-version.mjs";
import { root } from "../../scripts/setup/paths.mjs";

describe("satisfies", () => {
  const range = "^20.19.0 || ^22.13.0 || >=24.0.0";
  const verdicts: [string, boolean][] = [
    ["v18.20.8", false],
    ["v20.18.3", false],
    ["v20.19.0", true],
    ["20.20.2", true],
    ["v21.7.3", false],
    ["v22.12.0", false],
    ["v22.13.1", true],
    ["v23.11.0", false],
    ["v24.0.0", true],
    ["v26.10.0", true],
    ["v26.0.0-nightly2026", true],
  ];
  for (const [version, expected] of verdicts)
    it(`${expected ? "takes" : "refuses"} Node ${version}`, () => assert.equal(satisfies(version, range), expected));

  it("refuses a range it does not understand", () => {
    assert.throws(() => satisfies("v20.19.0", "~20.19.0"), /expected "\^a.b.c" or ">=a.b.c", got "~20.19.0"/);
  });
});

describe("requireNode", () => {
  const scripts = ["setup", "start", "test", "doctor"].map((name) => path.join(root, "scripts", `${name}.mjs`));

  it("lets this Node pass", () => {
    assert.ok(satisfies(process.version, nodeRange()));
  });

  it("tells people with Node 18 what they have, what is needed and where to get it", () => {
    const pretend = `Object.defineProperty(process, "version", { value: "v18.20.8" });`;
    for (const script of scripts) {
      const code = `${pretend} import(process.argv[1]);`;
      const { status, stderr, stdout } = spawnSync(process.execPath, ["-e", code, script], { encoding: "utf8" });
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /needs Node\.js 20\.19 or newer/);
      assert.match(stderr, /this is Node\.js 18\.20\.8/);
      assert.match(stderr, /nodejs\.org/);
    }
  });

  it("is the only thing a script loads before it has answered", () => {
    for (const script of scripts) {
      const imports = readFileSync(script, "utf8").match(/^import .*$/gm);
      assert.deepEqual(imports, ['import { requireNode } from "./setup/node-version.mjs";'], script);
    }
  });
});
