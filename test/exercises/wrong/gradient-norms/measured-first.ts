// fails: gradient-norms tracks the norms before the first training step and after each
// Measures before each step only: what the last step did is lost.
import { Matrix, type VanillaRNN } from "../scratch";

export interface NormCurve {
  name: string;
  x: number[];
  y: number[];
}

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
  return gradients.reverse();
}

export function gradientNorms(rnn: VanillaRNN, inputs: readonly Matrix[], target: number): number[] {
  return stateGradients(rnn, inputs, target).map((gradient) => gradient.norm());
}

export function trackGradientNorms(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  target: number,
  trainStep: () => void,
  steps: number,
): number[][] {
  const history: number[][] = [];
  for (let step = 0; step < steps; step++) {
    history.push(gradientNorms(rnn, inputs, target));
    trainStep();
  }
  return history;
}

export function normCurves(history: readonly (readonly number[])[]): NormCurve[] {
  return history.map((norms, step) => ({
    name: `training step ${step}`,
    x: norms.map((_, back) => back),
    y: [...norms].reverse(),
  }));
}
