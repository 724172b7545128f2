/**
 * The operations of a graph before they are written: merges what is computed twice, and replaces some of TensorFlow.js' ways
 * by TensorFlow's faster equivalents (same values to rounding). What no output needs is left out by `graph.ts`, and
 * TensorFlow's own optimizer folds constants and fuses further when the graph first runs.
 */
import type { OpAttr } from "../backend";
import { isRandom } from "./analyse";
import { boolAttr, intAttr, shapeAttr, typeAttr } from "./protobuf";
import type { Site } from "./site";
import type { Meta } from "./native";
import { digestOf } from "./tape";

/** One operation; values are ids of the tape, negative ones exist in the graph only. */
export interface Node {
  readonly op: string;
  readonly attrs: readonly OpAttr[];
  readonly inputs: readonly number[];
  readonly outputs: readonly Meta[];
  /** The value of a Const. */
  readonly bytes?: Uint8Array;
  readonly site?: Site;
}

const FLOAT = 1;
const INT32 = 3;

/** Longer constants of one repeated number are written as that number and a shape. */
const longest = 65536;

/** Sums of products are joined to one product up to this many rows each: CharRNN (7 rows) −21 %, Alice (256 rows) no gain. */
const fewRows = 16;

export class Nodes {
  readonly all: Node[] = [];
  private readonly makers = new Map<number, Node>();
  private readonly replaced = new Map<number, number>();
  private readonly known = new Map<string, Node>();
  private fresh = -1;

  /** The value that stands for this one. */
  find(id: number): number {
    const other = this.replaced.get(id);
    return other === undefined ? id : this.find(other);
  }

  /** The node that makes a value. */
  maker(id: number): Node {
    return this.makers.get(this.find(id))!;
  }

  meta(id: number): Meta {
    return this.maker(id).outputs.find((output) => output.id === this.find(id))!;
  }

  private shape(id: number): string {
    return String(this.meta(id).shape);
  }

  placeholder(value: Meta): void {
    this.insert({
      op: "Placeholder",
      attrs: [typeAttr("dtype", value.dtype), shapeAttr("shape", value.shape)],
      inputs: [],
      outputs: [value],
    });
  }

  constant(value: Meta, bytes: Uint8Array): void {
    const size = bytes.length / elements(value);
    if (bytes.length <= longest || bytes.some((byte, i) => byte !== bytes[i % size])) {
      return this.insert({ op: "Const", attrs: [typeAttr("dtype", value.dtype)], inputs: [], outputs: [value], bytes });
    }
    const number = this.value([], value.dtype);
    this.constant(number, bytes.subarray(0, size)); // tf.zeros and tf.ones are long arrays in TensorFlow.js
    const inputs = [this.integers(value.shape), number.id].map((id) => this.find(id));
    this.insert({ op: "Fill", attrs: [typeAttr("T", value.dtype)], inputs, outputs: [value] });
  }

  /** Adds an operation, or a better one, or none if its result is there already. */
  operation(op: string, attrs: readonly OpAttr[], from: readonly number[], outputs: readonly Meta[], site: Site): void {
    const inputs = from.map((id) => this.find(id));
    const [a, b] = inputs as [number, number];
    const out = outputs[0]!;
    const attr = (name: string) => attrs.find((one) => one.name === name)?.value;
    const isNothing =
      op === "Identity" ||
      (op === "Reshape" && this.shape(a) === String(out.shape)) ||
      (op === "Cast" && attr("SrcT") === attr("DstT"));
    if (isNothing) return void this.replaced.set(out.id, a);
    if (op === "BatchMatMulV2" && inputs.every((id) => this.meta(id).shape.length === 2)) {
      // 50 µs against 115 µs for [256, 128] × [128, 128]
      return this.insert({ ...product(!!attr("adj_x"), !!attr("adj_y"), out.dtype), inputs, outputs });
    }
    if (op === "SplitV" && this.splitsJoined(inputs, outputs)) return;
    if (op === "ConcatV2" && this.joinsSplit(inputs, out)) return;
    const gradient = op === "Mul" ? (this.activationGradient(a, b) ?? this.activationGradient(b, a)) : undefined;
    if (gradient) return this.insert({ ...gradient, attrs: [typeAttr("T", FLOAT)], outputs });
    // tfjs-node leaves this attribute to be inferred, which only eager TensorFlow does.
    const complete = op === "ExpandDims" ? [...attrs, typeAttr("T", out.dtype)] : attrs;
    this.insert({ op, attrs: complete, inputs, outputs, site });
  }

