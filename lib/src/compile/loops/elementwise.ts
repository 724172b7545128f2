/**
 * Operations on numbers one by one. Those of one size that follow each other become one loop, which is compiled from their
 * formulas: what is between them stays in registers. A step of an RNN, LSTM and GRU (H = 8, T = 20, V = 39, Adam) takes 127, 208 and
 * 182 µs so, and 148, 280 and 239 with a loop for each operation (AVX2, Node 20).
 */
import { broadcastStrides, indexTable, type Loop, type Numbers, type Value } from "./value";

/** By operation: the formula of its inputs' names. JavaScript computes it in double precision. */
const formulas: Record<string, (x: string, y: string, z: string) => string> = {
  Abs: (x) => `Math.abs(${x})`,
  Ceil: (x) => `Math.ceil(${x})`,
  Cos: (x) => `Math.cos(${x})`,
  Elu: (x) => `${x} < 0 ? Math.expm1(${x}) : ${x}`,
  Exp: (x) => `Math.exp(${x})`,
  Expm1: (x) => `Math.expm1(${x})`,
  Floor: (x) => `Math.floor(${x})`,
  Log: (x) => `Math.log(${x})`,
  Log1p: (x) => `Math.log1p(${x})`,
  LogicalNot: (x) => `${x} ? 0 : 1`,
  Neg: (x) => `-${x}`,
  OnesLike: () => "1",
  Reciprocal: (x) => `1 / ${x}`,
  Relu: (x) => `${x} < 0 ? 0 : ${x}`,
  Rsqrt: (x) => `1 / Math.sqrt(${x})`,
  Sigmoid: (x) => `1 / (1 + Math.exp(-${x}))`,
  Sign: (x) => `Math.sign(${x})`,
  Sin: (x) => `Math.sin(${x})`,
  Softplus: (x) => `Math.max(${x}, 0) + Math.log1p(Math.exp(-Math.abs(${x})))`,
  Sqrt: (x) => `Math.sqrt(${x})`,
  Square: (x) => `${x} * ${x}`,
  // In double precision it is exact to a float32's rounding, and takes 16 ns in place of Math.tanh's 19.
  Tanh: (x) => `Math.abs(${x}) < 1e-4 ? ${x} : 1 - 2 / (Math.exp(2 * ${x}) + 1)`,
  ZerosLike: () => "0",

  Add: (x, y) => `${x} + ${y}`,
  AddV2: (x, y) => `${x} + ${y}`,
  DivNoNan: (x, y) => `${y} === 0 ? 0 : ${x} / ${y}`,
  Equal: (x, y) => `${x} === ${y} ? 1 : 0`,
  Greater: (x, y) => `${x} > ${y} ? 1 : 0`,
  GreaterEqual: (x, y) => `${x} >= ${y} ? 1 : 0`,
  Less: (x, y) => `${x} < ${y} ? 1 : 0`,
  LessEqual: (x, y) => `${x} <= ${y} ? 1 : 0`,
  LogicalAnd: (x, y) => `${x} && ${y} ? 1 : 0`,
  LogicalOr: (x, y) => `${x} || ${y} ? 1 : 0`,
  Maximum: (x, y) => `Math.max(${x}, ${y})`,
  Minimum: (x, y) => `Math.min(${x}, ${y})`,
  Mul: (x, y) => `${x} * ${y}`,
  NotEqual: (x, y) => `${x} !== ${y} ? 1 : 0`,
  // C's rule for 1 and −1, which is TensorFlow's; JavaScript has another.
  Pow: (x, y) => `${x} === 1 || (${x} === -1 && Math.abs(${y}) === Infinity) ? 1 : Math.pow(${x}, ${y})`,
  RealDiv: (x, y) => `${x} / ${y}`,
  ReluGrad: (dy, x) => `${x} > 0 ? ${dy} : 0`,
  SigmoidGrad: (y, dy) => `${dy} * ${y} * (1 - ${y})`,
  SquaredDifference: (x, y) => `(${x} - ${y}) * (${x} - ${y})`,
  Sub: (x, y) => `${x} - ${y}`,
  TanhGrad: (y, dy) => `${dy} * (1 - ${y} * ${y})`,

  Select: (x, y, z) => `${x} ? ${y} : ${z}`,
  SelectV2: (x, y, z) => `${x} ? ${y} : ${z}`,
};

/** The same for whole numbers, which wrap at 32 bits. */
const wholeFormulas: Record<string, (x: string, y: string, z: string) => string> = {
  Abs: (x) => `Math.abs(${x}) | 0`,
  Add: (x, y) => `(${x} + ${y}) | 0`,
  AddV2: (x, y) => `(${x} + ${y}) | 0`,
  Mul: (x, y) => `Math.imul(${x}, ${y})`,
  Neg: (x) => `-${x} | 0`,
  Square: (x) => `Math.imul(${x}, ${x})`,
  SquaredDifference: (x, y) => `Math.imul(${x} - ${y}, ${x} - ${y})`,
  Sub: (x, y) => `(${x} - ${y}) | 0`,
};
for (const op of ["Maximum", "Minimum", "OnesLike", "Relu", "Select", "SelectV2", "Sign", "ZerosLike"]) {
  wholeFormulas[op] = formulas[op]!;
}

