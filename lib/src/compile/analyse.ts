/**
 * Compares the tapes of two consecutive calls and decides what the step is: which values are arguments, state that goes from
 * call to call, host values, or constants. Or why it cannot be replayed. No annotations are needed: where two calls of the
 * same program differ tells what it depends on.
 */
import type * as tf from "@tensorflow/tfjs";
import { at, type Site } from "./site";
import type { NativeBackend } from "./native";
import { isConst, type ConstEvent, type Event, type OpEvent, type Tape } from "./tape";

/** Thrown while compiling; the message says what the step does that a graph cannot, and where. */
export class NotCompilable extends Error {}

/** State that goes from call to call: a variable, or a tensor that the step keeps. */
export interface Slot {
  readonly variable?: tf.Variable;
  /** Key of a kept tensor's data (a variable's is looked up each time, for `assign` changes it). */
  readonly dataId?: object;
  /** The value that the recorded step read, and the one that it left behind. */
  readonly now: number;
  readonly next?: number;
}

/** A step that can be replayed; values are named by the ids of the last tape. */
export interface Program {
  readonly tape: Tape;
  readonly slots: readonly Slot[];
  /** Tensors from outside that stay what they are, and TensorFlow.js' key of their data, if it knows them. */
  readonly captured: ReadonlyMap<number, object | undefined>;
  /** Values that native random operations have a part in. */
  readonly random: ReadonlySet<number>;
}

/** Whether an operation draws random numbers: never merged with its like, never compared with another run. */
export const isRandom = (op: string): boolean => /^(Random|Multinomial|(Parameterized)?TruncatedNormal)/.test(op);

/** Whether the number of an operation's results depends on values; JavaScript sees it as a shape. */
const isDynamic = (op: string) => /^(Where|Unique|NonMaxSuppression|ListDiff)/.test(op);

/** float32, uint8, int32, complex64, int64, bool; neither strings nor resources. */
const isNumeric = (dtype: number) => [1, 4, 3, 8, 9, 10].includes(dtype);

/** Throws NotCompilable with the place put where the reason says "@". */
function refuse(reason: string, site: Site = {}): never {
  throw new NotCompilable(reason.replace("@", at(site)));
}

/** Checks that two calls ran the same operations with the same constants; throws NotCompilable. */
export function compareEvents(a: Tape, b: Tape): void {
  for (let i = 0; i < Math.max(a.events.length, b.events.length); i++) {
    const x = a.events[i];
    const y = b.events[i];
    if (!x || !y || x.op !== y.op) {
      const ops = `${x?.op ?? "nothing"}, then ${y?.op ?? "nothing"}`;
      return refuse(`the step does something else from call to call@ (${ops})`, (y ?? x)!.site);
    }
    if (isConst(x) && isConst(y)) {
      if (!y.draw && !sameConst(x, y)) {
        const numbers = `${show(x)}, then ${show(y)}`;
        refuse(`JavaScript makes other numbers from call to call@ (${numbers}): use host() or hostTensor()`, y.site);
      }
    } else if (!isConst(x) && !isConst(y)) {
      if (isDynamic(y.op)) refuse(`${y.op}@ has as many results as the values say`, y.site);
      if (!sameAttrs(x, y)) refuse(`${y.op}@ has other settings from call to call`, y.site);
    }
    const shapes = (event: Event) => event.outputs.map(({ shape }) => `[${shape}]`).join(", ");
    if (shapes(x) !== shapes(y)) {
      refuse(`${y.op}@ makes another shape from call to call (${shapes(x)}, then ${shapes(y)})`, y.site);
    }
    if (!y.outputs.every(({ dtype }) => isNumeric(dtype))) refuse(`${y.op}@ makes strings or resources`, y.site);
  }
}

