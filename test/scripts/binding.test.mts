import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compilerArguments, findCompiler, skipsNative } from "../../scripts/setup/binding.mjs";
import { isWindows } from "../../scripts/setup/paths.mjs";

describe("findCompiler", () => {
  let folder = "";
  const program = (name: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    return file;
  };
  before(function () {
    if (isWindows) this.skip();
  });
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "unrolled cxx "))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("takes c++, g++ or clang++ from PATH", () => {
    assert.match((findCompiler({ PATH: folder }) as { missing: string }).missing, /no C\+\+ compiler/);
    const clang = program("clang++");
    assert.deepEqual(findCompiler({ PATH: folder }), { file: clang, args: [] });
    const gcc = program("g++");
    assert.deepEqual(findCompiler({ PATH: folder }), { file: gcc, args: [] });
  });
  it("takes $CXX, whose path may have spaces", () => {
    program("g++");
    const own = program("my compilers/g++-14");
    assert.deepEqual(findCompiler({ PATH: folder, CXX: own }), { file: own, args: [] });
  });
  it("takes a $CXX of several words", () => {
    const ccache = program("ccache");
    assert.deepEqual(findCompiler({ PATH: folder, CXX: "ccache g++ -m64" }), { file: ccache, args: ["g++", "-m64"] });
  });
  it("does not look further when $CXX does not exist", () => {
    program("g++");
    assert.deepEqual(findCompiler({ PATH: folder, CXX: "/nowhere/g++" }), {
      missing: "$CXX is /nowhere/g++, which does not exist",
    });
  });
});

describe("compilerArguments", () => {
  const tensorflow = {
    dir: "/a b/tensorflow",
    library: "libtensorflow_cc.so.2",
    framework: "libtensorflow_framework.so.2",
  };

  it("lets the binding find TensorFlow again where it is, in a path with spaces too", () => {
    const args = compilerArguments(tensorflow, "/a b/out.node", "linux");
    assert.ok(args.includes("-Wl,-rpath,/a b/tensorflow"));
    assert.ok(args.includes(path.join("/a b/tensorflow", "libtensorflow_cc.so.2")));
    assert.equal(args[args.indexOf("-o") + 1], "/a b/out.node");
    assert.ok(args.includes("-shared"));
  });
});

describe("skipsNative", () => {
  it("leaves TensorFlow out when another backend is asked for", () => {
    assert.deepEqual(
      [undefined, "", "tensorflow", "wasm", "cpu"].map((name) => skipsNative({ UNROLLED_BACKEND: name })),
      [false, false, false, true, true],
    );
  });
});
