/** Makes the nodes of a graph loops: gives each value a place in the memory, and joins elementwise operations. */
import type { Kernels } from "../../simd";
import type { Meta } from "../native";
import { elements, type Node, type Nodes } from "../nodes";
import { algebra, transposeLoop } from "./algebra";
import { BOOL, FLOAT, formulaNames, formulaOf, Fusion, INT32, type Formula } from "./elementwise";
import { moves } from "./moves";
import { axisOf, sizeOf, type Loop, type Value } from "./value";

const makers = { ...algebra, ...moves };

/** The TensorFlow operations that there are loops for, views aside. */
export const operations = [...Object.keys(makers), ...formulaNames];

/** Operations whose result is their first input's numbers in another shape. */
const isView = (op: string) => /^(Reshape|ExpandDims|Squeeze|Identity)$/.test(op);

/** Space behind each value: a cache line, and the kernels' reach. */
const padded = (size: number) => (size + 19) & ~15;

const typeOf = (dtype: number) => (dtype === FLOAT ? Float32Array : Int32Array);

/** What a graph is made of: the nodes its outputs need, and what goes in and out. */
export interface Parts {
  readonly nodes: Nodes;
  readonly used: readonly Node[];
  readonly inputs: readonly number[];
  /** Results first, then the new values of the state, whose old values are `homes`. */
  readonly outputs: readonly number[];
  readonly homes: readonly number[];
  readonly digest: string;
}

const attrOf =
  ({ attrs }: Node) =>
  (name: string) =>
    attrs.find((one) => one.name === name)?.value;

const formula = (node: Node) => formulaOf(node.op, attrOf(node), node.outputs[0]!.dtype);

/** Whether there is a loop for an operation, if not for all its settings. */
export function hasLoop(node: Node): boolean {
  const { op, outputs } = node;
  const isKnown = op === "Placeholder" || op === "Const" || isView(op) || op in makers || !!formula(node);
  return isKnown && outputs.every(({ dtype }) => dtype === FLOAT || dtype === INT32 || dtype === BOOL);
}

/** How many numbers the memory of a graph must hold. */
export function roomFor({ nodes, used, outputs }: Parts): number {
  const room = (values: readonly Meta[]) => values.reduce((sum, meta) => sum + padded(elements(meta)), 0);
  const metas = (ids: readonly number[]) => ids.map((id) => nodes.meta(id));
  const made = used.reduce((sum, node) => sum + room(node.outputs), 0);
  const scratch = used
    .filter(({ op }) => op === "LSTMBlockCell")
    .map(({ inputs, outputs }) => room([...metas(inputs), ...outputs]));
  const factors = new Set(used.filter(({ op }) => op.includes("MatMul")).map(({ inputs }) => nodes.find(inputs[1]!)));
  const transposes = metas([...factors]).map(
    ({ shape }) => sizeOf(shape.slice(0, -2)) * padded(sizeOf(shape.slice(-2))),
  );
  // An output may need a copy and, if it is new state, a home.
  return made + [...scratch, ...transposes].reduce((sum, size) => sum + size, 0) + 2 * room(metas(outputs));
}

/** Lays out values in the memory and makes the loops. */
export class Builder {
  readonly loops: Loop[] = [];
  /** The operation of each loop, for messages. */
  readonly origins: Node[] = [];
  private readonly values = new Map<number, Value>();
  private readonly transposes = new Map<string, Value>();
  /** The nodes that wait for a value. */
  private readonly users = new Map<Node, Node[]>();
  private readonly isOutput: ReadonlySet<number>;
  private end = 0;
  /** The elementwise loop under construction, with its nodes. */
  private fusion: Fusion | undefined;
  private fused: Node[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly buffer: ArrayBuffer,
    private readonly kernels: Kernels,
  ) {
    const { nodes, used, outputs } = parts;
    this.isOutput = new Set(outputs.map((id) => nodes.find(id)));
    for (const node of used) {
      for (const maker of this.makersOf(node)) this.users.set(maker, [...(this.users.get(maker) ?? []), node]);
    }
  }

  /** Makes all loops; false if none was written for an operation's settings. */
  build(): boolean {
    // One node after another that has its inputs; elementwise ones late and after their like, so that their loops get long.
    const waiting = new Map(this.parts.used.map((node) => [node, this.makersOf(node).size]));
    const ready = this.parts.used.filter((node) => waiting.get(node) === 0);
    while (ready.length > 0) {
      const alike = ready.findIndex((node) => this.fusion?.size === this.fusedSize(node));
      const plain = ready.findIndex((node) => this.fusedSize(node) === undefined);
      const [node] = ready.splice(alike >= 0 ? alike : Math.max(plain, 0), 1);
      if (!this.add(node!)) return false;
      for (const user of this.users.get(node!) ?? []) {
        const open = waiting.get(user)! - 1;
        waiting.set(user, open);
        if (open === 0) ready.push(user);
      }
    }
    this.endFusion();
    return true;
  }

