/**
 * Exercise "bptt": backpropagation through time, by hand.
 *
 * How does the loss change when a weight is moved a little? Walk back from the last step to the first, and undo the
 * forward pass line by line:
 *
 *     forward                                  backward
 *     z = W_xh x + W_hh hPrev + b_h            dW_xh += dz xᵀ    dW_hh += dz hPrevᵀ    db_h += dz    dhNext = W_hhᵀ dz
 *     h = tanh(z)                              dz = dh (1 − h²)  entry by entry
 *     y = W_hy h + b_y                         dW_hy += dy hᵀ    db_y += dy            dh = W_hyᵀ dy + dhNext
 *     loss = mean over t of −ln softmax(y)     dy = (p − one-hot(target)) / T
 *
 * "dq" is short for ∂loss/∂q and has the shape of q. Two things make it "through time": the weights are the same at every
 * step, so their gradients add up (+=); and h is used twice, by its own y and by the next step, so dh is the sum of what the
 * two ask for.
 *
 * Letters: T time steps, D inputs, H hidden units, V outputs. Of use: `copy()`, `add(B, k)` (this += k B),
 * `scale(k)`, `map((value, i) => …)`, `addOuter(u, v)` (this += u vᵀ), `addTransposedProduct(A, b)` (this += Aᵀ b); all of
 * them change the matrix they are called on. And `Matrix.zeros(rows, cols)`, `Matrix.oneHot(index, n)`.
 */
import { Matrix, type VanillaRNNGradients, type VanillaRNNParameters } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** What a forward pass over T steps leaves for the way back. */
export interface ForwardPass {
  /** x₁ … x_T, each [D, 1] */
  inputs: readonly Matrix[];
  /** The state before the first input [H, 1] */
  h0: Matrix;
  /** h₁ … h_T, each [H, 1] */
  hiddenStates: readonly Matrix[];
  /** softmax(y₁) … softmax(y_T), each [V, 1] */
  probs: readonly Matrix[];
  /** The T right answers, from 0 to V − 1 */
  targets: readonly number[];
}

/**
 * dy of one step: through softmax, logarithm and mean together it is just (p − one-hot(target)) / T.
 * From the probabilities p [V, 1]; does not change p.
 *
 *     outputGradient([0.2, 0.7, 0.1], 1, 10)  →  [0.02, −0.03, 0.01]
 *
 * Read it: a step *against* this gradient raises the score of the right answer, in proportion to what its probability lacks of
 * 1, and lowers the others, in proportion to their probabilities.
 */
export function outputGradient(p: Matrix, target: number, T: number): Matrix {
  throw new NotImplementedError("bptt: outputGradient");
}

/**
 * dz from dh [H, 1], back through h = tanh(z): dh times the slope of tanh at z, which is 1 − h². Changes neither argument.
 *
 *     tanhGradient([2, 2], [0, 0.5])  →  [2, 1.5]
 *
 * `h` is what came out of tanh, not what went in.
 */
export function tanhGradient(dh: Matrix, h: Matrix): Matrix {
  throw new NotImplementedError("bptt: tanhGradient");
}

/**
 * The gradient of the mean cross-entropy with respect to each parameter: `{ dWxh, dWhh, dWhy, dbh, dby }`, each of its
 * parameter's shape. Not clipped; changes nothing it is given.
 *
 * With D = H = 1, V = 2, Wxh = 0.5, Whh = 1, Why = [1, −1], no biases, two inputs of 1, h0 = 0 and the targets 0 and 1:
 *
 *     forward    h = 0.462, 0.745             p = [0.716, 0.284], [0.816, 0.184]
 *     t = 2      dy = [0.408, −0.408]         dh = 0.816             dz = 0.363    dhNext = 0.363
 *     t = 1      dy = [−0.142, 0.142]         dh = −0.284 + 0.363    dz = 0.062
 *     together   dWxh = 0.425    dWhh = 0.168    dWhy = [0.238, −0.238]    dbh = 0.425    dby = [0.266, −0.266]
 */
export function bptt(pass: ForwardPass, parameters: VanillaRNNParameters): VanillaRNNGradients {
  throw new NotImplementedError("bptt: bptt");
}
