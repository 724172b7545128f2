/**
 * Exercise "truncated-bptt": backpropagation through time, k steps at a time (from notebook 02).
 *
 * A sequence of a million steps cannot be unrolled as a whole. So the gradient is cut: backwards one goes through at most
 * k steps. The state is not cut: forwards the network remembers as far as it can.
 *
 *     forwards   h₀ → h₁ → h₂ → h₃ → h₄ → h₅ → h₆      k = 3
 *     backwards  h₀   h₁ ← h₂ ← h₃   h₄ ← h₅ ← h₆      the gradient stops before every third step
 *
 * Letters: D inputs, H hidden units, V outputs, T time steps. Vectors are columns.
 */
import { Matrix, type VanillaRNN, type VanillaRNNGradients } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** What one pass over a sequence gives. */
export interface TruncatedPass {
  /** The mean cross-entropy over the T steps. */
  loss: number;
  /** Its gradients, each of the shape of its parameter, cut before every k-th step, not clipped. */
  grads: VanillaRNNGradients;
  /** The state after the last step, [H, 1]. */
  h: Matrix;
}

/**
 * Forwards through all T steps from h0, then backwards; the steps are counted from 0, and the gradient does not go from
 * step t to step t − 1 where t is a multiple of k: `h = h.detach()` before these steps in PyTorch.
 *
 *     forwards   { h, y } = rnn.step(x, hPrev);   p = rnn.softmax(y);   L = −(1/T) Σₜ ln pₜ[targetₜ]
 *     backwards  dyₜ = (pₜ − one-hot(targetₜ)) / T
 *                dhₜ = W_hyᵀ dyₜ + W_hhᵀ dzₜ₊₁     without the second term where step t + 1 begins a piece (and at the end)
 *                dzₜ = dhₜ ⊙ (1 − hₜ²)
 *                dW_hy = Σ dyₜ hₜᵀ   db_y = Σ dyₜ   dW_xh = Σ dzₜ xₜᵀ   dW_hh = Σ dzₜ hₜ₋₁ᵀ   db_h = Σ dzₜ
 *
 * Shapes: each input [D, 1], h0 [H, 1], T targets from 0 to V − 1. Start from `VanillaRNN.backward` in
 * lib/src/scratch/vanilla-rnn.ts, which is the same without cuts; where it reads `this.steps[t]` and `this.probs[t]`, read
 * what your own forward loop has kept. (It also clips its gradients, which this one does not.)
 *
 * Example: T = 4 and k = 2: the loss at step 3 reaches the steps 3 and 2, that at step 2 only step 2, that at step 1 the
 * steps 1 and 0. With k ≥ T nothing is cut and the result is that of full backpropagation.
 */
export function truncatedBackward(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  targets: readonly number[],
  k: number,
  h0 = Matrix.zeros(rnn.hiddenDim, 1),
): TruncatedPass {
  throw new NotImplementedError("truncated-bptt: truncatedBackward");
}

/**
 * Trains on a stream too long for one pass. Piece by piece, k steps each (the last may be shorter): forwards from the state
 * that the piece before left, backwards through this piece, one `rnn.updateParameters(grads, learningRate)`.
 *
 * Returns the mean loss of each piece, before its update, and the state after the last step [H, 1]. Only `rnn` changes: the inputs, the
 * targets and h0 stay as they were.
 *
 * Example: 10 steps with k = 4 make pieces of 4, 4 and 2 steps: 3 losses, 3 updates.
 */
export function trainOnStream(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  targets: readonly number[],
  k: number,
  learningRate: number,
  h0 = Matrix.zeros(rnn.hiddenDim, 1),
): { losses: number[]; h: Matrix } {
  throw new NotImplementedError("truncated-bptt: trainOnStream");
}
