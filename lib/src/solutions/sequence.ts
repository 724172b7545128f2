/** Our answer to "sequence": one loop that runs any cell. The last line of its body is what makes a network recurrent. */
import type { Matrix } from "../scratch";

/** One step of a recurrent network: from xₜ [D, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and yₜ [V, 1]. */
export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

/** Runs `step` over T inputs from the state h0: T outputs [V, 1] and T hidden states [H, 1]. */
export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  const outputs: Matrix[] = [];
  const hiddenStates: Matrix[] = [];
  let hPrev = h0;
  for (const x of inputs) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
    hPrev = h; // the state of this step is the memory of the next
  }
  return { outputs, hiddenStates };
}
