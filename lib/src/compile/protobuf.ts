/**
 * Writes the few Protocol Buffer messages that hold a TensorFlow graph (SavedModel, GraphDef, NodeDef, AttrValue,
 * TensorProto). Only a writer, and only these; the field numbers are those of TensorFlow's .proto files, which never change.
 * Wire format: https://protobuf.dev/programming-guides/encoding
 */
import type { OpAttr } from "../backend";

/** A message under construction: fields in the order they are added. */
class Message {
  private readonly parts: Uint8Array[] = [];

  /** Field of whole numbers, enums and booleans. */
  int(field: number, value: number | boolean): this {
    this.parts.push(varint(field << 3), varint(Number(value)));
    return this;
  }

  float(field: number, value: number): this {
    this.parts.push(varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  /** Field of strings, bytes and nested messages. */
  bytes(field: number, value: string | Uint8Array | Message): this {
    const bytes = value instanceof Message ? value.encode() : typeof value === "string" ? Buffer.from(value) : value;
    this.parts.push(varint((field << 3) | 2), varint(bytes.length), bytes);
    return this;
  }

  encode(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}

/** Seven bits per byte, low ones first; negative numbers as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  if (value >= 0 && value < 128) return Uint8Array.of(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function shapeProto(shape: readonly number[]): Message {
  const proto = new Message();
  for (const size of shape) proto.bytes(2, new Message().int(1, size));
  return proto;
}

// TF_AttrType of the C API → field of AttrValue (and of its ListValue, except that a list has no field 8).
const STRING = 0;
const INT = 1;
const FLOAT = 2;
const BOOL = 3;
const TYPE = 4;
const SHAPE = 5;
const TENSOR = 100; // ours: the value of a Const

/** An attribute of a node; on top of the binding's kinds there is `tensor`, the value of a Const. */
function attrValue(type: number, value: unknown, into = new Message()): Message {
  if (type === STRING) return into.bytes(2, value as string);
  if (type === INT) return into.int(3, Math.trunc(value as number));
  if (type === FLOAT) return into.float(4, value as number);
  if (type === BOOL) return into.int(5, value as boolean);
  if (type === TYPE) return into.int(6, value as number);
  if (type === SHAPE) return into.bytes(7, shapeProto(value as number[]));
  if (type === TENSOR) return into.bytes(8, value as Message);
  throw new Error(`compile: unknown attribute type ${type}`);
}

/** One node of the graph. */
export interface NodeDef {
  name: string;
  op: string;
  inputs: string[];
  attrs: readonly OpAttr[];
}

/** Attribute of a data type (TensorFlow's number for it). */
export const typeAttr = (name: string, dtype: number): OpAttr => ({ name, type: TYPE, value: dtype });

/** Attribute of a whole number. */
export const intAttr = (name: string, value: number): OpAttr => ({ name, type: INT, value });

/** Attribute of a flag. */
export const boolAttr = (name: string, value: boolean): OpAttr => ({ name, type: BOOL, value });

/** Attribute of a shape. */
export const shapeAttr = (name: string, shape: readonly number[]): OpAttr => ({ name, type: SHAPE, value: shape });

/** Attribute of a tensor: `content` is its memory, row by row. */
export const tensorAttr = (name: string, dtype: number, shape: readonly number[], content: Uint8Array): OpAttr => ({
  name,
  type: TENSOR,
  value: new Message().int(1, dtype).bytes(2, shapeProto(shape)).bytes(4, content),
});

/** A SavedModel file with one graph; whoever loads it must name its tags. */
export function savedModel(nodes: readonly NodeDef[], tags: readonly string[], tensorflowVersion: string): Uint8Array {
  const graph = new Message();
  for (const { name, op, inputs, attrs } of nodes) {
    const node = new Message().bytes(1, name).bytes(2, op);
    for (const input of inputs) node.bytes(3, input);
    for (const { name: key, type, value } of attrs) {
      const encoded =
        Array.isArray(value) && type !== SHAPE
          ? new Message().bytes(
              1,
              value.reduce((list: Message, one) => attrValue(type, one, list), new Message()),
            )
          : attrValue(type, value);
      node.bytes(5, new Message().bytes(1, key).bytes(2, encoded));
    }
    graph.bytes(1, node);
  }
  graph.bytes(4, new Message().int(1, 987)); // a graph version that TensorFlow 2.9 and later read
  const info = new Message();
  for (const tag of tags) info.bytes(4, tag);
  const meta = new Message().bytes(1, info.bytes(5, tensorflowVersion)).bytes(2, graph);
  return new Message().int(1, 1).bytes(2, meta).encode();
}
