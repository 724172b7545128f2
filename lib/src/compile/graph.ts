/**
 * Writes a program as a TensorFlow graph: drops what no result needs, merges what is computed twice, replaces some of
 * TensorFlow.js' ways by TensorFlow's faster equivalents (same values to rounding), and loads the result as a session.
 * TensorFlow's own optimizer folds constants and fuses further when the graph first runs.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { OpAttr } from "../backend";
import { isRandom, type Program } from "./analyse";
import { boolAttr, savedModel, shapeAttr, tensorAttr, typeAttr, type NodeDef } from "./protobuf";
import { at, type Site } from "./site";
import { digestOf, isConst, type Binding, type Meta } from "./tape";

/** A node before it has a name: values are ids of the tape, negative ones exist in the graph only. */
interface Node {
  op: string;
  attrs: readonly OpAttr[];
  inputs: readonly number[];
  outputs: readonly Meta[];
  /** The value of a Const. */
  bytes?: Uint8Array;
  site?: Site;
}

/** A graph that TensorFlow has loaded. */
export interface Graph {
  readonly session: number;
  /** The names of what to feed and to fetch, separated by commas. */
  readonly inputNames: string;
  readonly outputNames: string;
  readonly nodes: number;
  /** Where in the learner's code the nodes come from that may fail on values. */
  readonly places: ReadonlyMap<string, string>;
  /** Equal for equal graphs. */
  readonly digest: string;
}

const FLOAT = 1;
const INT32 = 3;

/** Look-ups by index, which may be out of range. */
const mayFail = /Gather|Scatter|Sparse/;

/** Constants of more bytes than this are fed at each call: a graph would copy them into its file. */
const largest = 65536;

/**
 * Builds and loads the graph that computes `outputs` (ids of the program's tape). Values in `fed` are always fed; the other
 * captured tensors become constants. Returns the graph (`loaded`, if it is the same) and the ids of what to feed.
 */
