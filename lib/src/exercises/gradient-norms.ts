/**
 * Exercise "gradient-norms": watch gradients vanish (from notebook 02).
 *
 * An error at the end of a sequence should teach the network what it did wrong at the beginning. Does the message arrive?
 * Measure it: how large is the gradient of the last step's loss at each hidden state on the way back?
 *
 *     h₁ ← h₂ ← … ← h_T ← y_T ← L      at each arrow between two states the gradient is multiplied by (1 − h²) and by W_hhᵀ
 *
 * The loss is that of the *last* step alone. In the sum over all steps each state has an error of its own right beside it,
 * which hides what became of those that come from far away.
 *
 * Letters: D inputs, H hidden units, V outputs, T time steps. Vectors are columns.
 */
import { Matrix, type VanillaRNN } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** One curve for `plot.line`. */
export interface NormCurve {
  name: string;
  x: number[];
  y: number[];
}

/**
 * dL/dhₜ for t = 1 … T, as T columns [H, 1], that of h₁ first, where L = −ln softmax(y_T)[target].
 *
 *     dL/dh_T   = W_hyᵀ (softmax(y_T) − one-hot(target))
 *     dL/dhₜ₋₁  = W_hhᵀ (dL/dhₜ ⊙ (1 − hₜ²))
 *
 * `rnn.forward(inputs)` gives `outputs` (the y of all steps) and `hiddenStates`; `rnn.softmax(y)`, `rnn.Why` and `rnn.Whh`
 * are there, too, and so are the sizes `rnn.hiddenDim` (H) and `rnn.outputDim` (V). Of use: `Matrix.oneHot(index, n)`, `add(B, k)`, `addTransposedProduct(A, b)` (this += Aᵀ b).
 *
 * Example: H = 1, W_hh = 0.5, all states 0 (so that 1 − h² = 1) and dL/dh₃ = 0.8: the answer is 0.2, 0.4, 0.8.
 */
export function stateGradients(rnn: VanillaRNN, inputs: readonly Matrix[], target: number): Matrix[] {
  throw new NotImplementedError("gradient-norms: stateGradients");
}

/**
 * How large each of them is, T numbers: ‖g‖ = (Σᵢ gᵢ²)^½.
 *
 * Example: a gradient of (3, −4) has the norm 5.
 */
export function gradientNorms(rnn: VanillaRNN, inputs: readonly Matrix[], target: number): number[] {
  throw new NotImplementedError("gradient-norms: gradientNorms");
}

/**
 * The norms on one and the same example while the network learns: a row before the first training step and one after each
 * of `steps` of them, [steps + 1][T]. `trainStep()` changes the weights of `rnn`; call it exactly `steps` times.
 */
export function trackGradientNorms(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  target: number,
  trainStep: () => void,
  steps: number,
): number[][] {
  throw new NotImplementedError("gradient-norms: trackGradientNorms");
}

/**
 * The figure's curves, for `show(plot.line(normCurves(history), { log: true }))`: one for each row of the history.
 * x counts the steps back from the last time step, 0 … T − 1; y is the norm there.
 *
 * Example: normCurves([[0.2, 0.4, 0.8]]) → [{ name: "training step 0", x: [0, 1, 2], y: [0.8, 0.4, 0.2] }]
 */
export function normCurves(history: readonly (readonly number[])[]): NormCurve[] {
  throw new NotImplementedError("gradient-norms: normCurves");
}
