/**
 * A program with its graph: feeds arguments, state and host values, runs the graph in one native call, and puts the new state
 * where it belongs. Variables stay ordinary tf.Variables: only the native tensor behind them is exchanged, after the graph
 * has succeeded, so a step that fails changes nothing.
 */
import type * as tf from "@tensorflow/tfjs";
import { NotCompilable, type Program } from "./analyse";
import { load, loadPooled, type Graph } from "./graph";
import type { Holder, Meta, NativeBackend } from "./native";
import { isConst, type ConstEvent } from "./tape";

/** The protected part of tf.Optimizer that counts steps. */
interface Counter {
  incrementIterations(): void;
}

/** The node that failed: "Session fail to run with error: indices[0] = 9 is not in [0, 5)\n [[{{node GatherV2_3}}]]". */
const nodeIn = /\s*\[\[\{\{node (\w+)[^]*$/;

/** How far a graph's values may be from the recorded ones (relative, Euclidean norm): to find blunders, not rounding. */
const tolerance = 0.01;

export class Plan {
  readonly graph: Graph;
  readonly program: Program;
  /** All host values of the step, and whether the graph needs them. */
  private readonly hosts: readonly { event: ConstEvent; isFed: boolean }[];
  private readonly changing: Program["slots"];
  /** What to feed before the host values: an argument, by position, or what a holder holds; and the recorded values. */
  private readonly feeds: readonly (number | Holder)[];
  private readonly recorded: readonly number[];
  private readonly variables: readonly { variable: tf.Variable; trainable: boolean }[];
  /** Data that must still be there, under the id they were embedded with or with the number of owners they had. */
  private readonly watched: readonly (Holder & { id?: number; refCount?: number })[];
  private readonly settings: string;

  /**
   * Loads the graph, or takes `previous` if it is the same; throws NotCompilable. The step disposes its arguments `consumed`.
   * `moving` are keys of outside data that were seen to change, so that they are not embedded.
   */
  constructor(
    private readonly native: NativeBackend,
    program: Program,
    private readonly consumed: readonly number[],
    private readonly moving: WeakSet<object>,
    previous?: Graph,
  ) {
    this.program = program;
    const { tape, slots, captured } = program;
    this.changing = slots.filter(({ next }) => next !== undefined);
    const outputs = [...tape.results, ...this.changing.map(({ next }) => next!)];
    const always = new Set([...captured].filter(([, dataId]) => dataId && moving.has(dataId)).map(([id]) => id));
    const { graph, inputs } = load(native.binding, program, outputs, always, previous);
    this.graph = graph;
    const isFed = new Set(inputs);
    const hosts = tape.events.filter((event): event is ConstEvent => isConst(event) && event.draw !== undefined);
    const isHost = new Set(hosts.map(({ outputs: [{ id }] }) => id));
    this.hosts = hosts.map((event) => ({ event, isFed: isFed.has(event.outputs[0].id) }));
    this.recorded = inputs.filter((id) => !isHost.has(id)); // the graph has its inputs in the order of the tape: hosts come last
    this.feeds = this.recorded.map((id) => {
      const arg = tape.args.indexOf(id);
      if (arg >= 0) return arg;
      const slot = slots.find(({ now }) => now === id);
      return slot?.variable ?? { dataId: slot?.dataId ?? captured.get(id)! };
    });
    this.variables = slots.flatMap(({ variable, now, next }) =>
      variable && (next !== undefined || isFed.has(now)) ? [{ variable, trainable: variable.trainable }] : [],
    );
    this.watched = [
      ...[...captured].flatMap(([id, dataId]) => (dataId ? [isFed.has(id) ? { dataId } : { dataId, id }] : [])),
      ...slots.flatMap(({ dataId }) => (dataId ? [{ dataId, refCount: native.tensorMap.get(dataId).refCount }] : [])),
    ];
    this.settings = this.readSettings();
  }

  /** What has changed that the graph takes for granted, so that the step must be recorded anew. */
  stale(): string | undefined {
    const { tensorMap } = this.native;
    for (const { variable, trainable } of this.variables) {
      if (variable.isDisposed) return `the variable "${variable.name}" is disposed`;
      if (variable.trainable !== trainable) return `the variable "${variable.name}" is frozen or thawed`;
    }
    for (const { read, value } of this.program.tape.guards) {
      if (!Object.is(read(), value)) return "a value passed through guard() changes";
    }
    if (this.settings !== this.readSettings()) return "the settings of a tf.train optimizer change";
    for (const { dataId, id, refCount } of this.watched) {
      if (!tensorMap.has(dataId)) return "a tensor from outside the step is disposed";
      const data = tensorMap.get(dataId);
      if (id !== undefined && data.id !== id) this.moving.add(dataId);
      if ((id ?? data.id) !== data.id || (refCount ?? data.refCount) !== data.refCount) {
        return "a tensor that the step uses is changed from outside";
      }
    }
    return undefined;
  }

  /** Runs the step; returns its result tensors. */
  run(args: readonly tf.Tensor[]): tf.Tensor[] {
    const { native, program } = this;
    // Every host value is drawn, also one that no result needs: a generator must advance as it does eagerly.
    const drawn = this.hosts.map(({ event }) => event.draw!());
    const tensors = this.feeds.map((feed) => (typeof feed === "number" ? args[feed]! : feed));
    const outputs = this.execute(native.getInputTensorIds(tensors), drawn);
    this.changing.forEach((slot, i) => this.put(slot, outputs[program.tape.results.length + i]!));
    for (const optimizer of program.tape.optimizers) (optimizer as unknown as Counter).incrementIterations();
    for (const position of this.consumed) args[position]!.dispose();
    return program.tape.results.map((_, i) => native.createOutputTensor(outputs[i]!));
  }

  private execute(ids: readonly number[], drawn: readonly ArrayBufferView[]): Meta[] {
    const { binding } = this.native;
    const { session, inputNames, outputNames } = this.graph;
    const fromHost: number[] = [];
    try {
      this.hosts.forEach(({ event, isFed }, i) => {
        const [{ shape, dtype }] = event.outputs;
        if (isFed) fromHost.push(binding.createTensor(shape, dtype, drawn[i]!));
      });
      return binding.runSavedModel(session, [...ids, ...fromHost], inputNames, outputNames);
    } catch (error) {
      const { message } = error as Error;
      const named = nodeIn.test(message) ? message : this.failAgain([...ids, ...fromHost], message);
      const reason = named.replace(/^.*with error: /, "").replace(nodeIn, "");
      const place = this.graph.places.get(nodeIn.exec(named)?.[1] ?? "") ?? "";
      throw new Error(`compile: ${reason}${place} (the step changed nothing)`, { cause: error });
    } finally {
      for (const id of fromHost) binding.deleteTensor(id);
    }
  }

  /** What the same graph, run by TensorFlow's pool of threads, says to the values that it failed on: that names the node. */
  private failAgain(inputs: readonly number[], message: string): string {
    const { binding } = this.native;
    const { inputNames, outputNames } = this.graph;
    const session = loadPooled(binding, this.graph);
    try {
      for (const { id } of binding.runSavedModel(session, inputs, inputNames, outputNames)) binding.deleteTensor(id);
    } catch (error) {
      return (error as Error).message;
    } finally {
      binding.deleteSavedModel(session);
    }
    return message;
  }

  /** Makes `value` the slot's new value. */
  private put({ variable, dataId }: Program["slots"][number], value: Meta): void {
    const { native } = this;
    const data = native.tensorMap.get(variable?.dataId ?? dataId!);
    if (variable && data.refCount > 1) {
      // A clone shares the variable's data and must keep the old value.
      const tensor = native.createOutputTensor(value);
      variable.assign(tensor);
      tensor.dispose();
    } else {
      if (data.id >= 0) native.binding.deleteTensor(data.id);
      data.id = value.id;
      data.values = null;
    }
  }

  /**
   * Runs the graph on the values from before the recorded call and compares with what that call made; throws NotCompilable.
   * Only before the recording is released.
   */
  tryOut(): void {
    const { binding } = this.native;
    const { tape, random } = this.program;
    const expected = [...tape.results, ...this.changing.map(({ next }) => next!)];
    const drawn = this.hosts.map(({ event: { outputs, bytes } }) =>
      outputs[0].dtype === 1 ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer),
    );
    const outputs = this.execute(this.recorded, drawn);
    const read = (id: number) => Float64Array.from(binding.tensorDataSync(id), Number);
    let blunder = false;
    const state = { error: 0, change: 0, size: 0 };
    outputs.forEach(({ id }, i) => {
      const want = read(expected[i]!);
      const got = read(id);
      binding.deleteTensor(id);
      if (random.has(expected[i]!)) return;
      const slot = this.changing[i - tape.results.length];
      if (!slot) return void (blunder ||= !(squares(got, want) <= tolerance ** 2 * squares(want) + 1e-12));
      state.error += squares(got, want);
      state.size += squares(want);
      state.change += slot.variable ? squares(want, read(slot.now)) : squares(want);
    });
    // State is judged as a whole and by its change: where a gradient is nothing but rounding, Adam's step is noise.
    blunder ||= !(state.error <= 0.01 * state.change + 1e-8 * state.size + 1e-12);
    if (blunder) throw new NotCompilable("the graph does not reproduce the recorded call");
  }

  /** The numbers in the tf.train optimizers, which a graph has frozen. */
  private readSettings(): string {
    const isSetting = ([name, value]: [string, unknown]) => typeof value === "number" && name !== "iterations_";
    return JSON.stringify(this.program.tape.optimizers.map((optimizer) => Object.entries(optimizer).filter(isSetting)));
  }
}

/** Σ (a − b)²; not-a-number and infinities agree with themselves. */
function squares(a: Float64Array, b?: Float64Array): number {
  let sum = 0;
  a.forEach((value, i) => {
    const other = b ? b[i]! : 0;
    if (!Object.is(value, other)) sum += (value - other) ** 2;
  });
  return sum;
}
