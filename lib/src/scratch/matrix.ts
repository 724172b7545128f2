/**
 * A small dense matrix of float64 numbers in row-major order: what the from-scratch notebook needs of NumPy's arrays, and
 * no more. A vector is a column, [n, 1], as in the formulas. There is no broadcasting and there are no views.
 *
 * One rule: verbs change the matrix and return it (`add`, `scale`, `tanh`, as NumPy's `+=`), so that a step of a network
 * allocates one vector and not five; `copy`, `matmul`, `transpose` and the static makers give a new one.
 */
import { gemm, gemv, gemvTransposed, ger } from "./blas";

const BLOCK_BYTES = 1 << 16;
const SMALL = 512;
let block = new ArrayBuffer(BLOCK_BYTES);
let used = 0;

/**
 * rows · cols zeros. Small arrays are cut one after another from a block that is never handed out twice: V8 takes 5 times as long
 * for a buffer of its own, and a training step with its 175 vectors as much as a tenth longer.
 */
function zeros(rows: number, cols: number): Float64Array {
  if (!Number.isInteger(rows) || !Number.isInteger(cols) || rows < 0 || cols < 0) {
    throw new RangeError(`Matrix: expected a shape of whole numbers >= 0, got [${rows}, ${cols}]`);
  }
  const n = rows * cols;
  if (n > SMALL) return new Float64Array(n);
  if (used + 8 * n > BLOCK_BYTES) {
    block = new ArrayBuffer(BLOCK_BYTES);
    used = 0;
  }
  const array = new Float64Array(block, used, n);
  used += 8 * n;
  return array;
}

