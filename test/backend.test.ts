import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { backend, tf } from "unrolled";

/** Runs a program that imports the library in a process of its own. */
function run(env: Record<string, string>, program = report) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", program], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    cwd: __dirname,
  });
  return { stdout: stdout.trim(), stderr, status };
}

/** Prints the backend before and after it is ready, and a sum over data made before. */
const report = `
  const { backend, tf } = require("unrolled");
  const early = tf.tensor1d([1, 2, 3]);
  console.log(backend.name);
  backend.ready.then(() => console.log([backend.name, tf.getBackend(), tf.sum(early).dataSync()[0], backend].join("\\n")));
`;

/** The same in a process in which some packages fail to load. */
const without = (...packages: string[]) => `
  const Module = require("module");
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (${JSON.stringify(packages)}.includes(request)) throw new Error("no such thing here\\nand more lines");
    return load.call(this, request, ...rest);
  };
  ${report}`;
const native = "@tensorflow/tfjs-node-gpu";

describe("backend", () => {
  it("names the engine that TensorFlow.js uses", async () => {
    await backend.ready;
    assert.equal(backend.name, tf.getBackend());
    assert.match(String(backend), /^TensorFlow(\.js)? \d/);
    assert.ok(backend.threads >= 1);
  });

  it("runs the operations for which tfjs-node calls helpers that Node 23 removed", () => {
    assert.deepEqual(Array.from(tf.topk(tf.tensor1d([3, 1, 2]), 2).values.dataSync()), [3, 2]);
  });

  it("is shared with danfojs-node, which would bring a TensorFlow.js of its own", () => {
    const program = `
      const { tf } = require("unrolled");
      const { DataFrame, tensorflow } = require("danfojs-node");
      console.log(tensorflow === tf, new DataFrame({ a: [1, 2], b: [3, 4] }).tensor instanceof tf.Tensor);`;
    assert.equal(run({ UNROLLED_BACKEND: "cpu" }, program).stdout, "true true");
  });

  it("starts native TensorFlow without notices in the terminal", function () {
    if (backend.name !== "tensorflow") this.skip();
    assert.deepEqual(run({}, 'require("unrolled").tf.ones([2]).dataSync()'), { stdout: "", stderr: "", status: 0 });
  });

  it("starts WebAssembly behind the plain backend, which serves until then", () => {
    const { stdout, stderr } = run({ UNROLLED_BACKEND: "wasm" });
    assert.match(
      stdout,
      /^cpu\nwasm\nwasm\n6\nTensorFlow\.js 4\.\S+ \(WebAssembly, 1 thread\): UNROLLED_BACKEND=wasm asks for it$/,
    );
    assert.equal(stderr, "");
  });

  it("runs on plain JavaScript when told to, without advice on the console", () => {
    const { stdout, stderr } = run({ UNROLLED_BACKEND: "cpu" });
    assert.match(
      stdout,
      /^cpu\ncpu\ncpu\n6\nTensorFlow\.js 4\.\S+ \(plain JavaScript, 1 thread\): UNROLLED_BACKEND=cpu/,
    );
    assert.equal(stderr, "");
  });

  it("falls back to WebAssembly and says why", () => {
    const { stdout } = run({ UNROLLED_BACKEND: "" }, without(native));
    assert.match(stdout, /\nwasm\nwasm\n6\n.*: native TensorFlow does not load: no such thing here$/);
  });

  it("falls back to plain JavaScript when WebAssembly does not start either", () => {
    const { stdout } = run({ UNROLLED_BACKEND: "" }, without(native, "@tensorflow/tfjs-backend-wasm"));
    assert.match(stdout, /\ncpu\ncpu\n6\n.*does not load: no such thing here; nor does WebAssembly/);
  });

  it("refuses to start when the engine asked for does not exist or does not load", () => {
    const unknown = run({ UNROLLED_BACKEND: "cuda" });
    assert.match(unknown.stderr, /expected UNROLLED_BACKEND to be "tensorflow", "wasm" or "cpu", got "cuda"/);
    assert.notEqual(unknown.status, 0);
    const missing = run({ UNROLLED_BACKEND: "tensorflow" }, without(native));
    assert.match(
      missing.stderr,
      /UNROLLED_BACKEND=tensorflow asks for it, but native TensorFlow does not load: no such thing here \(`npm run doctor`/,
    );
    assert.notEqual(missing.status, 0);
  });

  it("leaves TensorFlow's settings alone where the user made them", () => {
    const program = `require("unrolled"); console.log(process.env.TF_NUM_INTRAOP_THREADS, process.env.TF_CPP_MIN_LOG_LEVEL)`;
    assert.equal(
      run({ UNROLLED_BACKEND: "", TF_NUM_INTRAOP_THREADS: "3", TF_CPP_MIN_LOG_LEVEL: "1" }, program).stdout,
      "3 1",
    );
  });
});
