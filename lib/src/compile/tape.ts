/**
 * Records what a step does: while the function runs eagerly, every call that TensorFlow.js makes to native TensorFlow is
 * written down, with the place in the learner's code. Nothing is judged here (that is analyse.ts) and nothing is changed:
 * the step has its usual effects.
 *
 * Native tensor ids are never used twice, so an id is the name of a value, as in static single assignment.
 */
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import { backend, type OpAttr } from "../backend";
import { withChains } from "../kernels/chains";
import { setHostRecorder } from "./host";
import type { Site } from "./site";

/** A value: its native id, its shape and TensorFlow's number for its data type. */
export interface Meta {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** One operation that ran. */
export interface OpEvent {
  readonly op: string;
  readonly attrs: readonly OpAttr[];
  readonly inputs: readonly number[];
  readonly outputs: readonly Meta[];
  readonly site: Site;
}

/** One tensor that JavaScript filled: a constant, or a host value, which `draw` makes anew. */
export interface ConstEvent {
  readonly op: "Const";
  readonly value: Meta;
  readonly bytes: Uint8Array;
  readonly site: Site;
  draw?: () => Float32Array | Int32Array;
}

export const isConst = (event: OpEvent | ConstEvent): event is ConstEvent => "bytes" in event;

/** Everything that one call of the step did; values are named by id. */
export interface Tape {
  readonly args: readonly number[];
  readonly events: readonly (OpEvent | ConstEvent)[];
  /** What JavaScript read back. */
  readonly reads: readonly { id: number; site: Site }[];
  /** Every variable before and after. */
  readonly before: ReadonlyMap<tf.Variable, number>;
  readonly after: ReadonlyMap<tf.Variable, number>;
  /** What the step returned. */
  readonly results: readonly number[];
  /** TensorFlow.js' key of the tensor that holds a value. */
  readonly dataIds: Map<number, object>;
  /** What was passed through `guard`. */
  readonly guards: readonly { read: () => unknown; value: unknown }[];
  /** tf.train optimizers, once for each iteration they counted. */
  readonly optimizers: readonly tf.Optimizer[];
}

/** What tfjs-node keeps about a tensor. */
export interface TensorData {
  id: number;
  readonly refCount: number;
  /** What JavaScript holds until it is uploaded; the id is -1 as long. */
  values: unknown;
}

/** The native functions of tfjs-node that are used here. */
export interface Binding {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array;
  executeOp(op: string, attrs: readonly OpAttr[], inputs: readonly number[], outputs: number): Meta[];
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): Meta[];
}

/** The parts of tfjs-node's backend object that are used here. */
export interface NativeBackend {
  binding: Binding;
  readonly tensorMap: { has(dataId: object): boolean; get(dataId: object): TensorData };
  /** The tensors' native ids; what JavaScript still holds is uploaded first. */
  getInputTensorIds(tensors: readonly { dataId: object }[]): number[];
  createOutputTensor(meta: Meta): tf.Tensor;
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
}

/** A short text that is equal for equal bytes. */
export function digestOf(bytes: Uint8Array): string {
  return bytes.length > 64 ? createHash("sha1").update(bytes).digest("hex") : Buffer.from(bytes).toString("latin1");
}

/** Lets go of what only a comparison with the next call needs: traces hold on to the functions of the step. */
export function forgetOrigins({ events, dataIds }: Tape): void {
  for (const { site } of events) delete site.stack;
  dataIds.clear();
}

/** tf.tidy for any type of result: what it does not know is left alone. */
export const tidy = <R>(f: () => R): R => tf.tidy(f as () => tf.TensorContainer) as R;

let recording = false;

/** Whether a step is being recorded now. */
export const isRecording = (): boolean => recording;

/** Gives a variable data of its own when it shares them with a clone or another variable, so that an id names one thing. */
function unshare(native: NativeBackend, variable: tf.Variable): void {
  if (native.tensorMap.get(variable.dataId).refCount < 2) return;
  const ids = native.getInputTensorIds([variable]);
  const copy = native.createOutputTensor(native.binding.executeOp("Identity", [], ids, 1)[0]!); // shares the memory
  variable.assign(copy);
  copy.dispose();
}

/**
 * Runs `step` and writes down what it does. Values from before the step can still be read by id until `release` is called.
 * Errors of the step pass through.
 */