  value(id: number): Value {
    return this.values.get(this.parts.nodes.find(id))!;
  }

  /** A copy at a place of its own, made in each call. */
  copyOf(id: number): Value {
    const { nodes } = this.parts;
    const from = this.value(id);
    const to = this.allocate(nodes.meta(id), false);
    this.run(() => to.numbers.set(from.numbers), nodes.maker(id), false);
    return to;
  }

  allocate({ shape, dtype }: Pick<Meta, "shape" | "dtype">, isConstant: boolean): Value {
    const at = this.end;
    const size = sizeOf(shape);
    this.end += padded(size);
    return { shape, numbers: new (typeOf(dtype))(this.buffer, 4 * at, size), at, isConstant };
  }

  private makersOf({ inputs }: Node): Set<Node> {
    return new Set(inputs.map((id) => this.parts.nodes.maker(id)));
  }

  /** How many numbers an elementwise node computes, if it is one. */
  private fusedSize(node: Node): number | undefined {
    return formula(node) && elements(node.outputs[0]!);
  }

  private add(node: Node): boolean {
    const { op, inputs, outputs, bytes } = node;
    const from = inputs.map((id) => this.value(id));
    if (isView(op)) {
      this.values.set(outputs[0]!.id, { ...from[0]!, shape: outputs[0]!.shape });
      return true;
    }
    if (this.cutsRows(node, from)) return true;
    const isConstant = op === "Const" || (op !== "Placeholder" && from.every((value) => value.isConstant));
    const to = outputs.map((meta) => this.allocate(meta, isConstant));
    outputs.forEach(({ id }, i) => this.values.set(id, to[i]!));
    if (op === "Placeholder") return true;
    if (bytes) {
      const { dtype } = outputs[0]!;
      to[0]!.numbers.set(dtype === BOOL ? bytes : new (typeOf(dtype))(bytes.slice().buffer));
      return true;
    }
    const how = formula(node);
    if (how) {
      this.fuse(node, how, from, to[0]!);
      return true;
    }
    const loop = makers[op]!({
      inputs: from,
      outputs: to,
      attr: attrOf(node),
      kernels: this.kernels,
      scratch: (size) => this.allocate({ shape: [size], dtype: FLOAT }, false),
      transposed: (matrix) => this.transposed(matrix, node),
    });
    if (loop) this.run(loop, node, isConstant);
    return loop !== undefined;
  }

  private run(loop: Loop, node: Node, isConstant: boolean): void {
    if (isConstant) return loop();
    this.endFusion();
    this.loops.push(loop);
    this.origins.push(node);
  }

  private fuse(node: Node, formula: Formula, from: readonly Value[], to: Value): void {
    const size = to.numbers.length;
    if (to.isConstant) {
      const alone = new Fusion(size);
      alone.add(formula, from, to);
      return alone.loop([true])();
    }
    if (!this.fusion?.takes(from, size)) {
      this.endFusion();
      this.fusion = new Fusion(size);
    }
    this.fusion.add(formula, from, to);
    this.fused.push(node);
  }

  private endFusion(): void {
    const { fusion, fused } = this;
    if (!fusion) return;
    const isInside = new Set(fused);
    const { nodes } = this.parts;
    const isStored = (node: Node) => {
      const { id } = node.outputs[0]!;
      return this.isOutput.has(nodes.find(id)) || !(this.users.get(node) ?? []).every((user) => isInside.has(user));
    };
    this.loops.push(fusion.loop(fused.map(isStored)));
    this.origins.push(fused[0]!);
    this.fusion = undefined;
    this.fused = [];
  }

  /** Pieces of the first axis lie where they are. */
  private cutsRows({ op, attrs, outputs }: Node, from: readonly Value[]): boolean {
    const isCut = /^(SplitV|Split|Unpack)$/.test(op);
    if (!isCut) return false;
    const whole = from[op === "Split" ? 1 : 0]!;
    const axisAttr = attrs.find(({ name }) => name === "axis")?.value;
    const axis = op === "Unpack" ? Number(axisAttr ?? 0) : axisOf(from[op === "Split" ? 0 : 2], whole.shape.length);
    if (axis !== 0) return false;
    let start = 0;
    for (const { id, shape } of outputs) {
      const size = sizeOf(shape);
      const numbers = whole.numbers.subarray(start, start + size);
      this.values.set(id, { shape, numbers, at: whole.at + start, isConstant: whole.isConstant });
      start += size;
    }
    return true;
  }

  private transposed(matrix: Value, node: Node): Value {
    const key = `${matrix.at} ${matrix.shape}`;
    let found = this.transposes.get(key);
    if (!found) {
      found = this.allocate({ shape: [...matrix.shape].reverse(), dtype: FLOAT }, matrix.isConstant);
      this.transposes.set(key, found);
      this.run(transposeLoop(matrix, found), node, matrix.isConstant);
    }
    return found;
  }
}
