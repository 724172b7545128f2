// fails: sequence calls the step once for each input, in order, with the state of the step before
// Walks from the last input to the first, as only the way back does.
import type { Matrix } from "../scratch";

export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  const outputs: Matrix[] = [];
  const hiddenStates: Matrix[] = [];
  let hPrev = h0;
  for (const x of [...inputs].reverse()) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
    hPrev = h;
  }
  return { outputs, hiddenStates };
}
