// fails: sequence equals PyTorch's RNN
// Puts h0 in front: T + 1 hidden states for T outputs.
import type { Matrix } from "../scratch";

export type Step = (x: Matrix, hPrev: Matrix) => { h: Matrix; y: Matrix };

export function unroll(
  inputs: readonly Matrix[],
  h0: Matrix,
  step: Step,
): { outputs: Matrix[]; hiddenStates: Matrix[] } {
  const outputs: Matrix[] = [];
  const hiddenStates: Matrix[] = [h0];
  let hPrev = h0;
  for (const x of inputs) {
    const { h, y } = step(x, hPrev);
    outputs.push(y);
    hiddenStates.push(h);
    hPrev = h;
  }
  return { outputs, hiddenStates };
}
