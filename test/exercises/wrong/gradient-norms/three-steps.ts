// fails: gradient-norms makes curves of the history for the figure
// Writes the x of the example into the code: every history has three steps.
import { Matrix, type VanillaRNN } from "../scratch";

/** One curve for `plot.line`. */
export interface NormCurve {
  name: string;
  x: number[];
  y: number[];
}

/**
 * dL/dhₜ [H, 1] for t = 1 … T, where L = −ln softmax(y_T)[target] is the loss of the last step alone.
 *
 * dL/dh_T = W_hyᵀ (softmax(y_T) − one-hot(target)),  dL/dhₜ₋₁ = W_hhᵀ (dL/dhₜ ⊙ (1 − hₜ²))
 */
export function stateGradients(rnn: VanillaRNN, inputs: readonly Matrix[], target: number): Matrix[] {
  const { outputs, hiddenStates } = rnn.forward(inputs);
  const T = inputs.length;

  const dy = rnn.softmax(outputs[T - 1]!).add(Matrix.oneHot(target, rnn.outputDim), -1);
  let dh = Matrix.zeros(rnn.hiddenDim, 1).addTransposedProduct(rnn.Why, dy);
  const gradients = [dh];
  for (let t = T - 1; t > 0; t--) {
    const h = hiddenStates[t]!;
    const dz = dh.copy().map((d, i) => d * (1 - h.data[i]! ** 2));
    dh = Matrix.zeros(rnn.hiddenDim, 1).addTransposedProduct(rnn.Whh, dz);
    gradients.push(dh);
  }
  return gradients.reverse(); // they were found from the last to the first
}

/** ‖dL/dhₜ‖ for t = 1 … T. */
export function gradientNorms(rnn: VanillaRNN, inputs: readonly Matrix[], target: number): number[] {
  return stateGradients(rnn, inputs, target).map((gradient) => gradient.norm());
}

/** The norms before each of `steps` training steps, and after the last: [steps + 1][T]. */
export function trackGradientNorms(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  target: number,
  trainStep: () => void,
  steps: number,
): number[][] {
  const history = [gradientNorms(rnn, inputs, target)];
  for (let step = 0; step < steps; step++) {
    trainStep();
    history.push(gradientNorms(rnn, inputs, target));
  }
  return history;
}

/** One curve for each row of the history: the norm against the steps back from the last one. */
export function normCurves(history: readonly (readonly number[])[]): NormCurve[] {
  return history.map((norms, step) => ({
    name: `training step ${step}`,
    x: [0, 1, 2],
    y: [...norms].reverse(), // 0 steps back is the last time step
  }));
}
