/**
 * Exercise "cell-step": one step of a recurrent network.
 *
 * At every step the cell mixes two things, what it reads now (x) and what it remembers (hPrev), into a new memory h, and
 * reads a score for each possible answer off that memory:
 *
 *     hₜ = tanh(W_xh xₜ + W_hh hₜ₋₁ + b_h)
 *     yₜ = W_hy hₜ + b_y
 *
 * | symbol | what it is                        | shape  |
 * | ------ | --------------------------------- | ------ |
 * | Wxh    | input → hidden                    | [H, D] |
 * | Whh    | hidden → hidden: the recurrence   | [H, H] |
 * | Why    | hidden → output                   | [V, H] |
 * | bh, by | biases                            | [H, 1], [V, 1] |
 *
 * Letters: D inputs (for one-hot characters D = V), H hidden units, V outputs. The library's `Matrix` has what you need:
 * `copy()`, `add(B)`, `matmul(B)`, `addProduct(A, B)` (this += A B), `tanh()`.
 */
import { Matrix, type VanillaRNNParameters } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/**
 * From the input x [D, 1] and the state before it hPrev [H, 1] to the new state h [H, 1] and the scores y [V, 1].
 * Changes none of its arguments: beware, `add`, `addProduct` and `tanh` change the matrix they are called on.
 *
 * With D = H = V = 1, Wxh = 1, Whh = 0.5, bh = 0.1, Why = 2, by = −1, x = 0.4 and hPrev = 0.6:
 *
 *     h = tanh(1 · 0.4 + 0.5 · 0.6 + 0.1) = tanh(0.8) = 0.664
 *     y = 2 · 0.664 − 1 = 0.328
 */
export function cellStep(x: Matrix, hPrev: Matrix, parameters: VanillaRNNParameters): { h: Matrix; y: Matrix } {
  throw new NotImplementedError("cell-step: cellStep");
}