export function record<R>(
  native: NativeBackend,
  args: readonly tf.Tensor[],
  step: () => R,
  tensorsOf: (result: R) => readonly tf.Tensor[],
): { tape: Tape; result: R; release: () => void } {
  const { binding } = native;
  const own = Object.getPrototypeOf(native) as NativeBackend;
  const variables = () => Object.values(tf.engine().registeredVariables);
  const snapshot = () => new Map(variables().map((v) => [v, native.getInputTensorIds([v])[0]!] as const));

  for (const variable of variables()) unshare(native, variable);
  const argIds = native.getInputTensorIds(args);
  const before = snapshot();
  const events: (OpEvent | ConstEvent)[] = [];
  const reads: { id: number; site: Site }[] = [];
  const dataIds = new Map<number, object>();
  const optimizers: tf.Optimizer[] = [];
  const guards: { read: () => unknown; value: unknown }[] = [];
  const made = new Set<number>();
  const copies = new Map<string, Uint8Array>();
  const held: number[] = [];
  const release = () => held.splice(0).forEach((id) => binding.deleteTensor(id));

  const written = new WeakMap<object, Site>(); // a tensor's values may be uploaded long after it was made
  let uploading: Site | undefined;
  let checking = false;
  const site = (): Site => {
    const here: Site = {};
    Error.captureStackTrace(here, site); // V8 makes the text only when it is read
    return here;
  };

  // The binding's own properties cannot be written; kernels look them up at each call, so another object can stand in.
  const hooks: Partial<Binding> = {
    executeOp(op, attrs, inputs, count) {
      const outputs = binding.executeOp(op, attrs, inputs, count);
      for (const { id } of outputs) made.add(id);
      events.push({ op, attrs, inputs, outputs, site: site() });
      return outputs;
    },
    createTensor(shape, dtype, values) {
      const id = binding.createTensor(shape, dtype, values);
      made.add(id);
      // A copy, for the array belongs to others who may change it. (Strings come as plain arrays; analyse.ts refuses them.)
      const bytes = ArrayBuffer.isView(values)
        ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
        : new Uint8Array();
      const digest = digestOf(bytes);
      if (!copies.has(digest)) copies.set(digest, bytes.slice());
      events.push({
        op: "Const",
        value: { id, shape, dtype },
        bytes: copies.get(digest)!,
        site: uploading ?? site(),
      });
      return id;
    },
    tensorDataSync(id) {
      if (!checking) reads.push({ id, site: site() });
      return binding.tensorDataSync(id);
    },
    deleteTensor(id) {
      if (made.has(id)) binding.deleteTensor(id);
      else held.push(id);
    },
  };
  native.binding = Object.create(
    binding,
    Object.fromEntries(Object.entries(hooks).map(([name, value]) => [name, { value }])),
  ) as Binding;
  native.getInputTensorIds = (tensors) =>
    tensors.map((tensor) => {
      uploading = written.get(tensor.dataId);
      const id = own.getInputTensorIds.call(native, [tensor])[0]!;
      uploading = undefined;
      dataIds.set(id, tensor.dataId);
      return id;
    });
  native.createOutputTensor = (meta) => {
    const tensor = own.createOutputTensor.call(native, meta);
    dataIds.set(meta.id, tensor.dataId);
    return tensor;
  };
  native.write = (...values) => {
    const dataId = own.write.apply(native, values);
    written.set(dataId, site());
    return dataId;
  };
  setHostRecorder({
    host(tensor, draw) {
      native.getInputTensorIds([tensor]);
      (events.at(-1) as ConstEvent).draw = draw;
    },
    guard: (read, value) => void guards.push({ read, value }),
  });
  // tf.gather reads its indices to check them, the only kernel that reads anything; in a graph TensorFlow checks them itself.
  const gather = tf.getKernel("GatherV2", "tensorflow");
  const gatherFunc = gather.kernelFunc;
  gather.kernelFunc = (params) => {
    checking = true;
    try {
      return gatherFunc(params);
    } finally {
      checking = false;
    }
  };
  const counter = tf.Optimizer.prototype as unknown as { incrementIterations(): void };
  const count = counter.incrementIterations;
  counter.incrementIterations = function (this: tf.Optimizer) {
    optimizers.push(this);
    count.call(this);
  };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100; // the learner's line lies under some thirty frames of TensorFlow.js
  recording = true;
  let done = false;
  try {
    // One chain per core: the graph runs them side by side.
    const result = tidy(() => withChains(backend.gpu ? 1 : backend.threads, step));
    const after = snapshot();
    const results = native.getInputTensorIds(tensorsOf(result));
    done = true;
    return {
      tape: { args: argIds, events, reads, before, after, results, dataIds, guards, optimizers },
      result,
      release,
    };
  } finally {
    recording = false;
    Error.stackTraceLimit = stackTraceLimit;
    counter.incrementIterations = count;
    gather.kernelFunc = gatherFunc;
    setHostRecorder(undefined);
    for (const name of ["getInputTensorIds", "createOutputTensor", "write"]) Reflect.deleteProperty(native, name);
    native.binding = binding;
    if (!done) release();
  }
}
