import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findTensorFlow, listHash } from "../../scripts/setup/packages.mjs";
import { isWindows } from "../../scripts/setup/paths.mjs";
import {
  choosePython,
  condaEnvironment,
  environmentStamp,
  finishedVenv,
  fitsTensorFlow,
  probe,
} from "../../scripts/setup/python.mjs";

/** Stands in for asking the machine: command → version. */
const machine =
  (versions: Record<string, string>) =>
  (command: string, args: string[] = []) => {
    const name = [command, ...args].join(" ");
    const version = versions[name];
    return version === undefined
      ? undefined
      : { command: name, executable: `/usr/bin/${command}`, version, bits: 64, name: "CPython" };
  };

describe("choosePython", () => {
  it("takes python3 if TensorFlow exists for it", () => {
    assert.equal(choosePython({}, machine({ python3: "3.11.7", python: "3.12.0" })).command, "python3");
  });
  it("prefers an older Python that TensorFlow exists for", () => {
    assert.equal(choosePython({}, machine({ python3: "3.14.1", "python3.12": "3.12.1" })).command, "python3.12");
    assert.equal(choosePython({}, machine({ python3: "3.9.2", "py -3": "3.13.0" })).command, "py -3");
  });
  it("takes a newer one when there is no other", () => {
    assert.equal(choosePython({}, machine({ python3: "3.9.2", python: "3.15.0" })).command, "python");
  });
  it("takes what $PYTHON names, and nothing else", () => {
    const ask = machine({ python3: "3.11.7", "/opt/python": "3.14.0", "/opt/old": "3.9.1" });
    assert.equal(choosePython({ PYTHON: "/opt/python" }, ask).version, "3.14.0");
    assert.throws(() => choosePython({ PYTHON: "/opt/old" }, ask), /\$PYTHON \(\/opt\/old\) is Python 3\.9\.1/);
    assert.throws(() => choosePython({ PYTHON: "/opt/none" }, ask), /\$PYTHON \(\/opt\/none\) does not run/);
  });
  it("lists what it found when nothing will do", () => {
    assert.throws(
      () => choosePython({}, machine({ python3: "3.8.1", python: "2.7.18" })),
      /\(python3 is 3\.8\.1, python is 2\.7\.18\)/,
    );
    assert.throws(() => choosePython({}, machine({})), /no Python was found/);
  });
});

describe("fitsTensorFlow", () => {
  const python = (version: string, bits = 64, name = "CPython") => fitsTensorFlow({ version, bits, name });

  it("knows the Pythons that PyPI has TensorFlow for", () => {
    assert.deepEqual(
      ["3.10.13", "3.11.0rc1", "3.12.1", "3.13.9"].map((version) => python(version)),
      Array(4).fill(true),
    );
    assert.deepEqual(
      ["2.7.18", "3.9.18", "3.14.0", "4.0.0"].map((version) => python(version)),
      Array(4).fill(false),
    );
    assert.equal(python("3.11.7", 32), false);
    assert.equal(python("3.11.7", 64, "PyPy"), false);
  });
});

describe("a Python environment", () => {
  let folder = "";
  const write = (name: string, text = "") => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const python = isWindows ? "Scripts/python.exe" : "bin/python";
  const packages = isWindows ? "Lib/site-packages" : "lib/python3.11/site-packages";
  beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), "unrolled python ")))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("counts as a finished .venv only with its stamp, in its place", () => {
    write(python);
    write("pyvenv.cfg");
    assert.equal(finishedVenv(folder), undefined, "half made");
    write(path.basename(environmentStamp(folder)), JSON.stringify({ path: "/elsewhere/.venv" }));
    assert.equal(finishedVenv(folder), undefined, "moved");
    write(path.basename(environmentStamp(folder)), JSON.stringify({ path: folder }));
    assert.equal(finishedVenv(folder)?.kind, "venv");
    rmSync(path.join(folder, python));
    assert.equal(finishedVenv(folder), undefined, "its Python is gone");
  });

  it("is the conda environment if it has our name or our packages", () => {
    const env = { CONDA_PREFIX: folder };
    const pip = ["jupyterlab==4.6.6", "tensorflow-cpu==2.21.0"];
    write(python);
    assert.equal(condaEnvironment(env, { name: path.basename(folder), pip }), undefined, "not conda");
    write("conda-meta/history");
    assert.equal(condaEnvironment(env, { name: path.basename(folder), pip })?.kind, "conda");
    assert.equal(condaEnvironment(env, { name: "unrolled", pip }), undefined, "somebody's base environment");
    write(`${packages}/jupyterlab-4.6.6.dist-info/RECORD`);
    assert.equal(condaEnvironment(env, { name: "unrolled", pip })?.prefix, folder);
    assert.equal(condaEnvironment({}, { name: "unrolled", pip }), undefined, "not active");
  });

  it("has TensorFlow when headers, both libraries and pip's record are there", () => {
    const environment = { kind: "venv", prefix: folder, python: "" } as const;
    write(`${packages}/tensorflow/include/tensorflow/c/c_api.h`);
    write(`${packages}/tensorflow/libtensorflow_cc.so.2`);
    write(`${packages}/tensorflow/libtensorflow_framework.so.2`);
    assert.equal(findTensorFlow(environment), undefined, "an interrupted pip writes its record last");
    write(`${packages}/tensorflow_cpu-2.21.0.dist-info/RECORD`);
    assert.equal(findTensorFlow(environment)?.version, "2.21.0");
    rmSync(path.join(folder, packages, "tensorflow", "libtensorflow_framework.so.2"));
    assert.equal(findTensorFlow(environment), undefined);
  });

  it("is asked for its version even when it prints more than that", function () {
    if (isWindows) this.skip();
    const file = path.join(folder, "my python");
    writeFileSync(file, `#!/bin/sh\necho hello\necho '["/usr/bin/python3.12", "3.12.1", 64, "CPython"]'\n`);
    chmodSync(file, 0o755);
    assert.equal(probe(file)?.version, "3.12.1");
    writeFileSync(file, "#!/bin/sh\necho 'Python was not found; run the store'\n");
    assert.equal(probe(file), undefined);
    assert.equal(probe(path.join(folder, "none")), undefined);
  });
});

describe("listHash", () => {
  it("changes with the list and with Python's version", () => {
    const hashes = [listHash(["a==1"], "3.11.7"), listHash(["a==2"], "3.11.7"), listHash(["a==1"], "3.12.0")];
    assert.equal(new Set(hashes).size, 3);
    assert.equal(listHash(["a==1"], "3.11.7"), hashes[0]);
  });
});
