// fails: sequence calls the step once for each input, in order, with the state of the step before
// Starts every step from h0: nothing is handed on.
import type { Matrix } from "../scratch";

export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  const outputs: Matrix[] = [];
  const hiddenStates: Matrix[] = [];
  const hPrev = h0;
  for (const x of inputs) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
  }
  return { outputs, hiddenStates };
}
