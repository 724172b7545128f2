/**
 * `compile(step)`: a training step as one graph. The first call warms up, the next two are recorded while they run (tape.ts),
 * compared (analyse.ts), made a graph (graph.ts), and from then on each call runs that graph (plan.ts), in TensorFlow or in
 * loops of this library. What cannot be compiled runs as it is and says why. docs/compile.md tells how to use it.
 */
import * as tf from "@tensorflow/tfjs";
import { isTaping, tidy } from "../kernels/tape";
import { analyse, compareEvents, NotCompilable, type Program } from "./analyse";
import type { Engine, Graph } from "./engine";
import { Plan } from "./plan";
import { disposedIn, flatten, foreign, rebuild } from "./structure";
import { nativeBackend, type NativeBackend } from "./native";
import { forgetOrigins, isRecording, record, type Tape } from "./tape";

/** Settings of `compile`. */
export interface CompileOptions {
  /** Calls (of each argument signature) that run eagerly to check that the step still does what was recorded. */
  audit?: readonly number[];
  /** Told once why the step runs eagerly; by default a warning on the console. Not told of a backend without graphs. */
  onFallback?: (message: string) => void;
  /** Throw instead of running eagerly. */
  strict?: boolean;
  /** Who computes the graph, if it can; by default this library a small one and TensorFlow a large one. */
  engine?: Engine;
}

/** What a compiled step did so far. */
export interface CompileStats {
  /** Calls, and how many of them ran as a graph. */
  calls: number;
  replays: number;
  /** Native operations that the eager step runs, and nodes of the graph (of the plan made last). */
  operations: number;
  nodes: number;
  /** Who computes it; undefined as long as nobody does. */
  engine: Engine | undefined;
  /** Whether it runs in TensorFlow's pool of threads (or, being small, in the thread that calls it). */
  isPooled: boolean;
  /** Milliseconds that the last plan took to build and to try. */
  buildMs: number;
}

/** A function of the same signature, and what became of it. */
export type Compiled<A extends unknown[], R> = ((...args: A) => R) & {
  /** Why the step runs eagerly; undefined while it does not, or not yet. */
  readonly reason: string | undefined;
  readonly stats: Readonly<CompileStats>;
  /** Frees the graphs; later calls run eagerly. */
  dispose(): void;
};

/** What is known about one signature of arguments. */
interface Signature {
  calls: number;
  /** The last recorded call, and the structure of what it returned. */
  tape?: Tape;
  structure?: string;
  result?: unknown;
  /** Recordings that made no plan. */
  failures: number;
  plan?: Plan;
  /** Replays of this plan, and how many plans before it did not last long. */
  replays: number;
  restarts: number;
  /** The plan before this recording, and whether the new one must equal it. */
  former?: Plan;
  isAudit: boolean;
}

/** Beyond this many signatures, the one that was not used for longest is forgotten and its graph freed. */
const mostSignatures = 16;

/** A plan that serves fewer calls than this is not worth its recording; several in a row, and the step runs eagerly. */
const fewReplays = 10;
const mostRestarts = 3;

/** Frees the graphs of compiled steps that nobody can call any more, as when a notebook's cell runs again. */
const abandoned = new FinalizationRegistry<Set<Graph>>((graphs) => graphs.forEach((graph) => graph.free()));

/** Native TensorFlow would say of a disposed tensor that it cannot read properties of undefined. */
function checkArguments(args: readonly unknown[]): void {
  args.forEach((arg, i) => {
    const place = disposedIn(arg);
    if (place === undefined) return;
    throw new Error(
      `compile: argument ${i + 1}${place && ` (${place})`} is disposed; a DataLoader's batch lives until the next one is taken ` +
        "(keepBatches: true leaves it to you)",
    );
  });
}

function tensorsIn(value: unknown): tf.Tensor[] {
  const leaves: tf.Tensor[] = [];
  flatten(value, leaves);
  return leaves;
}

