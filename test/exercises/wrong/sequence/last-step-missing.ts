// fails: sequence equals PyTorch's RNN
// Stops one step too early.
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
  for (const x of inputs.slice(0, -1)) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
    hPrev = h;
  }
  return { outputs, hiddenStates };
}
