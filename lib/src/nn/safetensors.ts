/**
 * State dicts as files in the safetensors format, which Python's `safetensors` reads and writes too: 8 bytes with the length
 * of a JSON header, the header, then the numbers. Not a pickle: a file can hold nothing but tensors.
 *
 * https://github.com/huggingface/safetensors#format
 */
import { open, readFile, rename, rm } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";
import type { StateDict } from "./state-dict";

type Numbers = Float32Array | Int32Array | Uint8Array;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const savedTypes: Record<string, string> = { float32: "F32", int32: "I32", bool: "BOOL" };

interface Reader {
  bytes: number;
  dtype: "float32" | "int32" | "bool";
  read(data: ArrayBuffer): Numbers;
}

const floats = (bytes: number, read: (data: ArrayBuffer) => ArrayLike<number>): Reader => ({
  bytes,
  dtype: "float32",
  read: (data) => Float32Array.from(read(data)),
});
const integers = (bytes: number, read: (data: ArrayBuffer) => ArrayLike<number>): Reader => ({
  bytes,
  dtype: "int32",
  read: (data) => Int32Array.from(read(data)),
});

/** What other programs may have written, in the nearest type that TensorFlow.js has. */
const readers: Record<string, Reader> = {
  F32: { bytes: 4, dtype: "float32", read: (data) => new Float32Array(data) },
  F64: floats(8, (data) => new Float64Array(data)),
  BF16: floats(2, (data) => {
    const bits = Uint32Array.from(new Uint16Array(data), (half) => half << 16);
    return new Float32Array(bits.buffer);
  }),
  F16: floats(2, (data) => Array.from(new Uint16Array(data), halfToNumber)),
  I32: { bytes: 4, dtype: "int32", read: (data) => new Int32Array(data) },
  I64: integers(8, (data) =>
    Array.from(new BigInt64Array(data), (value) => {
      if (BigInt.asIntN(32, value) !== value) throw new Error(`${value} does not fit into int32`);
      return Number(value);
    }),
  ),
  I16: integers(2, (data) => new Int16Array(data)),
  I8: integers(1, (data) => new Int8Array(data)),
  U8: integers(1, (data) => new Uint8Array(data)),
  BOOL: { bytes: 1, dtype: "bool", read: (data) => new Uint8Array(data) },
};

/** IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Writes named tensors into a file, as they are at the moment of the call. It is written beside its place and then renamed, so a
 * crash leaves the old file. Throws on types other than float32, int32 and bool.
 */
export async function saveSafetensors(path: string, dict: Readonly<StateDict>): Promise<void> {
  const header: Record<string, Entry> = {};
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(dict)) {
    const dtype = savedTypes[tensor.dtype];
    if (!dtype)
      throw new TypeError(`saveSafetensors: expected float32, int32 or bool in "${name}", got ${tensor.dtype}`);
    if (name === "__metadata__") throw new Error('saveSafetensors: the format reserves the name "__metadata__"');
    const values = tensor.dataSync();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    header[name] = { dtype, shape: tensor.shape, data_offsets: [offset, offset + bytes.length] };
    chunks.push(bytes);
    offset += bytes.length;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json + " ".repeat(-Buffer.byteLength(json) & 7)); // the numbers start at a multiple of 8
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));

  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, "w");
    try {
      for (const chunk of [length, text, ...chunks]) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new Error(`saveSafetensors: cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Reads the tensors of a file, also of Python's `safetensors`; 64-bit and 16-bit numbers become float32 or int32. The caller
 * disposes of them. Throws, and says what is wrong, if the file is damaged or not of this format.
 */
export async function loadSafetensors(path: string): Promise<StateDict> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    throw new Error(`loadSafetensors: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  try {
    const { header, start } = parseHeader(file);
    return tf.tidy(() => readTensors(file, header, start));
  } catch (error) {
    const message = (error as Error).message;
    throw new Error(`loadSafetensors: ${path} is damaged or not a safetensors file: ${message}`, { cause: error });
  }
}

function parseHeader(file: Buffer): { header: Record<string, Entry>; start: number } {
  if (file.length < 8) throw new Error(`expected at least 8 bytes, got ${file.length}`);
  const length = file.readBigUInt64LE(0);
  if (length > BigInt(file.length - 8)) {
    throw new Error(`its header should have ${length} bytes, but ${file.length - 8} follow`);
  }
  const start = 8 + Number(length);
  let parsed: unknown;
  try {
    parsed = JSON.parse(file.toString("utf8", 8, start));
  } catch {
    throw new Error("its header is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error("its header is not a JSON object");
  }
  const header = parsed as Record<string, Entry>;
  delete header.__metadata__; // free text of the program that wrote the file
  return { header, start };
}

function readTensors(file: Buffer, header: Record<string, Entry>, start: number): StateDict {
  const dataLength = file.length - start;
  const spans: { name: string; from: number; to: number }[] = [];
  const dict: StateDict = {};
  for (const [name, entry] of Object.entries(header)) {
    const { reader, shape, from, to } = checkEntry(name, entry, dataLength);
    spans.push({ name, from, to });
    const bytes = file.buffer.slice(file.byteOffset + start + from, file.byteOffset + start + to) as ArrayBuffer;
    try {
      dict[name] = tf.tensor(reader.read(bytes), shape, reader.dtype);
    } catch (error) {
      throw new Error(`"${name}": ${(error as Error).message}`, { cause: error });
    }
  }
  spans.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of spans) {
    if (from !== end) throw new Error(`the numbers of "${name}" should start at byte ${end}, not ${from}`);
    end = to;
  }
  if (end !== dataLength) throw new Error(`expected ${end} bytes of numbers, got ${dataLength}`);
  return dict;
}

function checkEntry(name: string, entry: Partial<Entry> | null, dataLength: number) {
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!Array.isArray(shape) || !shape.every(isCount) || !Array.isArray(offsets) || !offsets.every(isCount)) {
    throw new Error(`the entry of "${name}" is incomplete`);
  }
  const reader = readers[String(dtype)];
  if (!reader) {
    throw new Error(`"${name}" has type ${String(dtype)}; expected one of ${Object.keys(readers).join(", ")}`);
  }
  const [from, to] = offsets as [number, number];
  const bytes = shape.reduce((a, b) => a * b, reader.bytes);
  if (to - from !== bytes) {
    throw new Error(`"${name}" of shape [${shape.join(", ")}] needs ${bytes} bytes, but has ${to - from}`);
  }
  if (to > dataLength) throw new Error(`"${name}" ends at byte ${to} of ${dataLength}`);
  return { reader, shape, from, to };
}
