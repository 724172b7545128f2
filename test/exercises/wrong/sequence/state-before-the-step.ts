// fails: sequence equals PyTorch's RNN
// Collects the state before each step instead of the one after it.
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
  for (const x of inputs) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(hPrev);
    hPrev = h;
  }
  return { outputs, hiddenStates };
}
