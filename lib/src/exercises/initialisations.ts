/**
 * Exercise "initialisations": which start is best? Train, and see (from notebook 02).
 *
 * Notebook 02 looks at matrices: an orthogonal one keeps the norm of a gradient, a small random one loses it. Does it
 * follow that a network learns best from an orthogonal start? Only training can tell, on a task, with several seeds, and
 * with everything else kept equal.
 *
 * Letters: D inputs, H hidden units, V outputs, T time steps. Vectors are columns.
 */
import { RandomState } from "../random";
import { Matrix, qr, VanillaRNN } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** A way to initialise W_hh. */
export type Kind = "zeros" | "normal" | "xavier" | "orthogonal" | "identity";

/** A sequence of T inputs [D, 1] and the T classes to be said. */
export interface Example {
  inputs: readonly Matrix[];
  targets: readonly number[];
}

/** How one way to initialise did. */
export interface Comparison {
  kind: Kind;
  /** For each seed the mean of the last losses. */
  finalLosses: number[];
  /** The mean of these. */
  mean: number;
}

/**
 * The recurrent weights W_hh [H, H] to start from, R being H·H standard normals from `random.randn(H, H)`:
 *
 *     zeros        0                            normal       0.01 R
 *     xavier       √(2 / (H + H)) R             identity     I
 *     orthogonal   the Q of R's QR factors, R = Q U: `qr(R)` gives [Q, U] as `np.linalg.qr` does
 *
 * "zeros" and "identity" draw nothing from `random`. Of use: `new Matrix(rows, cols, data)`, `Matrix.eye(n)`, `scale(k)`.
 *
 * Example: recurrentMatrix("identity", 2, random) → the Matrix [[1, 0], [0, 1]].
 */
export function recurrentMatrix(kind: Kind, hiddenSize: number, random: RandomState): Matrix {
  throw new NotImplementedError("initialisations: recurrentMatrix");
}

/**
 * Trains one network: a `VanillaRNN(D, H, V, { random: new RandomState(seed) })` whose `Whh` is replaced by (a copy of)
 * the given one; then, example by example, forward, computeLoss, backward, updateParameters. Returns the loss of every
 * example, before its update. The caller's `Whh` is not changed.
 *
 * D is the size of an input, H that of Whh, V = outputSize. The seed decides W_xh and W_hy, so that networks of one seed
 * differ in W_hh alone.
 */
export function trainFrom(
  Whh: Matrix,
  examples: readonly Example[],
  { outputSize, seed, learningRate = 0.1 }: { outputSize: number; seed: number; learningRate?: number },
): number[] {
  throw new NotImplementedError("initialisations: trainFrom");
}

/**
 * Compares kinds by training: for each kind and each seed one `train(recurrentMatrix(kind, H, new RandomState(seed)), seed)`,
 * which returns losses. A run's final loss is the mean of its `last` losses (of all, if it has fewer). The kinds come back
 * sorted by the mean of their final losses, the smallest first; a kind with a mean that is not finite comes last. The
 * lists `kinds` and `seeds` stay as they were.
 *
 * Example: losses that end at 0.2 and 0.4 for "xavier" (two seeds) and at 0.5 and 0.3 for "zeros" give
 * [{ kind: "xavier", finalLosses: [0.2, 0.4], mean: 0.3 }, { kind: "zeros", finalLosses: [0.5, 0.3], mean: 0.4 }].
 */
export function compareInitialisations(
  kinds: readonly Kind[],
  hiddenSize: number,
  seeds: readonly number[],
  train: (Whh: Matrix, seed: number) => readonly number[],
  { last = 50 }: { last?: number } = {},
): Comparison[] {
  throw new NotImplementedError("initialisations: compareInitialisations");
}
