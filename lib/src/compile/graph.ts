/**
 * Makes a program a graph that runs: builds its nodes, and has TensorFlow (session.ts) or this library (loops/) compute them.
 */
import type { Program, Slot } from "./analyse";
import { needsThreads, suitsLoops } from "./cost";
import type { Engine, Graph } from "./engine";
import { loopGraph } from "./loops";
import { elements, mayFail, Nodes, type Node } from "./nodes";
import { savedModel, tensorAttr, typeAttr, type NodeDef } from "./protobuf";
import { SessionGraph, type Written } from "./session";
import { at } from "./site";
import type { Meta, NativeBackend } from "./native";
import { digestOf, isConst } from "./tape";

/** Captured tensors of more numbers than this are fed at each call: a graph would copy them into its file. */
const largest = 16384;

/**
 * Builds the graph that computes `outputs` (ids of the program's tape): results, then the new values of `changing`. Values in
 * `fed` are always fed; other captured tensors become constants unless they are large. Returns the graph (`loaded`, if it is
 * the same) and the ids of what to feed. Throws NotCompilable.
 */
export function load(
  native: NativeBackend,
  program: Program,
  outputs: readonly number[],
  changing: readonly Slot[],
  fed: ReadonlySet<number>,
  engine: Engine | undefined,
  loaded?: Graph,
): { graph: Graph; inputs: readonly number[] } {
  const nodes = buildNodes(native, program, outputs, fed);
  const used = neededFor(nodes, outputs);
  const inputs = used.filter((node) => node.op === "Placeholder").map((node) => node.outputs[0]!.id);
  const homes = changing.map(({ now }) => now);
  const written = write(nodes, used, inputs, outputs, homes);
  if (written.digest === loaded?.digest) return { graph: loaded, inputs };
  const parts = { nodes, used, inputs, outputs, homes, digest: written.digest };
  const isSmall = engine === undefined ? suitsLoops(nodes, used) : engine === "loops";
  const loops = isSmall ? loopGraph(native, parts) : undefined;
  return { graph: loops ?? new SessionGraph(native, written, needsThreads(nodes, used)), inputs };
}

/** The nodes in TensorFlow's form. */
function write(
  nodes: Nodes,
  used: readonly Node[],
  inputs: readonly number[],
  outputs: readonly number[],
  homes: readonly number[],
): Written {
  // Named after their operation, for TensorFlow's error messages.
  const names = new Map(used.map((node, i) => [node, `${node.op.replace(/^_+/, "")}_${i}`] as const));
  const reference = (id: number) => {
    const node = nodes.maker(id);
    const index = node.outputs.findIndex((output) => output.id === nodes.find(id));
    return `${names.get(node)}:${index}`;
  };
  const defs = used.map((node): NodeDef => {
    const { dtype, shape } = node.outputs[0]!;
    const value = node.bytes ? [tensorAttr("value", dtype, shape, node.bytes)] : [];
    return {
      name: names.get(node)!,
      op: node.op,
      inputs: node.inputs.map(reference),
      attrs: [...node.attrs, ...value],
    };
  });
  const outputNames = outputs.map((id, i) => {
    if (nodes.maker(id).op !== "Placeholder") return reference(id);
    // A session does not return what it was fed.
    const attrs = [typeAttr("T", nodes.meta(id).dtype)];
    defs.push({ name: `output_${i}`, op: "Identity", inputs: [reference(id)], attrs });
    return `output_${i}:0`;
  });
  const inputNames = inputs.map(reference).join();
  const places = new Map(used.filter(({ op }) => mayFail(op)).map((node) => [names.get(node)!, at(node.site ?? {})]));
  const state = homes.map((id) => inputs.indexOf(id));
  const wiring = `${inputNames} ${outputNames} ${state}`;
  const digest = digestOf(Buffer.concat([savedModel(defs, [], ""), Buffer.from(wiring)]));
  return { defs, inputNames, outputNames: outputNames.join(), places, digest };
}

function buildNodes(
  { binding }: NativeBackend,
  program: Program,
  outputs: readonly number[],
  fed: ReadonlySet<number>,
): Nodes {
  const { tape, slots, captured } = program;
  const nodes = new Nodes();
  const describe = (id: number): Meta => {
    const [copy] = binding.executeOp("Identity", [], [id], 1); // the only way to learn shape and type of a bare id
    binding.deleteTensor(copy!.id);
    return { ...copy!, id };
  };
  const read = new Set([...tape.events.flatMap((event) => (isConst(event) ? [] : event.inputs)), ...outputs]);
  for (const id of new Set([...tape.args, ...slots.map(({ now }) => now)])) {
    if (read.has(id)) nodes.placeholder(describe(id));
  }
  for (const [id, dataId] of captured) {
    const value = describe(id);
    if (dataId && (fed.has(id) || elements(value) > largest)) nodes.placeholder(value);
    else nodes.constant(value, bytesOf(binding.tensorDataSync(id)));
  }
  for (const event of tape.events) {
    if (!isConst(event)) nodes.operation(event.op, event.attrs, event.inputs, event.outputs, event.site);
    else if (event.draw) nodes.placeholder(event.outputs[0]);
    else nodes.constant(event.outputs[0], event.bytes);
  }
  nodes.fuseSums(outputs);
  return nodes;
}

/** The nodes that the outputs depend on. */
function neededFor(nodes: Nodes, outputs: readonly number[]): Node[] {
  const needed = new Set<Node>();
  const pending = [...outputs];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes.maker(id);
    if (needed.has(node)) continue;
    needed.add(node);
    pending.push(...node.inputs);
  }
  return nodes.all.filter((node) => needed.has(node));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);
