/**
 * Exercise "sequence": run a cell over a whole sequence.
 *
 * The cell is the same at every step, with the same weights. What differs is the input, and the state that it hands on to
 * itself. Drawn side by side, the steps look like a network of T layers: the recurrent network is *unrolled*.
 *
 *     x₁ →┌────┐   x₂ →┌────┐   x₃ →┌────┐
 *     h₀ →│step│→ h₁ →│step│→ h₂ →│step│→ h₃
 *         └────┘↘ y₁   └────┘↘ y₂   └────┘↘ y₃
 *
 * The loop needs to know nothing of the cell: yours from "cell-step" will do, and so would an LSTM's.
 *
 * Letters: T time steps, D inputs, H hidden units, V outputs.
 */
import { Matrix } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/** One step of a recurrent network: from xₜ [D, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and yₜ [V, 1]. */
export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

/**
 * Calls `step` once for each of the T inputs [D, 1], in order, and collects the T outputs [V, 1] and the T hidden states
 * h₁ … h_T [H, 1]. The first step starts from h0 [H, 1]; h0 itself is not among the hidden states.
 *
 * With numbers for matrices and the step h = x + 10 · hPrev, y = −h:
 *
 *     inputs 1, 2, 3 and h0 = 0  →  hiddenStates 1, 12, 123 and outputs −1, −12, −123
 */
export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  throw new NotImplementedError("sequence: unroll");
}
