/**
 * Chooses the TensorFlow.js backend when it is imported: native TensorFlow, else WebAssembly, else plain JavaScript, and
 * says which and why. Also the one door to raw TensorFlow operations. Not a place for maths: that is in the rooms above.
 *
 * `UNROLLED_BACKEND=tensorflow|wasm|cpu` forces one of them. One TensorFlow.js runs per process, so the choice is global.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

/** The names TensorFlow.js gives to the backends that this library runs on. */
export type BackendName = "tensorflow" | "wasm" | "cpu";

/** Which engine computes, and why this one. */
export interface Backend {
  /** The engine in use now: "cpu" serves until "wasm" has started (see `ready`). */
  readonly name: BackendName;
  /** Why this engine and not a faster one. */
  readonly reason: string;
  /** TensorFlow's own version on the native backend, else that of TensorFlow.js. */
  readonly version: string;
  /** How many threads the engine computes with. */
  readonly threads: number;
  /** Whether TensorFlow found a GPU. */
  readonly gpu: boolean;
  /** Resolves when the engine that was chosen is in use (at once, except for "wasm"). */
  readonly ready: Promise<void>;
  toString(): string;
}

interface NativeBinding {
  readonly TF_Version: string;
}

/** The part of tfjs-node's backend object that is used here. */
interface NativeBackend {
  readonly binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(name: string, attrs: readonly OpAttr[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attrs: readonly OpAttr[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

interface Choice {
  name: BackendName;
  reason: string;
  version: string;
  threads: number;
  gpu: boolean;
  ready: Promise<void>;
}

/** Loads a module at run time, where an `import` would load it always. */
const load = createRequire(__filename);

const firstLine = (error: unknown) =>
  String(error instanceof Error ? error.message : error)
    .split("\n")[0]!
    .trim();

/**
 * Settings that TensorFlow reads once, when its library is loaded. A compiled step runs independent chains of the graph,
 * one per core, and each operation on one thread: 12.2 ms against 16.4 ms with two threads for each operation (Alice step,
 * 2 cores). What the user has set is left alone.
 */
function prepareNative(): void {
  process.env.TF_NUM_INTRAOP_THREADS ??= "1";
  process.env.TF_NUM_INTEROP_THREADS ??= String(os.availableParallelism());
  // oneDNN's kernels, which TensorFlow leaves out where it finds no AVX-512: CharRNN step 2.5 ms against 4.0, LSTM 53 against 60
  // (best steps, 2 cores with AVX2).
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // no notices about oneDNN and CPU features (see scripts/setup/quiet.cc)
  // tfjs-node 4.22 calls two helpers that Node 23 removed (tensorflow/tfjs#8425); Node 22 warns when they are used.
  const util = load("node:util") as Record<string, unknown>;
  util.isArray = Array.isArray;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
}

/** Why set-up made no native library here, from what it wrote down (scripts/setup/binding.mjs). */
function setUpSays(): string | undefined {
  try {
    const record = readFileSync(join(__dirname, "../../node_modules/.cache/unrolled/backend.json"), "utf8");
    const { native, reason } = JSON.parse(record) as { native: string; reason: string };
    return native === "none" ? `native TensorFlow is missing: ${reason}` : undefined;
  } catch {
    return undefined;
  }
}

function startNative(): Choice {
  prepareNative();
  load("@tensorflow/tfjs-node-gpu"); // registers "tensorflow" and makes it the current backend
  const native = tf.backend() as unknown as NativeBackend;
  const count = (variable: string) => Number(process.env[variable]) || os.availableParallelism();
  return {
    name: "tensorflow",
    reason: "its native library loaded",
    version: native.binding.TF_Version,
    threads: Math.max(count("TF_NUM_INTRAOP_THREADS"), count("TF_NUM_INTEROP_THREADS")),
    gpu: native.isUsingGpuDevice,
    ready: Promise.resolve(),
  };
}

function startCpu(reason: string): Choice {
  tf.setBackend("cpu");
  // The first use prints advice to install tfjs-node: not the learner's concern (`reason` says what is missing).
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return { name: "cpu", reason, version: tf.version.tfjs, threads: 1, gpu: false, ready: Promise.resolve() };
}

/** WebAssembly starts asynchronously: the plain backend serves until then, and TensorFlow.js moves the data over. */
function startWasm(reason: string): Choice {
  load("@tensorflow/tfjs-backend-wasm"); // registers "wasm"
  const choice = startCpu("WebAssembly is still starting");
  const start = tf.findBackendFactory("wasm");
  choice.ready = Promise.resolve(start()).then(
    (engine) => {
      // Registered again as an engine that is already there: tf.setBackend would leave no backend while it waits.
      tf.removeBackend("wasm");
      tf.registerBackend("wasm", () => engine, 2);
      tf.setBackend("wasm");
      Object.assign(choice, { name: "wasm", reason });
    },
    (error: unknown) => {
      choice.reason = `WebAssembly did not start: ${firstLine(error)}`;
      if (process.env.UNROLLED_BACKEND === "wasm") throw new Error(`backend: ${choice.reason}`, { cause: error });
    },
  );
  return choice;
}

function choose(): Choice {
  const forced = process.env.UNROLLED_BACKEND;
  const byUser = `UNROLLED_BACKEND=${forced} asks for it`;
  switch (forced) {
    case undefined:
    case "":
      break;
    case "cpu":
      return startCpu(byUser);
    case "wasm":
      return startWasm(byUser);
    case "tensorflow":
      try {
        return { ...startNative(), reason: byUser };
      } catch (error) {
        throw new Error(
          `backend: ${byUser}, but native TensorFlow does not load: ${firstLine(error)} (\`npm run doctor\` tells more)`,
          { cause: error },
        );
      }
    default:
      throw new Error(`backend: expected UNROLLED_BACKEND to be "tensorflow", "wasm" or "cpu", got "${forced}"`);
  }
  let reason: string;
  try {
    return startNative();
  } catch (error) {
    reason = setUpSays() ?? `native TensorFlow does not load: ${firstLine(error)}`;
  }
  try {
    return startWasm(reason);
  } catch (error) {
    return startCpu(`${reason}; nor does WebAssembly: ${firstLine(error)}`);
  }
}

const choice = choose();

/** The engine in use: `String(backend)` is one line such as `TensorFlow 2.21.0 (native, CPU, 2 threads)`. */
export const backend: Backend = {
  get name() {
    return choice.name;
  },
  get reason() {
    return choice.reason;
  },
  get version() {
    return choice.version;
  },
  get threads() {
    return choice.threads;
  },
  get gpu() {
    return choice.gpu;
  },
  get ready() {
    return choice.ready;
  },
  toString() {
    if (choice.name !== "tensorflow") {
      const kind = choice.name === "wasm" ? "WebAssembly" : "plain JavaScript";
      return `TensorFlow.js ${choice.version} (${kind}, 1 thread): ${choice.reason}`;
    }
    const threads = choice.threads === 1 ? "1 thread" : `${choice.threads} threads`;
    return `TensorFlow ${choice.version} (native, ${choice.gpu ? "GPU" : "CPU"}, ${threads})`;
  },
};

/** Whether operations run in native TensorFlow now, so that `op` may be used. */
export function isNative(): boolean {
  return tf.getBackend() === "tensorflow";
}

let vectors: string | undefined;

/** The widest vector instructions of the processor, on which the speed of matrix products hangs most; as far as Linux says. */
export function vectorInstructions(): string {
  if (vectors === undefined) {
    try {
      const flags = readFileSync("/proc/cpuinfo", "latin1");
      const found = flags.includes(" avx512f ") ? "AVX-512" : flags.includes(" avx2 ") ? "AVX2" : undefined;
      vectors = found ?? "none wider than 128 bits";
    } catch {
      vectors = "unknown";
    }
  }
  return vectors;
}

/** One attribute of a TensorFlow operation, as the native binding takes it. */
export interface OpAttr {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

// From TensorFlow's C API (tf_attrtype.h, tf_datatype.h): stable numbers, so attributes can be made before a backend runs.
const attrType = { int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;
const dataType = { float32: 1, int32: 3, int64: 9, bool: 10 } as const;

/** A data type, a flag, a whole number, a float or a shape. */
export type AttrValue = keyof typeof dataType | boolean | number | { float: number } | { shape: number[] };

/**
 * Attributes of a raw operation, to be made once and used often: `attrs({ T: "float32", transpose_b: true })`. Strings are data
 * types, plain numbers are integers. Give every attribute without a default: a recorded graph cannot infer them.
 */
export function attrs(values: Record<string, AttrValue>): OpAttr[] {
  return Object.entries(values).map(([name, value]) => {
    if (typeof value === "string") return { name, type: attrType.type, value: dataType[value] };
    if (typeof value === "boolean") return { name, type: attrType.bool, value };
    if (typeof value === "number") return { name, type: attrType.int, value };
    if ("float" in value) return { name, type: attrType.float, value: value.float };
    return { name, type: attrType.shape, value: value.shape };
  });
}

/**
 * One raw TensorFlow operation with one output: 4–5 µs of overhead against 9–12 µs for a `tf.*` call. Not on the gradient
 * tape: use it inside `tf.customGrad`. `tf.tidy` frees the result. Native backend only.
 */
export function op(name: string, attributes: readonly OpAttr[], inputs: readonly tf.Tensor[]): tf.Tensor {
  // Asked for anew each time: while a step is recorded another object stands in for the binding.
  return (tf.backend() as unknown as NativeBackend).executeSingleOutput(name, attributes, inputs);
}

/** As `op`, for an operation with several outputs. */
export function ops(
  name: string,
  attributes: readonly OpAttr[],
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  return (tf.backend() as unknown as NativeBackend).executeMultipleOutputs(name, attributes, inputs, outputs);
}
