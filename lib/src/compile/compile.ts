/**
 * `compile(step)`: a training step as one TensorFlow graph. The first call warms up, the next two are recorded while they run
 * (tape.ts), compared (analyse.ts), written as a graph (graph.ts), and from then on each call is one native call (plan.ts).
 * What cannot be compiled runs as it is and says why. docs/compile.md tells how to use it.
 */
import * as tf from "@tensorflow/tfjs";
import { analyse, compareEvents, NotCompilable } from "./analyse";
import type { Graph } from "./graph";
import { Plan } from "./plan";
import { flatten, foreign, rebuild } from "./structure";
import { nativeBackend, tidy, type NativeBackend } from "./native";
import { forgetOrigins, isRecording, record, type Tape } from "./tape";

/** Settings of `compile`. */
export interface CompileOptions {
  /** Calls (of each argument signature) that run eagerly to check that the step still does what was recorded. */
  audit?: readonly number[];
  /** Told once why the step runs eagerly; by default a warning on the console. Not told of a backend without graphs. */
  onFallback?: (message: string) => void;
  /** Throw instead of running eagerly. */
  strict?: boolean;
}

/** What a compiled step did so far. */
export interface CompileStats {
  /** Calls, and how many of them ran as a graph. */
  calls: number;
  replays: number;
  /** Native operations that the eager step runs, and nodes of the graph (of the plan made last). */
  operations: number;
  nodes: number;
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
  audited: boolean;
}

/** Beyond this many signatures, the one that was not used for longest is forgotten and its graph freed. */
const mostSignatures = 16;

/** A plan that serves fewer calls than this is not worth its recording; several in a row, and the step runs eagerly. */
const fewReplays = 10;
const mostRestarts = 3;

const unload = ({ session }: Graph) => nativeBackend()?.binding.deleteSavedModel(session);

/** Frees the graphs of compiled steps that nobody can call any more, as when a notebook's cell runs again. */
const abandoned = new FinalizationRegistry<Set<Graph>>((graphs) => graphs.forEach(unload));

/** Whether TensorFlow.js is noting operations for a gradient, for which a graph's would be missing. */
function isTapeOn(): boolean {
  return (tf.engine() as unknown as { state: { gradientDepth: number } }).state.gradientDepth > 0;
}

function tensorsIn(value: unknown): tf.Tensor[] {
  const leaves: tf.Tensor[] = [];
  flatten(value, leaves);
  return leaves;
}

/**
 * Compiles a training step (or any function of tensors): same signature, same results to rounding, one native call in place
 * of hundreds. Arguments and results are tensors, or arrays and records of them; other tensors are freed as by `tf.tidy`.
 * State lives in tf.Variables; numbers that JavaScript makes anew in each step pass through `host`. Throws what the step
 * throws; with `strict`, also if the step cannot be compiled.
 */
