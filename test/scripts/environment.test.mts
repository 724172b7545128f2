import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isTensorFlow, parseEnvironment, pinOf } from "../../scripts/setup/environment.mjs";
import { pythonOf, root } from "../../scripts/setup/paths.mjs";

describe("environment.yml", () => {
  const text = readFileSync(path.join(root, "environment.yml"), "utf8");

  it("pins every Python package to one version", () => {
    const { name, pip } = parseEnvironment(text);
    assert.equal(name, "unrolled");
    assert.deepEqual(
      pip.filter((requirement) => pinOf(requirement).version === undefined),
      [],
    );
    assert.ok(pip.some((requirement) => pinOf(requirement).project === "jupyterlab"));
    assert.ok(pip.some(isTensorFlow));
  });

  it("is read as a YAML parser reads it", function () {
    const python = pythonOf(path.join(root, ".venv"));
    const code = "import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
    const { status, stdout } = spawnSync(python, ["-c", code], { input: text, encoding: "utf8" });
    if (!existsSync(python) || status !== 0) this.skip(); // PyYAML comes with JupyterLab
    const { name, dependencies } = JSON.parse(stdout);
    const { pip } = dependencies.find((item: unknown) => typeof item === "object");
    assert.deepEqual(parseEnvironment(text), { name, pip });
  });
});

describe("parseEnvironment", () => {
  it("takes the items below pip and no others", () => {
    const text = [
      "name: 'course' # of today",
      "dependencies:",
      "  - nodejs>=20",
      "  - pip:",
      "      # a remark",
      "      - one==1.0 # why",
      "",
      '      - "two==2.0"',
      '      - three==3.0; sys_platform == "linux"',
      "  - python",
      "variables:",
      "  A: b",
    ].join("\r\n");
    assert.deepEqual(parseEnvironment(text), {
      name: "course",
      pip: ["one==1.0", "two==2.0", 'three==3.0; sys_platform == "linux"'],
    });
  });

  it("keeps a # that belongs to a word", () => {
    assert.deepEqual(parseEnvironment("- pip:\n    - a @ https://host/a.zip#sha256=1").pip, [
      "a @ https://host/a.zip#sha256=1",
    ]);
  });

  it("refuses a file without a pip list", () => {
    assert.throws(() => parseEnvironment("name: x\ndependencies:\n  - pip"), /expected a list below "- pip:"/);
  });
});

describe("pinOf", () => {
  it("names a project as its .dist-info folder does", () => {
    assert.deepEqual(pinOf("Tensor-Flow.cpu[extra] == 2.21.0; python_version < '3.14'"), {
      project: "tensor_flow_cpu",
      version: "2.21.0",
    });
    assert.deepEqual(pinOf("plotly"), { project: "plotly", version: undefined });
  });
});