/** A step and everything that is known about it. */
class Step<A extends unknown[], R> {
  readonly stats: CompileStats = {
    calls: 0,
    replays: 0,
    operations: 0,
    nodes: 0,
    engine: undefined,
    isPooled: false,
    buildMs: 0,
  };
  readonly graphs = new Set<Graph>();
  reason: string | undefined;
  private readonly signatures = new Map<string, Signature>();
  private readonly moving = new WeakSet<object>();
  private isWarm = false;

  constructor(
    private readonly step: (...args: A) => R,
    private readonly options: Required<Omit<CompileOptions, "engine">> & Pick<CompileOptions, "engine">,
  ) {}

  call(args: A): R {
    checkArguments(args);
    const { stats } = this;
    stats.calls++;
    // Nor a graph where a gradient is being taken: its operations would be missing from the tape.
    if (this.reason !== undefined || isRecording() || isTaping()) return this.runEagerly(args);
    const native = nativeBackend();
    if (!native) {
      this.reason = `the backend "${tf.getBackend()}" has no graphs`;
      if (this.options.strict) throw new Error(`compile: ${this.reason}`);
      return this.runEagerly(args);
    }
    const leaves: tf.Tensor[] = [];
    const signature = this.lookUp(flatten(args, leaves));
    signature.calls++;
    const stale = signature.plan?.stale();
    if (signature.plan && !stale && !this.options.audit.includes(signature.calls)) {
      const results = signature.plan.run(leaves);
      signature.replays++;
      stats.replays++;
      return rebuild(signature.result, results.values()) as R;
    }
    if (signature.plan) this.recordAnew(signature, stale);
    if (this.reason !== undefined || !this.isWarm) {
      this.isWarm = true; // what is made on first use, such as an optimizer's state, must be there before the first recording
      return this.runEagerly(args);
    }
    return this.record(native, signature, leaves, args, stale);
  }

  /** Runs eagerly from now on, and frees the graphs. */
  stop(reason: string): void {
    this.reason = reason;
    for (const graph of this.graphs) this.free(graph);
    this.signatures.clear();
  }

  private giveUp(why: string): void {
    this.stop(why);
    if (this.options.strict) throw new Error(`compile: ${why}`);
    this.options.onFallback(`compile: the step runs eagerly: ${why}`);
  }

  private free(graph: Graph | undefined): void {
    if (graph && this.graphs.delete(graph)) graph.free();
  }

  private runEagerly(args: A): R {
    return tidy(() => this.step(...args));
  }

  private lookUp(key: string): Signature {
    const { signatures } = this;
    const signature = signatures.get(key) ?? { calls: 0, failures: 0, replays: 0, restarts: 0, isAudit: false };
    signatures.delete(key);
    signatures.set(key, signature); // the map's order is that of use
    if (signatures.size > mostSignatures) {
      const [oldest, { plan, former }] = signatures.entries().next().value!;
      signatures.delete(oldest);
      this.free(plan?.graph);
      this.free(former?.graph);
      if (this.stats.replays === 0) this.giveUp("the arguments' shapes or values are others in every call");
    }
    return signature;
  }

  /** Lets go of the plan because it is stale, or to audit it. */
  private recordAnew(signature: Signature, stale: string | undefined): void {
    const { plan: former, replays, restarts } = signature;
    signature.restarts = stale && replays < fewReplays ? restarts + 1 : 0;
    if (signature.restarts > mostRestarts) {
      return this.giveUp(`${stale} again and again: use host(), or pass it as an argument`);
    }
    Object.assign(signature, { former, isAudit: !stale, plan: undefined, tape: undefined, failures: 0, replays: 0 });
  }

