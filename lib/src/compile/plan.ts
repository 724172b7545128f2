/**
 * A program with its graph: feeds arguments, state and host values, runs the graph, and puts the new state where it belongs.
 * Variables stay ordinary tf.Variables: only the data behind them are exchanged, after the graph has succeeded, so a step that
 * fails changes nothing.
 */
import type * as tf from "@tensorflow/tfjs";
import { NotCompilable, type Program } from "./analyse";
import type { Drawn, Engine, Graph } from "./engine";
import { load } from "./graph";
import type { Holder, NativeBackend } from "./native";
import { isConst, type ConstEvent } from "./tape";

/** The protected part of tf.Optimizer that counts steps. */
interface Counter {
  incrementIterations(): void;
}

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
    engine: Engine | undefined,
    previous?: Graph,
  ) {
    this.program = program;
    const { tape, slots, captured } = program;
    this.changing = slots.filter(({ next }) => next !== undefined);
    const outputs = [...tape.results, ...this.changing.map(({ next }) => next!)];
    const always = new Set([...captured].filter(([, dataId]) => dataId && moving.has(dataId)).map(([id]) => id));
    const { graph, inputs } = load(native, program, outputs, this.changing, always, engine, previous);
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
    const { program } = this;
    // Every host value is drawn, also one that no result needs: a generator must advance as it does eagerly.
    const drawn = this.hosts.map(({ event }) => event.draw!());
    const feeds = this.feeds.map((feed) => (typeof feed === "number" ? args[feed]! : feed));
    const outputs = this.graph.run(feeds, this.fed(drawn));
    const { results, optimizers } = program.tape;
    this.changing.forEach((slot, i) => outputs.store(results.length + i, slot));
    for (const optimizer of optimizers) (optimizer as unknown as Counter).incrementIterations();
    for (const position of this.consumed) args[position]!.dispose();
    return results.map((_, i) => outputs.tensor(i));
  }

  /** Those of the host values that the graph needs. */
  private fed(drawn: readonly Drawn["values"][]): Drawn[] {
    return this.hosts.flatMap(({ event, isFed }, i) => (isFed ? [{ meta: event.outputs[0], values: drawn[i]! }] : []));
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
    const outputs = this.graph.run(this.recorded, this.fed(drawn));
    const read = (id: number) => Float64Array.from(binding.tensorDataSync(id), Number);
    let blunder = false;
    const state = { error: 0, change: 0, size: 0 };
    expected.forEach((id, i) => {
      const want = read(id);
      const got = outputs.read(i);
      if (random.has(id)) return;
      const slot = this.changing[i - tape.results.length];
      if (!slot) return void (blunder ||= !(squares(got, want) <= tolerance ** 2 * size(want) + 1e-12));
      state.error += squares(got, want);
      state.size += size(want);
      state.change += slot.variable ? size(want, read(slot.now)) : size(want);
    });
    outputs.free();
    // State is judged as a whole and by its change: where a gradient is nothing but rounding, Adam's step is noise.
    blunder ||= !(state.error <= 0.01 * state.change + 1e-8 * state.size + 1e-12);
    if (blunder) throw new NotCompilable("the graph does not reproduce the recorded call");
  }

  /** The numbers in the tf.train optimizers, which a graph has frozen. */
  private readSettings(): string {
    if (this.program.tape.optimizers.length === 0) return "";
    const isSetting = ([name, value]: [string, unknown]) => typeof value === "number" && name !== "iterations_";
    return JSON.stringify(this.program.tape.optimizers.map((optimizer) => Object.entries(optimizer).filter(isSetting)));
  }
}

/** Σ (a − b)²; not-a-number and infinities agree with themselves only. */
function squares(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => (Object.is(value, b[i]) ? sum : sum + (value - b[i]!) ** 2), 0);
}

/** Σ a², or Σ (a − b)², of what is finite. */
function size(a: Float64Array, b?: Float64Array): number {
  return a.reduce((sum, value, i) => {
    const square = (value - (b ? b[i]! : 0)) ** 2;
    return Number.isFinite(square) ? sum + square : sum;
  }, 0);
}
