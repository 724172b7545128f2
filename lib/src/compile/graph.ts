/**
 * Writes a program as a TensorFlow graph and loads it as a session.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { NotCompilable, type Program } from "./analyse";
import { needsThreads } from "./cost";
import { elements, Nodes, type Node } from "./nodes";
import { savedModel, tensorAttr, typeAttr, type NodeDef } from "./protobuf";
import { at } from "./site";
import type { Binding, Meta } from "./native";
import { digestOf, isConst } from "./tape";

/** A graph that TensorFlow has loaded. */
export interface Graph {
  readonly session: number;
  /** The names of what to feed and to fetch, separated by commas. */
  readonly inputNames: string;
  readonly outputNames: string;
  /** Whether TensorFlow's pool of threads runs it, and not the thread that calls it. */
  readonly isPooled: boolean;
  /** The nodes it was written from. No function, for a closure would keep the step itself from being freed. */
  readonly defs: readonly NodeDef[];
  /** Where in the learner's code the nodes come from that may fail on values. */
  readonly places: ReadonlyMap<string, string>;
  /** Equal for equal graphs. */
  readonly digest: string;
}

/** Captured tensors of more numbers than this are fed at each call: a graph would copy them into its file. */
const largest = 16384;

/** A graph with this tag runs in the thread that calls it, if the binding knows it (scripts/setup/caller-thread.cc). */
const callerThread = "caller-thread";

/** Look-ups by index, which may be out of range. */
const mayFail = /Gather|Scatter|Sparse/;

/**
 * Builds and loads the graph that computes `outputs` (ids of the program's tape). Values in `fed` are always fed; other
 * captured tensors become constants unless they are large. Returns the graph (`loaded`, if it is the same) and the ids of
 * what to feed.
 */
export function load(
  binding: Binding,
  program: Program,
  outputs: readonly number[],
  fed: ReadonlySet<number>,
  loaded?: Graph,
): { graph: Graph; inputs: readonly number[] } {
  const nodes = buildNodes(binding, program, outputs, fed);
  const used = neededFor(nodes, outputs);
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
  const inputs = used.filter((node) => node.op === "Placeholder").map((node) => node.outputs[0]!.id);
  const inputNames = inputs.map(reference).join();
  const isPooled = needsThreads(nodes, used);
  const tags = isPooled ? ["serve"] : ["serve", callerThread];
  const model = savedModel(defs, tags, binding.TF_Version);
  const digest = digestOf(Buffer.concat([model, Buffer.from(`${inputNames} ${outputNames}`)]));
  if (digest === loaded?.digest) return { graph: loaded, inputs };
  const places = new Map(
    used.filter(({ op }) => mayFail.test(op)).map((node) => [names.get(node)!, at(node.site ?? {})]),
  );
  const session = loadSession(binding, model, tags);
  const graph: Graph = { session, inputNames, outputNames: outputNames.join(), defs, isPooled, places, digest };
  return { graph, inputs };
}

/** Loads a graph once more, to be run by the pool of threads. */
export function loadPooled(binding: Binding, { defs }: Graph): number {
  return loadSession(binding, savedModel(defs, ["serve"], binding.TF_Version), ["serve"]);
}

function buildNodes(binding: Binding, program: Program, outputs: readonly number[], fed: ReadonlySet<number>): Nodes {
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

/** The binding loads models from folders only. */
function loadSession(binding: Binding, model: Uint8Array, tags: readonly string[]): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), "unrolled-step-"));
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), model);
    return binding.loadSavedModel(folder, tags.join());
  } catch (error) {
    throw new NotCompilable(`TensorFlow refuses the graph: ${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);
