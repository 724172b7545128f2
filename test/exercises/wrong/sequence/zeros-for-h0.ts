// fails: sequence goes on where it stopped: two halves make the whole
// Starts from zeros whatever h0 is: what was read before is forgotten.
import { Matrix } from "../scratch";

export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  const outputs: Matrix[] = [];
  const hiddenStates: Matrix[] = [];
  let hPrev = Matrix.zeros(h0.rows, 1);
  for (const x of inputs) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
    hPrev = h;
  }
  return { outputs, hiddenStates };
}