  /**
   * A split along the first axis of what was joined there from pieces of the same sizes (and perhaps reshaped): the pieces
   * themselves. So layers that cut the batch into one chain per core hand the chains on without copying.
   */
  private splitsJoined([from, , axis]: readonly number[], outputs: readonly Meta[]): boolean {
    let joined = this.maker(from!);
    while (joined.op === "Reshape") joined = this.maker(joined.inputs[0]!);
    const parts = joined.inputs.slice(0, -1);
    const fits =
      joined.op === "ConcatV2" &&
      [axis!, joined.inputs.at(-1)!].every((id) => isZero(this.maker(id))) &&
      parts.length === outputs.length &&
      parts.every((id, i) => elements(this.meta(id)) === elements(outputs[i]!));
    if (!fits) return false;
    parts.forEach((id, i) => {
      const out = outputs[i]!;
      if (this.shape(id) === String(out.shape)) return void this.replaced.set(out.id, id);
      const attrs = [typeAttr("T", out.dtype), typeAttr("Tshape", INT32)];
      this.insert({ op: "Reshape", attrs, inputs: [id, this.find(this.integers(out.shape))], outputs: [out] });
    });
    return true;
  }

  /** The join of all pieces of a vector, in order and perhaps reshaped in between (gradients clipped together): the vector. */
  private joinsSplit(inputs: readonly number[], out: Meta): boolean {
    const pieces = inputs.slice(0, -1).map((id) => {
      while (this.maker(id).op === "Reshape") id = this.maker(id).inputs[0]!;
      return this.find(id);
    });
    const split = this.maker(pieces[0]!);
    const fits =
      split.op === "SplitV" &&
      String(split.outputs.map(({ id }) => id)) === String(pieces) &&
      out.shape.length === 1 &&
      this.shape(split.inputs[0]!) === String(out.shape);
    if (fits) this.replaced.set(out.id, this.find(split.inputs[0]!));
    return fits;
  }

  /** dy·(1 − y²) after tanh and dy·(y·(1 − y)) after sigmoid: one operation for three. */
  private activationGradient(slope: number, dy: number): Pick<Node, "op" | "inputs"> | undefined {
    const oneMinus = (id: number) => {
      const { op, inputs } = this.maker(id);
      return op === "Sub" && isOne(this.maker(inputs[0]!)) ? inputs[1]! : undefined;
    };
    const { op, inputs } = this.maker(slope);
    const square = oneMinus(slope);
    let found: { op: string; y: number } | undefined;
    if (square !== undefined && this.maker(square).op === "Square") {
      const y = this.maker(square).inputs[0]!;
      if (this.maker(y).op === "Tanh") found = { op: "TanhGrad", y };
    } else if (op === "Mul" && oneMinus(inputs[1]!) === inputs[0]) {
      const y = inputs[0]!;
      if (this.maker(y).op === "Sigmoid") found = { op: "SigmoidGrad", y };
    }
    return found && this.shape(found.y) === this.shape(dy) ? { op: found.op, inputs: [found.y, dy] } : undefined;
  }