export function compile<A extends unknown[], R>(
  step: (...args: A) => R,
  { audit = [10, 100, 1000, 10000], onFallback = console.warn, strict = false }: CompileOptions = {},
): Compiled<A, R> {
  if (step.constructor.name === "AsyncFunction") throw new Error("compile: expected a function that is not async");
  const signatures = new Map<string, Signature>();
  const graphs = new Set<Graph>();
  const moving = new WeakSet<object>();
  const stats: CompileStats = { calls: 0, replays: 0, operations: 0, nodes: 0, buildMs: 0 };
  let reason: string | undefined;
  let warm = false;

  const free = (graph?: Graph) => {
    if (graph && graphs.delete(graph)) unload(graph);
  };
  const stop = (why: string) => {
    reason = why;
    graphs.forEach(free);
    signatures.clear();
  };
  const giveUp = (why: string) => {
    stop(why);
    if (strict) throw new Error(`compile: ${why}`);
    onFallback(`compile: the step runs eagerly: ${why}`);
  };

  const lookUp = (key: string): Signature => {
    const signature = signatures.get(key) ?? { calls: 0, failures: 0, replays: 0, restarts: 0, audited: false };
    signatures.delete(key);
    signatures.set(key, signature); // the map's order is that of use
    if (signatures.size > mostSignatures) {
      const [oldest, { plan, former }] = signatures.entries().next().value!;
      signatures.delete(oldest);
      free(plan?.graph);
      free(former?.graph);
      if (stats.replays === 0) giveUp("the arguments' shapes or values are others in every call");
    }
    return signature;
  };

  /** Lets go of the plan, to record anew. */
  const restart = (signature: Signature, audited: boolean) => {
    const { plan: former } = signature;
    Object.assign(signature, { former, audited, plan: undefined, tape: undefined, failures: 0, replays: 0 });
  };

  /** Learns from a recorded call; from the second on there may be a plan. */
  const learn = (native: NativeBackend, signature: Signature, tape: Tape, result: unknown, consumed: number[]) => {
    const { tape: before, structure, former, audited } = signature;
    signature.tape = tape;
    signature.structure = flatten(result, []);
    const start = performance.now();
    let plan: Plan | undefined;
    try {
      const other = foreign(result);
      if (other) throw new NotCompilable(`the step returns ${other}: return tensors only`);
      if (audited) compareEvents(former!.program.tape, tape);
      if (!before) return;
      if (structure !== signature.structure) throw new NotCompilable("the step returns other things from call to call");
      plan = new Plan(native, analyse(native, before, tape), consumed, moving, former?.graph);
      graphs.add(plan.graph);
      if (audited && plan.graph !== former!.graph) throw new NotCompilable("operations are wired in another way");
      plan.tryOut();
    } catch (error) {
      free(plan?.graph);
      free(former?.graph);
      signature.former = undefined;
      const why = error instanceof NotCompilable ? error.message : `it cannot be written as a graph (${String(error)})`;
      if (audited) giveUp(`call ${signature.calls} is not what was recorded, nor were perhaps some before: ${why}`);
      else if (++signature.failures > 1) giveUp(why);
      return;
    }
    forgetOrigins(tape);
    if (plan.graph !== former?.graph) free(former?.graph);
    Object.assign(signature, { plan, result, former: undefined, tape: undefined, audited: false });
    Object.assign(stats, {
      operations: tape.events.length,
      nodes: plan.graph.nodes,
      buildMs: performance.now() - start,
    });
  };

  const call = (...args: A): R => {
    stats.calls++;
    const eagerly = () => tidy(() => step(...args));
    if (reason !== undefined || isRecording() || isTapeOn()) return eagerly();
    const native = nativeBackend();
    if (!native) {
      reason = `the backend "${tf.getBackend()}" has no graphs`;
      if (strict) throw new Error(`compile: ${reason}`);
      return eagerly();
    }
    const leaves: tf.Tensor[] = [];
    const signature = lookUp(flatten(args, leaves));
    signature.calls++;
    const stale = signature.plan?.stale();
    if (signature.plan) {
      if (!stale && !audit.includes(signature.calls)) {
        const results = signature.plan.run(leaves);
        signature.replays++;
        stats.replays++;
        return rebuild(signature.result, results.values()) as R;
      }
      signature.restarts = stale && signature.replays < fewReplays ? signature.restarts + 1 : 0;
      if (signature.restarts > mostRestarts) giveUp(`${stale} again and again: use host(), or pass it as an argument`);
      else restart(signature, !stale);
    }
    if (reason !== undefined || !warm) {
      warm = true; // what is made on first use, such as an optimizer's state, must be there before the first recording
      return eagerly();
    }
    let recorded;
    try {
      recorded = record(native, leaves, () => step(...args), tensorsIn);
    } catch (error) {
      if (!stale) throw error;
      throw new Error(`compile: ${stale}, and the step fails: ${(error as Error).message}`, { cause: error });
    }
    const { tape, result, release } = recorded;
    try {
      learn(
        native,
        signature,
        tape,
        result,
        leaves.flatMap((leaf, i) => (leaf.isDisposed ? [i] : [])),
      );
    } finally {
      release();
    }
    return result;
  };
  abandoned.register(call, graphs);
  return Object.defineProperties(call, {
    reason: { get: () => reason },
    stats: { value: stats },
    dispose: { value: () => stop("it was disposed") },
  }) as Compiled<A, R>;
}