export function load(
  binding: Binding,
  program: Program,
  outputs: readonly number[],
  fed: ReadonlySet<number>,
  loaded?: Graph,
): { graph: Graph; inputs: readonly number[] } {
  const nodes: Node[] = [];
  const maker = new Map<number, Node>();
  const same = new Map<number, number>(); // a value that is not computed → the one that stands for it
  const known = new Map<string, Node>();
  let fresh = -1;
  const find = (id: number) => same.get(id) ?? id;
  const makerOf = (id: number) => maker.get(find(id))!;
  const metaOf = (id: number) => makerOf(id).outputs.find((output) => output.id === find(id))!;

  const add = (node: Node) => {
    const key = [
      node.op,
      node.inputs,
      text(node.attrs),
      node.bytes && [node.outputs[0]!.shape, digestOf(node.bytes)],
    ].join(" ");
    const twin = node.op === "Placeholder" || isRandom(node.op) ? undefined : known.get(key);
    if (twin) return node.outputs.forEach(({ id }, i) => same.set(id, twin.outputs[i]!.id));
    known.set(key, node);
    nodes.push(node);
    for (const { id } of node.outputs) maker.set(id, node);
  };
  const addOp = (op: string, attrs: readonly OpAttr[], from: readonly number[], made: readonly Meta[], site: Site) => {
    const inputs = from.map(find);
    const out = made[0]!;
    const attr = (name: string) => attrs.find((one) => one.name === name)?.value;
    const isNothing =
      op === "Identity" ||
      (op === "Reshape" && `${metaOf(inputs[0]!).shape}` === `${out.shape}`) ||
      (op === "Cast" && attr("SrcT") === attr("DstT"));
    if (isNothing) return void same.set(out.id, inputs[0]!);
    const matrices = op === "BatchMatMulV2" && inputs.every((id) => metaOf(id).shape.length === 2);
    if (matrices) {
      // 50 µs against 115 µs for [256, 128] × [128, 128]
      const transpose = [boolAttr("transpose_a", !!attr("adj_x")), boolAttr("transpose_b", !!attr("adj_y"))];
      return add({ op: "MatMul", attrs: [typeAttr("T", out.dtype), ...transpose], inputs, outputs: made });
    }
    if (op === "SplitV" && splitsJoined(inputs, made)) return;
    const gradient = op === "Mul" && (activationGrad(inputs[0]!, inputs[1]!) ?? activationGrad(inputs[1]!, inputs[0]!));
    if (gradient) return add({ ...gradient, attrs: [typeAttr("T", FLOAT)], outputs: made });
    // tfjs-node leaves this attribute to be inferred, which only eager TensorFlow does.
    const all = op === "ExpandDims" ? [...attrs, typeAttr("T", out.dtype)] : attrs;
    add({ op, attrs: all, inputs, outputs: made, site });
  };

  /**
   * A split along the first axis of what was joined there from pieces of the same sizes (and perhaps reshaped): the pieces
   * themselves. So layers that cut the batch into one chain per core hand the chains on without copying.
   */
  const splitsJoined = ([from, , axis]: readonly number[], made: readonly Meta[]): boolean => {
    let joined = makerOf(from!);
    while (joined.op === "Reshape") joined = makerOf(joined.inputs[0]!);
    const parts = joined.inputs.slice(0, -1);
    const fits =
      joined.op === "ConcatV2" &&
      [axis!, joined.inputs.at(-1)!].every((id) => isZero(makerOf(id))) &&
      parts.length === made.length &&
      parts.every((id, i) => elements(metaOf(id)) === elements(made[i]!));
    if (!fits) return false;
    parts.forEach((id, i) => {
      const out = made[i]!;
      if (`${metaOf(id).shape}` === `${out.shape}`) return void same.set(out.id, id);
      const shape = { id: fresh--, shape: [out.shape.length], dtype: INT32 };
      add(constant(shape, bytesOf(Int32Array.from(out.shape))));
      const attrs = [typeAttr("T", out.dtype), typeAttr("Tshape", INT32)];
      add({ op: "Reshape", attrs, inputs: [id, find(shape.id)], outputs: [out] });
    });
    return true;
  };

  /** dy · (1 − y²) after tanh and dy · (y · (1 − y)) after sigmoid: one operation each instead of three. */
  const activationGrad = (slope: number, dy: number): Pick<Node, "op" | "inputs"> | undefined => {
    const isOneMinus = (node: Node) => node.op === "Sub" && isOne(makerOf(node.inputs[0]!));
    const node = makerOf(slope);
    let y: number | undefined;
    if (isOneMinus(node) && makerOf(node.inputs[1]!).op === "Square") y = makerOf(node.inputs[1]!).inputs[0]!;
    const product = node.op === "Mul" && isOneMinus(makerOf(node.inputs[1]!));
    if (product && makerOf(node.inputs[1]!).inputs[1] === node.inputs[0]) y = node.inputs[0]!;
    const op = y !== undefined && { Tanh: "TanhGrad", Sigmoid: "SigmoidGrad" }[makerOf(y).op];
    if (!op || (op === "SigmoidGrad") !== product || `${metaOf(y!).shape}` !== `${metaOf(dy).shape}`) return undefined;
    return { op, inputs: [y!, dy] };
  };

  const addConst = (value: Meta, bytes: Uint8Array) => {
    const first = bytes.subarray(0, bytes.length / elements(value));
    if (bytes.length <= largest || bytes.some((byte, i) => byte !== first[i % first.length])) {
      return add(constant(value, bytes));
    }
    // tf.zeros and tf.ones are long arrays in TensorFlow.js: two short constants instead.
    const shape = { id: fresh--, shape: [value.shape.length], dtype: INT32 };
    const fill = { id: fresh--, shape: [], dtype: value.dtype };
    add(constant(shape, bytesOf(Int32Array.from(value.shape))));
    add(constant(fill, first));
    add({ op: "Fill", attrs: [typeAttr("T", value.dtype)], inputs: [shape.id, fill.id].map(find), outputs: [value] });
  };
  const addPlaceholder = (value: Meta) => {
    const attrs = [typeAttr("dtype", value.dtype), shapeAttr("shape", value.shape)];
    add({ op: "Placeholder", attrs, inputs: [], outputs: [value] });
  };
  const describe = (id: number): Meta => {
    const [copy] = binding.executeOp("Identity", [], [id], 1); // the only way to learn shape and type of a bare id
    binding.deleteTensor(copy!.id);
    return { ...copy!, id };
  };
  const read = new Set([...program.tape.events.flatMap((event) => (isConst(event) ? [] : event.inputs)), ...outputs]);
  for (const id of new Set([...program.tape.args, ...program.slots.map(({ now }) => now!)])) {
    if (read.has(id)) addPlaceholder(describe(id));
  }
  for (const [id, dataId] of program.captured) {
    const value = describe(id);
    if (dataId && (fed.has(id) || 4 * elements(value) > largest)) addPlaceholder(value);
    else addConst(value, bytesOf(binding.tensorDataSync(id)));
  }
  for (const event of program.tape.events) {
    if (!isConst(event)) addOp(event.op, event.attrs, event.inputs, event.outputs, event.site);
    else if (event.draw) addPlaceholder(event.value);
    else addConst(event.value, event.bytes);
  }

  // Only what the outputs need is written.
  const needed = new Set<Node>();
  const visit = (id: number) => {
    const pending = [id];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const node = makerOf(next);
      if (needed.has(node)) continue;
      needed.add(node);
      pending.push(...node.inputs);
    }
  };
  outputs.forEach(visit);
  const used = nodes.filter((node) => needed.has(node));
  // Named after their operation, for TensorFlow's error messages.
  const names = new Map(used.map((node, i) => [node, `${node.op.replace(/^_+/, "")}_${i}`] as const));
  const reference = (id: number, always: boolean) => {
    const node = makerOf(id);
    const index = node.outputs.findIndex((output) => output.id === find(id));
    return names.get(node)! + (always || index > 0 ? `:${index}` : "");
  };
  const defs: NodeDef[] = used.map((node) => ({
    name: names.get(node)!,
    op: node.op,
    attrs: node.bytes
      ? [...node.attrs, tensorAttr("value", node.outputs[0]!.dtype, node.outputs[0]!.shape, node.bytes)]
      : node.attrs,
    inputs: node.inputs.map((id) => reference(id, false)),
  }));
  const outputNames = outputs.map((id, i) => {
    if (makerOf(id).op !== "Placeholder") return reference(id, true);
    // A session does not return what it was fed.
    defs.push({
      name: `o${i}`,
      op: "Identity",
      attrs: [typeAttr("T", metaOf(id).dtype)],
      inputs: [reference(id, false)],
    });
    return `o${i}:0`;
  });
  const inputs = used.filter((node) => node.op === "Placeholder").map((node) => node.outputs[0]!.id);
  const model = savedModel(defs, binding.TF_Version);
  const inputNames = inputs.map((id) => reference(id, true)).join();
  const digest = digestOf(Buffer.concat([model, Buffer.from(`${inputNames} ${outputNames}`)]));
  if (digest === loaded?.digest) return { graph: loaded, inputs };
  const places = new Map(used.filter(({ op }) => mayFail.test(op)).map((node) => [names.get(node)!, at(node.site!)]));
  const session = loadSession(binding, model);
  return {
    graph: { session, inputNames, outputNames: outputNames.join(), nodes: defs.length, places, digest },
    inputs,
  };
}

/** The binding loads models from folders only. */
function loadSession(binding: Binding, model: Uint8Array): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), "unrolled-step-"));
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), model);
    return binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const elements = ({ shape }: Meta) => shape.reduce((product, size) => product * size, 1);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);

const text = (attrs: readonly OpAttr[]) => JSON.stringify(attrs.map(({ name, value }) => [name, value]));

function constant(value: Meta, bytes: Uint8Array): Node {
  return { op: "Const", attrs: [typeAttr("dtype", value.dtype)], inputs: [], outputs: [value], bytes };
}

function isZero({ bytes }: Node): boolean {
  return bytes !== undefined && bytes.every((byte) => byte === 0);
}

function isOne({ bytes, outputs }: Node): boolean {
  return bytes?.length === 4 && outputs[0]!.dtype === FLOAT && new Float32Array(bytes.slice().buffer)[0] === 1;
}
