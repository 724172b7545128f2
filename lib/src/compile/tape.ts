/**
 * Records what a step does: while the function runs eagerly, every call that TensorFlow.js makes to native TensorFlow is
 * written down, with the place in the learner's code. Nothing is judged here (that is analyse.ts) and nothing is changed:
 * the step has its usual effects.
 */
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import { backend, type OpAttr } from "../backend";
import { withChains } from "../kernels/chains";
import { tidy } from "../kernels/tape";
import { setHostRecorder } from "./host";
import { unshare, type Binding, type Meta, type NativeBackend } from "./native";
import type { Site } from "./site";

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
  readonly outputs: readonly [Meta];
  readonly bytes: Uint8Array;
  readonly site: Site;
  draw?: () => Float32Array | Int32Array;
}

export type Event = OpEvent | ConstEvent;

export const isConst = (event: Event): event is ConstEvent => "bytes" in event;

/** Everything that one call of the step did; values are named by id, as in static single assignment. */
export interface Tape {
  readonly args: readonly number[];
  readonly events: readonly Event[];
  /** What JavaScript read back. */
  readonly reads: readonly { id: number; site: Site }[];
  /** What was passed through `guard`. */
  readonly guards: readonly { read: () => unknown; value: unknown }[];
  /** tf.train optimizers, once for each iteration they counted. */
  readonly optimizers: readonly tf.Optimizer[];
  /** Every variable before and after. */
  readonly before: ReadonlyMap<tf.Variable, number>;
  readonly after: ReadonlyMap<tf.Variable, number>;
  /** What the step returned. */
  readonly results: readonly number[];
  /** TensorFlow.js' key of the tensor that holds a value. */
  readonly dataIds: Map<number, object>;
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

let recording = false;

/** Whether a step is being recorded now. */
export const isRecording = (): boolean => recording;

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
  const variables = () => Object.values(tf.engine().registeredVariables);
  const snapshot = () => new Map(variables().map((v) => [v, native.getInputTensorIds([v])[0]!] as const));
  for (const variable of variables()) unshare(native, variable);
  const argIds = native.getInputTensorIds(args);
  const before = snapshot();

  const recorder = new Recorder(native);
  const release = () => recorder.held.splice(0).forEach((id) => binding.deleteTensor(id));
  recording = true;
  try {
    recorder.install();
    // One chain per core: the graph runs them side by side.
    const result = tidy(() => withChains(backend.gpu ? 1 : backend.threads, step));
    const after = snapshot();
    const results = native.getInputTensorIds(tensorsOf(result));
    const { events, reads, guards, optimizers, dataIds } = recorder;
    return {
      tape: { args: argIds, events, reads, guards, optimizers, before, after, results, dataIds },
      result,
      release,
    };
  } catch (error) {
    release();
    throw error;
  } finally {
    recorder.uninstall();
    recording = false;
  }
}

/** Stands in for parts of TensorFlow.js as long as it is installed. */
class Recorder {
  readonly events: Event[] = [];
  readonly reads: { id: number; site: Site }[] = [];
  readonly guards: { read: () => unknown; value: unknown }[] = [];
  readonly optimizers: tf.Optimizer[] = [];
  readonly dataIds = new Map<number, object>();
  /** Ids that the step wanted to delete although they are from before it. */
  readonly held: number[] = [];
  private readonly made = new Set<number>();
  private readonly contents = new Map<string, Uint8Array>();
  /** Where tensors were made in JavaScript; their values may be uploaded much later. */
  private readonly written = new WeakMap<object, Site>();
  private uploading: Site | undefined;
  private checking = false;
  private readonly undo: (() => void)[] = [];

  constructor(private readonly native: NativeBackend) {}

