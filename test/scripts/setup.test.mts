// The whole set-up as a process of its own, in a pretended clone: real scripts, but a shell script for Python, for the
// compiler and for what npm installs. What the real tools do is tried by .ci/run, from an empty clone.
import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isWindows, readJson, root } from "../../scripts/setup/paths.mjs";

/** A pretended Python 3.11 whose pip "installs" by making folders. FAKE_VENV and FAKE_PIP choose how it fails. */
const python = `#!/bin/sh
echo "$@" >> "$FAKE_LOG"
case "$1 $2" in
"-c "*) echo '["'"$0"'", "3.11.7", 64, "CPython"]' ;;
"-m venv")
  site="$3/lib/python3.11/site-packages"
  mkdir -p "$3/bin" "$site/pip-23.2.dist-info"; touch "$3/pyvenv.cfg" "$site/pip-23.2.dist-info/RECORD"
  if [ "$FAKE_VENV" = broken ]; then echo "The virtual environment was not created successfully because ensurepip is not available."; exit 1; fi
  cp "$0" "$3/bin/python" ;;
"-m pip")
  if [ "$3" = --version ]; then exit 0; fi
  site="$(dirname "$0")/../lib/python3.11/site-packages"
  if [ "$FAKE_PIP" = offline ]; then echo "WARNING: Retrying after connection broken by 'NewConnectionError'"; exit 1; fi
  if [ "$FAKE_PIP" = slow ]; then mkdir -p "$site/half-1.dist-info"; sleep 30; fi
  for word in "$@"; do case "$word" in
    tensorflow-cpu*)
      if [ "$FAKE_PIP" = notf ]; then echo "ERROR: No matching distribution found for tensorflow-cpu"; exit 1; fi
      mkdir -p "$site/tensorflow/include/tensorflow/c"; touch "$site/tensorflow/include/tensorflow/c/c_api.h"
      touch "$site/tensorflow/libtensorflow_cc.so.2" "$site/tensorflow/libtensorflow_framework.so.2"
      mkdir -p "$site/tensorflow_cpu-2.21.0.dist-info"; touch "$site/tensorflow_cpu-2.21.0.dist-info/RECORD" ;;
    *==*) name="$(echo "$word" | sed 's/==/-/').dist-info"; mkdir -p "$site/$name"; touch "$site/$name/RECORD" ;;
  esac; done ;;
*) exit 1 ;;
esac
`;

const tsc = `
const { mkdirSync, writeFileSync } = require("node:fs");
for (const room of ["lib", "kernel"]) {
  mkdirSync(room + "/dist", { recursive: true });
  writeFileSync(room + "/dist/index.js", "");
}
writeFileSync("kernel/dist/install.js", \`
  exports.installKernelSpec = (prefix) => {
    const fs = require("node:fs");
    const folder = prefix + "/share/jupyter/kernels/tslab";
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(folder + "/kernel.json", JSON.stringify({ argv: [process.execPath, __filename] }));
  };\`);`;

