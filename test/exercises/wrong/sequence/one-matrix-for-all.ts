// fails: sequence leaves the inputs and h0 as they were
// Copies each state into h0 and collects that: one matrix, T times, holding the last state.
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
    hPrev.data.set(h.data);
    hiddenStates.push(hPrev);
  }
  return { outputs, hiddenStates };
}
