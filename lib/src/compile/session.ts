/** A graph that TensorFlow runs: written as a SavedModel file, loaded as a session, one native call for each call of the step. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type * as tf from "@tensorflow/tfjs";
import { NotCompilable, type Slot } from "./analyse";
import type { Drawn, Graph, Input, Outputs } from "./engine";
import { endLoan } from "./loops";
import type { Binding, Meta, NativeBackend } from "./native";
import { savedModel, type NodeDef } from "./protobuf";

/** A graph with this tag runs in the thread that calls it, if the binding knows it (scripts/setup/caller-thread.cc). */
const callerThread = "caller-thread";

/** The node that failed: "Session fail to run with error: indices[0] = 9 is not in [0, 5)\n [[{{node GatherV2_3}}]]". */
const nodeIn = /\s*\[\[\{\{node (\w+)[^]*$/;

/** The nodes as TensorFlow takes them. */
export interface Written {
  readonly defs: readonly NodeDef[];
  /** The names of what to feed and to fetch, separated by commas. */
  readonly inputNames: string;
  readonly outputNames: string;
  /** Where in the learner's code the nodes come from that may fail on values. */
  readonly places: ReadonlyMap<string, string>;
  /** Equal for equal graphs. */
  readonly digest: string;
}

export class SessionGraph implements Graph {
  readonly engine = "TensorFlow";
  readonly nodes: number;
  readonly digest: string;
  private readonly session: number;

  /** Loads the graph; throws NotCompilable. `isPooled`: TensorFlow's pool of threads runs it, and not the thread that calls it. */
  constructor(
    private readonly native: NativeBackend,
    private readonly written: Written,
    readonly isPooled: boolean,
  ) {
    this.nodes = written.defs.length;
    this.digest = written.digest;
    this.session = load(native.binding, written.defs, isPooled ? ["serve"] : ["serve", callerThread]);
  }

  run(inputs: readonly Input[], drawn: readonly Drawn[]): Outputs {
    const { native } = this;
    const { binding } = native;
    const { inputNames, outputNames, places } = this.written;
    const ids = inputs.map((input) => (typeof input === "number" ? input : native.getInputTensorIds([input])[0]!));
    const fromHost: number[] = [];
    try {
      for (const { meta, values } of drawn) fromHost.push(binding.createTensor(meta.shape, meta.dtype, values));
      return outputsOf(native, binding.runSavedModel(this.session, [...ids, ...fromHost], inputNames, outputNames));
    } catch (error) {
      const { message } = error as Error;
      const named = nodeIn.test(message) ? message : this.failAgain([...ids, ...fromHost], message);
      const reason = named.replace(/^.*with error: /, "").replace(nodeIn, "");
      const place = places.get(nodeIn.exec(named)?.[1] ?? "") ?? "";
      throw new Error(`compile: ${reason}${place} (the step changed nothing)`, { cause: error });
    } finally {
      for (const id of fromHost) binding.deleteTensor(id);
    }
  }

  free(): void {
    this.native.binding.deleteSavedModel(this.session);
  }

  /** What the same graph, run by TensorFlow's pool of threads, says to the values that it failed on: that names the node. */
  private failAgain(inputs: readonly number[], message: string): string {
    const { binding } = this.native;
    const { defs, inputNames, outputNames } = this.written;
    const session = load(binding, defs, ["serve"]);
    try {
      for (const { id } of binding.runSavedModel(session, inputs, inputNames, outputNames)) binding.deleteTensor(id);
    } catch (error) {
      return (error as Error).message;
    } finally {
      binding.deleteSavedModel(session);
    }
    return message;
  }
}

/** The results of a call, tensors of TensorFlow's that nobody owns yet. */
function outputsOf(native: NativeBackend, values: readonly Meta[]): Outputs {
  const { binding } = native;
  return {
    read: (i) => Float64Array.from(binding.tensorDataSync(values[i]!.id), Number),
    tensor: (i) => native.createOutputTensor(values[i]!),
    store: (i, slot) => store(native, slot, values[i]!),
    free: () => values.forEach(({ id }) => binding.deleteTensor(id)),
  };
}

/** Makes `value` the slot's new value. */
function store(native: NativeBackend, { variable, dataId }: Slot, value: Meta): void {
  const data = native.tensorMap.get(variable?.dataId ?? dataId!);
  if (variable && data.refCount > 1) {
    // A clone shares the variable's data and must keep the old value.
    const tensor: tf.Tensor = native.createOutputTensor(value);
    variable.assign(tensor);
    tensor.dispose();
  } else {
    endLoan(data);
    if (data.id >= 0) native.binding.deleteTensor(data.id);
    data.id = value.id;
    data.values = null;
  }
}

/** The binding loads models from folders only. */
function load(binding: Binding, defs: readonly NodeDef[], tags: readonly string[]): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), "unrolled-step-"));
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), savedModel(defs, tags, binding.TF_Version));
    return binding.loadSavedModel(folder, tags.join());
  } catch (error) {
    throw new NotCompilable(`TensorFlow refuses the graph: ${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