/** The operations that `formulaOf` knows. */
export const formulaNames = ["AddN", "Cast", ...Object.keys(formulas)];

/** TensorFlow's numbers for data types. */
export const FLOAT = 1;
export const INT32 = 3;
export const BOOL = 10;

export type Formula = (...names: string[]) => string;

/**
 * The formula of an operation with results of this type; undefined if it does not work on numbers one by one. Results of float32
 * are rounded also in registers, so that a value is the same wherever it is used.
 */
export function formulaOf(op: string, attr: (name: string) => unknown, dtype: number): Formula | undefined {
  if (op === "Cast") return castFormula(attr("SrcT"), dtype);
  const table = dtype === INT32 ? wholeFormulas : formulas;
  const sum: Formula = (...names) => (dtype === INT32 ? `(${names.join(" + ")}) | 0` : names.join(" + "));
  const formula = op === "AddN" ? sum : (table[op] as Formula | undefined);
  return formula && (dtype === FLOAT ? (...names) => `Math.fround(${formula(...names)})` : formula);
}

/** Flags by "not zero", whole numbers towards zero; what no 32 bits hold becomes the least of them, as on x86. */
function castFormula(from: unknown, to: number): Formula {
  if (to === BOOL || from === BOOL) return (x) => `${x} !== 0 ? 1 : 0`;
  if (to !== INT32 || from === INT32) return (x) => x!;
  return (x) => `${x} > -2147483649 && ${x} < 2147483648 ? Math.trunc(${x}) : -2147483648`;
}

/** More operations than this in one function, and V8 leaves it to its interpreter: 4 and 20 ns for each with 50 and with 400. */
const mostLines = 50;

/** Elementwise operations of one size, to be computed by one loop. */
export class Fusion {
  private readonly lines: { name: string; formula: string; out: Numbers }[] = [];
  private readonly arrays: Numbers[] = [];
  private readonly tables: Int32Array[] = [];
  /** Names of results by the place in the memory. */
  private readonly results = new Map<number, string>();

  constructor(readonly size: number) {}

  /**
   * Whether an operation with these inputs can follow: what this loop computes must be read at the number that the loop is at, and
   * as a whole, not as a piece.
   */
  takes(inputs: readonly Value[], size: number): boolean {
    if (size !== this.size || this.lines.length >= mostLines) return false;
    const starts = [...this.results.keys()];
    return inputs.every(({ at, numbers }) =>
      this.results.has(at) ? numbers.length === size : !starts.some((start) => at > start && at < start + size),
    );
  }

  /** Adds the operation that computes `out`. */
  add(formula: Formula, inputs: readonly Value[], out: Value): void {
    const name = `v${this.lines.length}`;
    const names = inputs.map((input) => this.results.get(input.at) ?? this.read(input, out.shape));
    this.lines.push({ name, formula: formula(...names), out: out.numbers });
    this.results.set(out.at, name);
  }

  /** The loop over all that was added; results that are not stored stay in registers. */
  loop(isStored: readonly boolean[]): Loop {
    const arrays = [...this.arrays];
    const store = ({ name, out }: (typeof this.lines)[number]) => ` a${arrays.push(out) - 1}[i] = ${name};`;
    const body = this.lines.map((line, k) => `const ${line.name} = ${line.formula};${isStored[k] ? store(line) : ""}`);
    const { size, tables } = this;
    const run = compile(body.join("\n"), arrays.length, tables.length);
    return () => run(size, arrays, tables);
  }

  /** The number of an input that belongs to the number the loop is at. */
  private read({ shape, numbers }: Value, to: readonly number[]): string {
    const array = `a${this.arrays.push(numbers) - 1}`;
    if (numbers.length === this.size) return `${array}[i]`;
    if (numbers.length === 1) return `${array}[0]`;
    return `${array}[t${this.tables.push(indexTable(to, broadcastStrides(shape, to))) - 1}[i]]`;
  }
}

type Run = (n: number, arrays: readonly Numbers[], tables: readonly Int32Array[]) => void;

const compiled = new Map<string, Run>();
const mostCompiled = 256;

/** One function for each text: V8 makes it fast for the arrays that it gets. */
function compile(body: string, arrays: number, tables: number): Run {
  let run = compiled.get(body);
  if (!run) {
    const list = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`).join();
    const text = `const [${list("a", arrays)}] = arrays, [${list("t", tables)}] = tables;
for (let i = 0; i < n; i++) {
${body}
}`;
    run = new Function("n", "arrays", "tables", text) as Run;
    compiled.set(body, run);
    if (compiled.size > mostCompiled) compiled.delete(compiled.keys().next().value!);
  }
  return run;
}
