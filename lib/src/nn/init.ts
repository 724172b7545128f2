/**
 * Initial values of parameters from the global torch generator, in PyTorch's order: after the same `manualSeed` the same
 * weights, bit for bit (orthogonal: to about 1e-6, as between two LAPACKs). All of them change the variable in place.
 *
 * https://docs.pytorch.org/docs/stable/nn.init.html
 */
import * as tf from "@tensorflow/tfjs";
import { defaultGenerator } from "../random";

/** Non-linearities with a recommended gain. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leaky_relu" | "selu";

/** Makes a trainable parameter of a row-major array. */
export function parameter(values: Float32Array, shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

function fill(variable: tf.Variable, values: Float32Array): tf.Variable {
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  return variable;
}

/** Fills with numbers from the uniform distribution on [low, high). */
export function uniform(variable: tf.Variable, low = 0, high = 1): tf.Variable {
  return fill(variable, defaultGenerator.uniform(variable.size, low, high));
}

/** Fills with numbers from the normal distribution. */
export function normal(variable: tf.Variable, mean = 0, std = 1): tf.Variable {
  return fill(variable, defaultGenerator.normal(variable.size, mean, std));
}

/** Fills with one value. */
export function constant(variable: tf.Variable, value: number): tf.Variable {
  return fill(variable, new Float32Array(variable.size).fill(value));
}

/** Fills with zeros. */
export function zeros(variable: tf.Variable): tf.Variable {
  return constant(variable, 0);
}

/** Fills with ones. */
export function ones(variable: tf.Variable): tf.Variable {
  return constant(variable, 1);
}

/** Fills a matrix with the identity: ones on the diagonal. */
export function eye(variable: tf.Variable): tf.Variable {
  const [rows, columns] = matrixShape("eye", variable);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  return fill(variable, values);
}

/** The recommended factor for a non-linearity: tanh 5/3, relu √2, leaky relu √(2/(1 + slope²)), selu 3/4, others 1. */
export function calculateGain(nonlinearity: Nonlinearity, slope = 0.01): number {
  if (nonlinearity === "tanh") return 5 / 3;
  if (nonlinearity === "relu") return Math.sqrt(2);
  if (nonlinearity === "leaky_relu") return Math.sqrt(2 / (1 + slope ** 2));
  return nonlinearity === "selu" ? 3 / 4 : 1;
}

/** U(−a, a) with a = gain·√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
export function xavierUniform(variable: tf.Variable, { gain = 1 } = {}): tf.Variable {
  const [fanIn, fanOut] = fans("xavierUniform", variable);
  const bound = Math.sqrt(3) * (gain * Math.sqrt(2 / (fanIn + fanOut)));
  return uniform(variable, -bound, bound);
}

/** N(0, std²) with std = gain·√(2 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
export function xavierNormal(variable: tf.Variable, { gain = 1 } = {}): tf.Variable {
  const [fanIn, fanOut] = fans("xavierNormal", variable);
  return normal(variable, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/** Options of the two Kaiming initialisers: `a` is the slope of a leaky relu. */
export interface KaimingOptions {
  a?: number;
  mode?: "fanIn" | "fanOut";
  nonlinearity?: Nonlinearity;
}

function kaimingStd(name: string, variable: tf.Variable, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leaky_relu" } = options;
  const [fanIn, fanOut] = fans(name, variable);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fanIn" ? fanIn : fanOut);
}

/** U(−b, b) with b = gain·√(3 / fan) (He et al. 2015). */
export function kaimingUniform(variable: tf.Variable, options: KaimingOptions = {}): tf.Variable {
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform", variable, options);
  return uniform(variable, -bound, bound);
}

/** N(0, gain² / fan) (He et al. 2015). */
export function kaimingNormal(variable: tf.Variable, options: KaimingOptions = {}): tf.Variable {
  return normal(variable, 0, kaimingStd("kaimingNormal", variable, options));
}

/** Fills with a (semi-)orthogonal matrix: rows (or columns, if fewer) of length `gain`, at right angles (Saxe et al. 2013). */
export function orthogonal(variable: tf.Variable, { gain = 1 } = {}): tf.Variable {
  const [rows, columns] = matrixShape("orthogonal", variable);
  const draws = Float64Array.from(defaultGenerator.normal(rows * columns));
  const wide = rows < columns;
  const [m, n] = wide ? [columns, rows] : [rows, columns]; // the matrix that is factored is tall: [m, n]
  const tall = wide ? transposed(draws, rows, columns) : draws;
  const q = orthonormalColumns(tall, m, n);
  const values = wide ? transposed(q, m, n) : q;
  return fill(
    variable,
    Float32Array.from(values, (value) => Math.fround(value) * gain),
  );
}

function fans(name: string, { shape }: tf.Variable): [fanIn: number, fanOut: number] {
  if (shape.length < 2) {
    throw new Error(`init.${name}: expected a parameter with at least 2 dimensions, got [${shape.join(", ")}]`);
  }
  const field = shape.slice(2).reduce((a, b) => a * b, 1);
  return [shape[1]! * field, shape[0]! * field];
}

function matrixShape(name: string, { shape }: tf.Variable): [rows: number, columns: number] {
  if (shape.length < 2) {
    throw new Error(`init.${name}: expected a matrix, got a parameter of shape [${shape.join(", ")}]`);
  }
  return [shape[0]!, shape.slice(1).reduce((a, b) => a * b, 1)];
}

function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(a, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]!);
}

/**
 * Q of the QR factorisation of a [m, n] matrix, m ≥ n, signed so that R has a positive diagonal. Then Q is unique: Gram-
 * Schmidt gives LAPACK's to rounding, run twice because once loses the right angles ("twice is enough").
 */
function orthonormalColumns(a: Float64Array, m: number, n: number): Float64Array {
  const q = a.slice();
  for (let j = 0; j < n; j++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        let dot = 0;
        for (let i = 0; i < m; i++) dot += q[i * n + k]! * q[i * n + j]!;
        for (let i = 0; i < m; i++) q[i * n + j]! -= dot * q[i * n + k]!;
      }
    }
    let norm = 0;
    for (let i = 0; i < m; i++) norm += q[i * n + j]! ** 2;
    norm = Math.sqrt(norm);
    for (let i = 0; i < m; i++) q[i * n + j]! /= norm;
  }
  return q;
}