/** A matrix [rows, cols]; entry (i, j) is `data[i * cols + j]`. */
export class Matrix {
  /** Wraps `data` (not a copy), or zeros. Throws unless the shape fits the number of values. */
  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly data: Float64Array = zeros(rows, cols),
  ) {
    if (data.length !== rows * cols) {
      throw new RangeError(`Matrix: expected ${rows * cols} values for [${rows}, ${cols}], got ${data.length}`);
    }
  }

  /** All zeros: `np.zeros((rows, cols))`. */
  static zeros(rows: number, cols: number): Matrix {
    return new Matrix(rows, cols);
  }

  /** The identity [n, n]: `np.eye(n)`. */
  static eye(n: number): Matrix {
    const I = new Matrix(n, n);
    for (let i = 0; i < n; i++) I.data[i * n + i] = 1;
    return I;
  }

  /** From nested rows: `np.array(rows)`. Throws unless all rows have one length. */
  static from(rows: readonly ArrayLike<number>[]): Matrix {
    const cols = rows[0]?.length ?? 0;
    const A = new Matrix(rows.length, cols);
    rows.forEach((row, i) => {
      if (row.length !== cols) {
        throw new RangeError(`Matrix.from: expected rows of ${cols} values, got ${row.length} in row ${i}`);
      }
      A.data.set(Array.from(row), i * cols);
    });
    return A;
  }

  /** A column [n, 1]. */
  static column(values: ArrayLike<number>): Matrix {
    return new Matrix(values.length, 1, Float64Array.from(values));
  }

  /** The column [n, 1] with 1 at `index` and 0 elsewhere. Throws unless 0 ≤ index < n. */
  static oneHot(index: number, n: number): Matrix {
    if (!(Number.isInteger(index) && index >= 0 && index < n)) {
      throw new RangeError(`Matrix.oneHot: expected an index from 0 to ${n - 1}, got ${index}`);
    }
    const x = new Matrix(n, 1);
    x.data[index] = 1;
    return x;
  }

  /** [rows, cols]. */
  get shape(): [rows: number, cols: number] {
    return [this.rows, this.cols];
  }

  /** The entry in row i and column j; throws outside the matrix. */
  at(i: number, j: number): number {
    const value = i >= 0 && i < this.rows && j >= 0 && j < this.cols ? this.data[i * this.cols + j] : undefined;
    if (value === undefined) throw new RangeError(`Matrix.at: expected a place within ${this}, got (${i}, ${j})`);
    return value;
  }

  /** Returns this; throws, naming `what`, unless the shape is [rows, cols]. */
  expectShape(what: string, rows: number, cols: number): this {
    if (this.rows !== rows || this.cols !== cols) {
      throw new RangeError(`${what}: expected [${rows}, ${cols}], got ${this}`);
    }
    return this;
  }

  copy(): Matrix {
    const out = new Matrix(this.rows, this.cols);
    out.data.set(this.data);
    return out;
  }

  /** Aᵀ [cols, rows]. */
  transpose(): Matrix {
    const { rows, cols, data } = this;
    const out = new Matrix(cols, rows);
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out.data[j * rows + i] = data[i * cols + j]!;
    return out;
  }

  /** A B [rows, B.cols]. Throws unless A has as many columns as B has rows. */
  matmul(B: Matrix): Matrix {
    if (this.cols !== B.rows) throw new RangeError(`Matrix.matmul: cannot multiply ${this} by ${B}`);
    return new Matrix(this.rows, B.cols).addProduct(this, B);
  }

  /** this += k · B. Throws unless the shapes are equal. */
  add(B: Matrix, k = 1): this {
    if (this.rows !== B.rows || this.cols !== B.cols) throw new RangeError(`Matrix.add: cannot add ${B} to ${this}`);
    const { data } = this;
    const other = B.data;
    for (let i = 0; i < data.length; i++) data[i]! += k * other[i]!;
    return this;
  }

  /** this += A B, of which either may be this matrix itself. Throws unless the shapes fit. */
  addProduct(A: Matrix, B: Matrix): this {
    if (A.cols !== B.rows || A.rows !== this.rows || B.cols !== this.cols) {
      throw new RangeError(`Matrix.addProduct: cannot add the product of ${A} and ${B} to ${this}`);
    }
    const a = this.otherThanThis(A);
    const b = this.otherThanThis(B);
    if (B.cols === 1) gemv(A.rows, A.cols, a, b, this.data);
    else gemm(A.rows, A.cols, B.cols, a, b, this.data);
    return this;
  }

  /** this += Aᵀ b, for a column b, which may be this one itself. Throws unless the shapes fit. */
  addTransposedProduct(A: Matrix, b: Matrix): this {
    if (A.rows !== b.rows || A.cols !== this.rows || b.cols !== 1 || this.cols !== 1) {
      throw new RangeError(
        `Matrix.addTransposedProduct: cannot add the product of ${A} transposed and ${b} to ${this}`,
      );
    }
    gemvTransposed(A.rows, A.cols, this.otherThanThis(A), this.otherThanThis(b), this.data);
    return this;
  }

  /** this += u vᵀ, for columns u and v. Throws unless the shapes fit. */
  addOuter(u: Matrix, v: Matrix): this {
    if (u.cols !== 1 || v.cols !== 1 || u.rows !== this.rows || v.rows !== this.cols) {
      throw new RangeError(`Matrix.addOuter: cannot add the outer product of ${u} and ${v} to ${this}`);
    }
    ger(u.rows, v.rows, u.data, v.data, this.data);
    return this;
  }

  /** Every entry times k. */
  scale(k: number): this {
    const { data } = this;
    for (let i = 0; i < data.length; i++) data[i]! *= k;
    return this;
  }

  /** Every entry replaced by f(entry, its index in `data`). */
  map(f: (value: number, index: number) => number): this {
    const { data } = this;
    for (let i = 0; i < data.length; i++) data[i] = f(data[i]!, i);
    return this;
  }

  /** The hyperbolic tangent of every entry. */
  tanh(): this {
    const { data } = this;
    for (let i = 0; i < data.length; i++) data[i] = Math.tanh(data[i]!);
    return this;
  }

  /** Every entry moved into [low, high]: `np.clip(A, low, high, out=A)`. */
  clip(low: number, high: number): this {
    const { data } = this;
    for (let i = 0; i < data.length; i++) data[i] = Math.min(high, Math.max(low, data[i]!));
    return this;
  }

  /** The sum of all entries. */
  sum(): number {
    let sum = 0;
    for (const x of this.data) sum += x;
    return sum;
  }

  /** The largest entry. */
  max(): number {
    let largest = -Infinity;
    for (const x of this.data) if (x > largest) largest = x;
    return largest;
  }

  /** The Frobenius norm, (Σ aᵢⱼ²)^½: `np.linalg.norm(A)`. */
  norm(): number {
    let sum = 0;
    for (const x of this.data) sum += x * x;
    return Math.sqrt(sum);
  }

  /** The numbers of a factor, copied if this matrix has the same ones: products read all of a factor while they write. */
  private otherThanThis({ data }: Matrix): Float64Array {
    return data === this.data ? data.slice() : data;
  }

  /** The shape, for messages: `[64, 28]`. */
  toString(): string {
    return `[${this.rows}, ${this.cols}]`;
  }
}
