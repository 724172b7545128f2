/**
 * Tensors as PyTorch prints them: four digits, one width for all, scientific notation where the values span much, lines
 * of at most 80 columns, and only the edges of more than 1000 elements. It follows `torch/_tensor_str.py` of PyTorch
 * 2.13 with its default print options; complex, sparse and quantised tensors are not covered.
 */
import { reprTuple } from "./containers";
import { exp, fixed } from "./numbers";

const PRECISION = 4;
const THRESHOLD = 1000;
const EDGE_ITEMS = 3;
const LINE_WIDTH = 80;

/** The element types that print differently: `int64` and `bool` without a point, `float64` and `int32` with a note. */
export type PrintedType = "float32" | "float64" | "int64" | "int32" | "bool";

/** Options of `formatTensor`. */
export interface FormatTensorOptions {
  /** The element type; by default that of the array, where an Int32Array stands for PyTorch's usual int64. */
  dtype?: PrintedType;
  /** What PyTorch adds behind the values: `requires_grad=True`, `grad_fn=<…>`. */
  suffixes?: readonly string[];
}

/**
 * `str(tensor)`: `tensor([[-0.7762,  0.8319]])` from row-major values and a shape. Throws unless the shape fits the number of values.
 * https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function formatTensor(
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length],
  { dtype = typeOf(values), suffixes = [] }: FormatTensorOptions = {},
): string {
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== values.length) {
    throw new RangeError(
      `formatTensor: expected ${count} values for shape [${shape.join(", ")}], got ${values.length}; pass the tensor's own shape`,
    );
  }
  const prefix = "tensor(";
  const notes: string[] = [];
  if (count === 0 && shape.length !== 1) notes.push(`size=${reprTuple(shape)}`);
  const isDefault = count === 0 ? dtype === "float32" : dtype !== "float64" && dtype !== "int32";
  if (!isDefault) notes.push(`dtype=torch.${dtype}`);
  const rounded = dtype === "float32" ? Float32Array.from(values) : values;
  return addNotes(prefix + body(rounded, shape, dtype, prefix.length), [...notes, ...suffixes], prefix.length);
}

function typeOf(values: ArrayLike<number>): PrintedType {
  if (values instanceof Int32Array) return "int64";
  if (values instanceof Uint8Array) return "bool";
  return values instanceof Float64Array ? "float64" : "float32";
}

function body(values: ArrayLike<number>, shape: readonly number[], dtype: PrintedType, indent: number): string {
  if (values.length === 0) return "[]";
  const summarise = values.length > THRESHOLD;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  /** The positions shown along an axis; undefined stands for the gap. */
  const shown = (n: number): (number | undefined)[] => {
    if (!summarise || n <= 2 * EDGE_ITEMS) return Array.from({ length: n }, (_, i) => i);
    const edge = [0, 1, 2];
    return [...edge, undefined, ...edge.map((i) => n - EDGE_ITEMS + i)];
  };

  const visible: number[] = [];
  const collect = (axis: number, offset: number): void => {
    if (axis === shape.length) visible.push(values[offset]!);
    else for (const i of shown(shape[axis]!)) if (i !== undefined) collect(axis + 1, offset + i * strides[axis]!);
  };
  collect(0, 0);
  const { width, write } = element(visible, dtype);

  const vector = (axis: number, offset: number, column: number): string => {
    const perLine = Math.max(1, Math.floor((LINE_WIDTH - column) / (width + 2)));
    const items = shown(shape[axis]!).map((i) => (i === undefined ? " ..." : write(values[offset + i]!)));
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
    return `[${lines.join(",\n" + " ".repeat(column + 1))}]`;
  };
  const block = (axis: number, offset: number, column: number): string => {
    if (axis === shape.length) return write(values[offset]!);
    if (axis === shape.length - 1) return vector(axis, offset, column);
    const slices = shown(shape[axis]!).map((i) =>
      i === undefined ? "..." : block(axis + 1, offset + i * strides[axis]!, column + 1),
    );
    return `[${slices.join("," + "\n".repeat(shape.length - axis - 1) + " ".repeat(column + 1))}]`;
  };
  return block(0, 0, indent);
}

/** The common width of the elements and how one is written. */
function element(visible: readonly number[], dtype: PrintedType): { width: number; write: (x: number) => string } {
  const pad = (width: number, text: (x: number) => string) => ({
    width,
    write: (x: number) => text(x).padStart(width),
  });
  const widest = (of: readonly number[], text: (x: number) => string) =>
    of.reduce((width, x) => Math.max(width, text(x).length), 1);

  if (!dtype.startsWith("float")) {
    const text = (x: number) => (dtype !== "bool" ? String(x) : x ? "True" : "False");
    return pad(widest(visible, text), text);
  }
  const counted = visible.filter((x) => Number.isFinite(x) && x !== 0);
  const sizes = counted.map(Math.abs);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const scientific = counted.length > 0 && (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4);
  const whole = counted.every(Number.isInteger);

  const text = scientific
    ? (x: number) => exp(x, PRECISION)
    : whole
      ? (x: number) => fixed(x, 0) + (Number.isFinite(x) ? "." : "")
      : (x: number) => fixed(x, PRECISION);
  return pad(widest(counted, text), text);
}

function addNotes(text: string, notes: readonly string[], indent: number): string {
  let lastLine = text.length - text.lastIndexOf("\n") + 1;
  for (const note of notes) {
    if (lastLine + note.length + 2 > LINE_WIDTH) {
      text += `,\n${" ".repeat(indent)}${note}`;
      lastLine = indent + note.length;
    } else {
      text += `, ${note}`;
      lastLine += note.length + 2;
    }
  }
  return text + ")";
}