  /**
   * Replaces sums over time steps, Σ AᵢᵀBᵢ (a weight's gradient) and Σ of the rows of Aᵢ (a bias'), by one product or sum over
   * all Aᵢ and Bᵢ joined. `outputs` are the values that the graph must have.
   */
  fuseSums(outputs: readonly number[]): void {
    const uses = new Map<number, number>();
    for (const id of [...outputs, ...this.all.flatMap(({ inputs }) => inputs)]) {
      uses.set(this.find(id), (uses.get(this.find(id)) ?? 0) + 1);
    }
    const isSum = ({ op, inputs, outputs: [out] }: Node) =>
      /^Add(V2)?$/.test(op) && out!.dtype === FLOAT && inputs.every((id) => this.shape(id) === String(out!.shape));
    const parts = new Set<Node>();
    for (const root of [...this.all].reverse()) {
      if (!isSum(root) || parts.has(root)) continue;
      const terms: number[] = [];
      const pending = [...root.inputs];
      for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
        const node = this.maker(id);
        if (isSum(node) && uses.get(this.find(id)) === 1) {
          parts.add(node);
          pending.push(...node.inputs);
        } else terms.push(this.find(id));
      }
      const joinable = (id: number) => uses.get(id) === 1 && this.isShortSum(this.maker(id));
      const kinds = new Map<string, number[]>();
      for (const id of terms) {
        const key = joinable(id)
          ? `${this.maker(id).op} ${this.maker(id).inputs.map((input) => this.meta(input).shape[1])}`
          : "";
        kinds.set(key, [...(kinds.get(key) ?? []), id]);
      }
      const joined = [...kinds].flatMap(([key, ids]) => (key === "" || ids.length < 3 ? ids : [this.join(ids)]));
      if (joined.length === terms.length) continue;
      const total = joined.reduce((sum, id) =>
        this.make("AddV2", [typeAttr("T", FLOAT)], [sum, id], root.outputs[0]!.shape),
      );
      this.replaced.set(root.outputs[0]!.id, total);
    }
  }

  /** Whether a node is AᵀB or the sum of the rows of A, with few rows. */
  private isShortSum({ op, attrs, inputs }: Node): boolean {
    const flag = (name: string) => !!attrs.find((attr) => attr.name === name)?.value;
    const isProduct = op === "MatMul" && flag("transpose_a") && !flag("transpose_b");
    const isRowSum = op === "Sum" && !flag("keep_dims") && isZero(this.maker(inputs[1]!));
    if (!isProduct && !isRowSum) return false;
    const { shape } = this.meta(inputs[0]!);
    return shape.length === 2 && shape[0]! <= fewRows;
  }

  private join(ids: readonly number[]): number {
    const { op, attrs, inputs, outputs } = this.maker(ids[0]!);
    const stack = (position: number) => {
      const matrices = ids.map((id) => this.maker(id).inputs[position]!);
      const rows = matrices.reduce((sum, id) => sum + this.meta(id).shape[0]!, 0);
      const type = [intAttr("N", matrices.length), typeAttr("T", FLOAT), typeAttr("Tidx", INT32)];
      return this.make(
        "ConcatV2",
        type,
        [...matrices, this.integers([0], [])],
        [rows, this.meta(matrices[0]!).shape[1]!],
      );
    };
    return this.make(op, attrs, [stack(0), op === "Sum" ? inputs[1]! : stack(1)], outputs[0]!.shape);
  }

  private value(shape: readonly number[], dtype: number): Meta {
    return { id: this.fresh--, shape, dtype };
  }

  private integers(numbers: readonly number[], shape = [numbers.length]): number {
    const value = this.value(shape, INT32);
    this.constant(value, new Uint8Array(Int32Array.from(numbers).buffer));
    return value.id;
  }

  private make(op: string, attrs: readonly OpAttr[], inputs: readonly number[], shape: readonly number[]): number {
    const value = this.value(shape, FLOAT);
    this.insert({ op, attrs, inputs: inputs.map((id) => this.find(id)), outputs: [value] });
    return value.id;
  }

  /** Adds a node unless there is an equal one. */
  private insert(node: Node): void {
    const attrs = node.attrs.map(({ name, value }) => [name, value]);
    const value = node.bytes && [node.outputs[0]!.shape, digestOf(node.bytes)];
    const key = JSON.stringify([node.op, node.inputs, attrs, value]);
    const twin = node.op === "Placeholder" || isRandom(node.op) ? undefined : this.known.get(key);
    if (twin) return node.outputs.forEach(({ id }, i) => this.replaced.set(id, twin.outputs[i]!.id));
    this.known.set(key, node);
    this.all.push(node);
    for (const { id } of node.outputs) this.makers.set(id, node);
  }
}

/** Whether an operation looks things up by index, which may be out of range. */
export const mayFail = (op: string): boolean => /Gather|Scatter|Segment|Sparse/.test(op);

/** How many numbers a value has. */
export const elements = ({ shape }: Meta): number => shape.reduce((product, size) => product * size, 1);

function product(transposeA: boolean, transposeB: boolean, dtype: number): Pick<Node, "op" | "attrs"> {
  const attrs = [typeAttr("T", dtype), boolAttr("transpose_a", transposeA), boolAttr("transpose_b", transposeB)];
  return { op: "MatMul", attrs };
}

function isOne({ bytes, outputs }: Node): boolean {
  return bytes?.length === 4 && outputs[0]!.dtype === FLOAT && new Float32Array(bytes.slice().buffer)[0] === 1;
}

function isZero({ bytes }: Node): boolean {
  return bytes?.length === 4 && bytes.every((byte) => byte === 0);
}