  install(): void {
    this.replace(Error, "stackTraceLimit", 100); // the learner's line lies under some thirty frames of TensorFlow.js
    this.hookBinding();
    this.hookBackend();
    setHostRecorder({
      host: (tensor, draw) => {
        this.native.getInputTensorIds([tensor]);
        (this.events.at(-1) as ConstEvent).draw = draw;
      },
      guard: (read, value) => void this.guards.push({ read, value }),
    });
    this.undo.push(() => setHostRecorder(undefined));

    // tf.gather reads its indices to check them, the only kernel that reads anything; in a graph TensorFlow checks them.
    const gather = tf.getKernel("GatherV2", "tensorflow");
    const { kernelFunc } = gather;
    this.replace(gather, "kernelFunc", (params) => {
      this.checking = true;
      try {
        return kernelFunc(params);
      } finally {
        this.checking = false;
      }
    });
    const { optimizers } = this;
    const counter = tf.Optimizer.prototype as unknown as { incrementIterations(): void };
    const { incrementIterations } = counter;
    this.replace(counter, "incrementIterations", function (this: tf.Optimizer) {
      optimizers.push(this);
      incrementIterations.call(this);
    });
  }

  uninstall(): void {
    for (const undo of this.undo.reverse()) undo();
  }

  private replace<T extends object, K extends keyof T>(target: T, key: K, value: T[K]): void {
    const own = Object.getOwnPropertyDescriptor(target, key);
    target[key] = value;
    this.undo.push(() => (own ? Object.defineProperty(target, key, own) : Reflect.deleteProperty(target, key)));
  }

  private site(): Site {
    const here: Site = {};
    Error.captureStackTrace(here); // V8 makes the text only when it is read
    return here;
  }

  /** The binding's own properties cannot be written, but kernels look it up at each call: another object stands in for it. */
  private hookBinding(): void {
    const { binding } = this.native;
    const hooks: Partial<Binding> = {
      executeOp: (op, attrs, inputs, count) => {
        const outputs = binding.executeOp(op, attrs, inputs, count);
        for (const { id } of outputs) this.made.add(id);
        this.events.push({ op, attrs, inputs, outputs, site: this.site() });
        return outputs;
      },
      createTensor: (shape, dtype, values) => {
        const id = binding.createTensor(shape, dtype, values);
        this.made.add(id);
        const site = this.uploading ?? this.site();
        this.events.push({ op: "Const", outputs: [{ id, shape, dtype }], bytes: this.contentOf(values), site });
        return id;
      },
      tensorDataSync: (id) => {
        if (!this.checking) this.reads.push({ id, site: this.site() });
        return binding.tensorDataSync(id);
      },
      deleteTensor: (id) => {
        if (this.made.has(id)) binding.deleteTensor(id);
        else this.held.push(id);
      },
    };
    const properties = Object.entries(hooks).map(([name, value]) => [name, { value }]);
    this.replace(this.native, "binding", Object.create(binding, Object.fromEntries(properties)) as Binding);
  }

  /** Learns which tensor holds which id, and where constants were made. */
  private hookBackend(): void {
    const { native, dataIds, written } = this;
    const { getInputTensorIds, createOutputTensor, write } = native;
    this.replace(native, "getInputTensorIds", (tensors) =>
      tensors.map((tensor) => {
        this.uploading = written.get(tensor.dataId);
        const id = getInputTensorIds.call(native, [tensor])[0]!;
        this.uploading = undefined;
        dataIds.set(id, tensor.dataId);
        return id;
      }),
    );
    this.replace(native, "createOutputTensor", (meta) => {
      const tensor = createOutputTensor.call(native, meta);
      dataIds.set(meta.id, tensor.dataId);
      return tensor;
    });
    this.replace(native, "write", (...values) => {
      const dataId = write.apply(native, values);
      written.set(dataId, this.site());
      return dataId;
    });
  }

  /** A copy of the bytes, one for equal ones: the array belongs to others, who may change it. */
  private contentOf(values: ArrayBufferView): Uint8Array {
    if (!ArrayBuffer.isView(values)) return new Uint8Array(); // strings; analyse.ts refuses them
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const digest = digestOf(bytes);
    if (!this.contents.has(digest)) this.contents.set(digest, bytes.slice());
    return this.contents.get(digest)!;
  }
}