describe("npm run setup", function () {
  this.timeout(30_000);
  let clone = "";
  let env: NodeJS.ProcessEnv = {};
  const file = (name: string) => path.join(clone, name);
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(file(name)), { recursive: true });
    writeFileSync(file(name), text);
  };
  const setUp = (changes: NodeJS.ProcessEnv = {}) => {
    const options = { env: { ...env, ...changes }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [file("scripts/setup.mjs")], options);
    return { status, said: stdout + stderr };
  };
  const asked = () => (existsSync(file("asked")) ? readFileSync(file("asked"), "utf8") : "");

  before(function () {
    if (isWindows) this.skip();
  });
  beforeEach(() => {
    clone = realpathSync(mkdtempSync(path.join(tmpdir(), "unrolled clone ")));
    cpSync(path.join(root, "scripts"), file("scripts"), { recursive: true });
    for (const name of ["package.json", "environment.yml"]) cpSync(path.join(root, name), file(name));
    for (const name of ["tsconfig.base.json", "lib/tsconfig.json", "kernel/tsconfig.json"]) write(name, "{}");
    write("lib/src/index.ts", "");
    write("package-lock.json", `{"packages": {}}`);
    write("node_modules/.package-lock.json", `{"packages": {}}`);
    write("node_modules/typescript/bin/tsc", tsc);
    write("bin/python3", python);
    write("bin/g++", "#!/bin/sh\necho 'fatal error: pretended'\nexit 1\n");
    for (const name of ["bin/python3", "bin/g++"]) chmodSync(file(name), 0o755);
    env = { PATH: `${file("bin")}:/usr/bin:/bin`, FAKE_LOG: file("asked"), CXX: file("bin/g++") };
    env.TFJS_NODE_CDN_STORAGE = "http://127.0.0.1:9/"; // the official download is out of reach
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  it("goes through all steps once, and does nothing the second time", () => {
    const first = setUp();
    assert.equal(first.status, 0, first.said);
    assert.match(first.said, /native backend[^]*not compiled: .*fatal error: pretended/);
    assert.match(first.said, /127\.0\.0\.1:9 cannot be reached \(.*\)\): the course runs on WebAssembly/);
    const record = readJson(file("node_modules/.cache/unrolled/backend.json"));
    assert.equal(record.native, "none");
    assert.match(record.reason, /fatal error: pretended.*official download/);
    const before = asked();
    const code = `import(process.argv[1]).then(async (m) => console.log(JSON.stringify(await m.setUp())))`;
    const again = spawnSync(process.execPath, ["-e", code, file("scripts/setup/steps.mjs")], { env, encoding: "utf8" });
    assert.deepEqual(JSON.parse(again.stdout).changed, false, again.stdout + again.stderr);
    assert.equal(asked(), before, "no Python was started");
  });

  it("removes a .venv that could not be finished, and names the missing Debian package", () => {
    const { status, said } = setUp({ FAKE_VENV: "broken" });
    assert.equal(status, 1);
    assert.match(said, /has no venv module.*\n.*sudo apt install python3\.11-venv/);
    assert.equal(existsSync(file(".venv")), false);
    assert.match(said, /JupyterLab: left out/);
    assert.equal(setUp().status, 0, "the next run makes it");
  });

  it("makes a .venv again that was copied from elsewhere", () => {
    setUp();
    const stamp = file(".venv/.unrolled.json");
    writeFileSync(stamp, JSON.stringify({ ...readJson(stamp), path: "/old/.venv" }));
    write(".venv/left-over", "");
    const { status, said } = setUp();
    assert.equal(status, 0);
    assert.match(said, /\.venv was moved here from \/old\/\.venv: making it again/);
    assert.equal(existsSync(file(".venv/left-over")), false);
  });

  it("goes on without TensorFlow, and tries again when asked to", () => {
    const { status, said } = setUp({ FAKE_PIP: "notf" });
    assert.equal(status, 0, said);
    assert.match(said, /not installed: .*No matching distribution found/);
    assert.match(setUp().said, /TensorFlow 2\.21\.0 in/);
  });

  it("says that the package index cannot be reached, and keeps what there is", () => {
    const { status, said } = setUp({ FAKE_PIP: "offline" });
    assert.equal(status, 1);
    assert.match(said, /pip install failed.*the network or the package index cannot be reached/);
    assert.match(said, /library and kernel/);
    assert.ok(existsSync(file(".venv/pyvenv.cfg")));
    const next = setUp();
    assert.equal(next.status, 0);
    assert.doesNotMatch(next.said, /Python environment/);
  });

  it("leaves TensorFlow alone when another backend is asked for", () => {
    assert.equal(setUp({ UNROLLED_BACKEND: "wasm" }).status, 0);
    assert.doesNotMatch(asked(), /tensorflow/);
  });

  it("stops at Ctrl-C, says how to go on, and does go on from there", async () => {
    const child = spawn(process.execPath, [file("scripts/setup.mjs")], { env: { ...env, FAKE_PIP: "slow" } });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    const half = file(".venv/lib/python3.11/site-packages/half-1.dist-info");
    while (!existsSync(half) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    assert.equal(code, 130);
    assert.match(said, /Run the same command again to go on/);
    assert.equal(existsSync(file("build/setup.lock")), false);
    const next = setUp();
    assert.equal(next.status, 0, next.said);
    assert.doesNotMatch(next.said, /Python environment/);
    assert.equal(existsSync(half), false, "what pip left half done would count as installed");
  });
});