/** Makes a program of the tapes of two consecutive calls with the same signature; throws NotCompilable. */
export function analyse(native: NativeBackend, a: Tape, b: Tape): Program {
  const toB = new Map<number, number>(); // a value of call a → the same value of call b
  const toA = new Map<number, number>();
  const pair = (idA: number, idB: number) => void (toB.set(idA, idB), toA.set(idB, idA));
  const captured = new Map<number, object | undefined>();
  const carried = new Map<number, Site>(); // made in a, read in b
  const madeInA = new Set(a.events.flatMap((event) => event.outputs.map(({ id }) => id)));
  /** Checks that b reads at some place what a reads there; learns about values from outside. */
  const match = (idA: number, idB: number, site: Site) => {
    if (toB.has(idA) || toA.has(idB)) {
      if (toB.get(idA) !== idB) refuse("the step@ uses another value from call to call", site);
    } else if (idA === idB || (a.dataIds.has(idA) && a.dataIds.get(idA) === b.dataIds.get(idB))) {
      captured.set(idB, b.dataIds.get(idB));
    } else if (madeInA.has(idB)) {
      carried.set(idB, site);
    } else {
      refuse("a tensor made outside the step is replaced between calls@: pass it as an argument", site);
    }
  };

  a.args.forEach((id, i) => pair(id, b.args[i]!));
  for (const [variable, id] of a.before) if (b.before.has(variable)) pair(id, b.before.get(variable)!);
  // First of all, for values that are read back are behind most other differences.
  const isSource = (event: Event) => isRandom(event.op) || (isConst(event) && event.draw !== undefined);
  const varying = reach(b, isSource, [...b.args, ...b.before.values(), ...madeInA]);
  const readBack = b.reads.find(({ id }) => varying.has(id));
  if (readBack) refuse("the step reads a value back@ (dataSync, print, ...)", readBack.site);
  compareEvents(a, b);
  b.events.forEach((event, i) => {
    const before = a.events[i]!;
    if (!isConst(event) && !isConst(before)) before.inputs.forEach((id, k) => match(id, event.inputs[k]!, event.site));
    before.outputs.forEach(({ id }, k) => pair(id, event.outputs[k]!.id));
  });

  if (a.results.length !== b.results.length) refuse("the step returns another number of tensors from call to call");
  b.results.forEach((id, i) => match(a.results[i]!, id, {}));
  if (a.optimizers.some((optimizer, i) => optimizer !== b.optimizers[i])) {
    refuse("the step uses another optimizer from call to call");
  }

  const slots: Slot[] = [];
  const made = [...b.after.keys()].find((variable) => !b.before.has(variable));
  if (made) refuse(`the step makes a new tf.Variable ("${made.name}") in every call`);
  for (const [variable, now] of b.before) {
    const next = b.after.get(variable);
    if (next === undefined) return refuse(`the step disposes the variable "${variable.name}"`);
    if ((next !== now) !== (a.after.get(variable) !== a.before.get(variable))) {
      refuse(`the step changes the variable "${variable.name}" in some calls only`);
    }
    if (next !== now) match(a.after.get(variable)!, next, {});
    slots.push(next !== now ? { variable, now, next } : { variable, now });
  }
  for (const slot of keptSlots(native, a, b, toA)) {
    slots.push(slot);
    carried.delete(slot.now);
  }
  for (const site of carried.values()) refuse("a result of the last call is used@: pass it as an argument", site);
  return { tape: b, slots, captured, random: reach(b, (event) => isRandom(event.op), []) };
}

/** Tensors that outlive the step although nobody returned them: state if this call's replaced the last call's. */
function keptSlots(native: NativeBackend, a: Tape, b: Tape, toA: ReadonlyMap<number, number>): Slot[] {
  const holds = (dataId: object | undefined, id: number) =>
    dataId !== undefined && native.tensorMap.has(dataId) && native.tensorMap.get(dataId).id === id;
  const returned = new Set([...b.results.map((id) => b.dataIds.get(id)), ...[...b.after.keys()].map((v) => v.dataId)]);
  return b.events.flatMap(({ outputs, site }) =>
    outputs.flatMap(({ id: next }) => {
      const dataId = b.dataIds.get(next);
      if (!dataId || returned.has(dataId) || !holds(dataId, next)) return [];
      const now = toA.get(next)!;
      if (holds(a.dataIds.get(now), now)) refuse("the step@ keeps a new tensor in every call: return it", site);
      return [{ dataId, now, next }];
    }),
  );
}

/** The values that depend on `seeds` or on the results of the chosen operations. */
function reach(tape: Tape, chosen: (event: Event) => boolean, seeds: Iterable<number>): Set<number> {
  const reached = new Set(seeds);
  for (const event of tape.events) {
    if (!chosen(event) && (isConst(event) || !event.inputs.some((id) => reached.has(id)))) continue;
    for (const { id } of event.outputs) reached.add(id);
  }
  return reached;
}

function sameConst(x: ConstEvent, y: ConstEvent): boolean {
  return x.outputs[0].dtype === y.outputs[0].dtype && Buffer.compare(x.bytes, y.bytes) === 0;
}

/** Whole numbers are cut as the binding cuts them: tf.multinomial's default seed is a fraction, that is 0. */
function sameAttrs(x: OpEvent, y: OpEvent): boolean {
  const text = ({ attrs }: OpEvent) =>
    JSON.stringify(
      attrs.map(({ name, type, value }) => [name, type === 1 && typeof value === "number" ? Math.trunc(value) : value]),
    );
  return x.attrs === y.attrs || text(x) === text(y);
}

function show({ outputs: [value], bytes }: ConstEvent): string {
  if (bytes.length !== 4) return `[${value.shape}] numbers`;
  return String(value.dtype === 1 ? new Float32Array(bytes.buffer)[0] : new Int32Array(bytes.buffer)[0]);
}