  /** Runs the step eagerly and learns from it. */
  private record(native: NativeBackend, signature: Signature, leaves: tf.Tensor[], args: A, stale?: string): R {
    let recorded;
    try {
      recorded = record(native, leaves, () => this.step(...args), tensorsIn);
    } catch (error) {
      if (!stale) throw error;
      throw new Error(`compile: ${stale}, and the step fails: ${(error as Error).message}`, { cause: error });
    }
    const { tape, result, release } = recorded;
    const { tape: before, structure, former, isAudit } = signature;
    signature.tape = tape;
    signature.structure = flatten(result, []);
    try {
      const other = foreign(result);
      if (other) throw new NotCompilable(`the step returns ${other}: return tensors only`);
      if (isAudit) compareEvents(former!.program.tape, tape);
      if (!before) return result; // the next call will tell
      if (structure !== signature.structure) throw new NotCompilable("the step returns other things from call to call");
      const consumed = leaves.flatMap((leaf, i) => (leaf.isDisposed ? [i] : []));
      const plan = this.makePlan(native, before, tape, consumed, signature);
      Object.assign(signature, { plan, result, tape: undefined, former: undefined, isAudit: false });
    } catch (error) {
      this.free(former?.graph);
      signature.former = undefined;
      const why = error instanceof NotCompilable ? error.message : `it cannot be written as a graph (${String(error)})`;
      if (isAudit) this.giveUp(`call ${signature.calls} is not what was recorded, nor perhaps some before it: ${why}`);
      else if (++signature.failures > 1) this.giveUp(why);
    } finally {
      release();
    }
    return result;
  }

  /** Makes and tries a plan from two recorded calls; throws NotCompilable. */
  private makePlan(native: NativeBackend, a: Tape, b: Tape, consumed: number[], signature: Signature): Plan {
    const start = performance.now();
    const program = analyse(native, a, b);
    const { former } = signature;
    const { engine } = this.options;
    let plan;
    try {
      plan = this.tryPlan(native, program, consumed, signature, engine, former?.graph);
    } catch (error) {
      // What the loops do not get right, TensorFlow may.
      if (engine === "TensorFlow" || signature.isAudit || !(error instanceof NotCompilable)) throw error;
      plan = this.tryPlan(native, program, consumed, signature, "TensorFlow");
    }
    const { graph } = plan;
    forgetOrigins(b);
    if (graph !== former?.graph) this.free(former?.graph);
    const buildMs = performance.now() - start;
    Object.assign(this.stats, {
      operations: b.events.length,
      nodes: graph.nodes,
      engine: graph.engine,
      isPooled: graph.isPooled,
      buildMs,
    });
    return plan;
  }

  /** A plan that reproduces the recorded call; throws NotCompilable. */
  private tryPlan(
    native: NativeBackend,
    program: Program,
    consumed: number[],
    { former, isAudit }: Signature,
    engine: Engine | undefined,
    previous?: Graph,
  ): Plan {
    const plan = new Plan(native, program, consumed, this.moving, engine, previous);
    const { graph } = plan;
    this.graphs.add(graph);
    try {
      if (isAudit && graph !== former!.graph) throw new NotCompilable("its operations are wired in another way");
      plan.tryOut();
    } catch (error) {
      this.free(graph);
      throw error;
    }
    return plan;
  }
}

/**
 * Compiles a training step (or any function of tensors): same signature, same results to rounding, one graph in place of
 * hundreds of native calls. Arguments and results are tensors, or arrays and records of them; other tensors are freed as by `tf.tidy`.
 * State lives in tf.Variables; numbers that JavaScript makes anew in each step pass through `host`. Throws what the step
 * throws; with `strict`, also if the step cannot be compiled.
 */
export function compile<A extends unknown[], R>(
  step: (...args: A) => R,
  { audit = [10, 100, 1000, 10000], onFallback = console.warn, strict = false, engine }: CompileOptions = {},
): Compiled<A, R> {
  if (step.constructor.name === "AsyncFunction") throw new Error("compile: expected a function that is not async");
  const compiled = new Step(step, { audit, onFallback, strict, engine });
  const call = (...args: A): R => compiled.call(args);
  abandoned.register(call, compiled.graphs);
  return Object.defineProperties(call, {
    reason: { get: () => compiled.reason },
    stats: { value: compiled.stats },
    dispose: { value: () => compiled.stop("it was disposed") },
  }) as Compiled<A, R>;
}
