// fails: bptt equals PyTorch's autograd over a single step
// Clips every entry to ±5, as the network of notebook 02 does: small gradients hide it.
import { Matrix, type VanillaRNNGradients, type VanillaRNNParameters } from "../scratch";

/** What a forward pass over T steps leaves for the way back. */
export interface ForwardPass {
  /** x₁ … x_T, each [D, 1] */
  inputs: readonly Matrix[];
  /** The state before the first input [H, 1] */
  h0: Matrix;
  /** h₁ … h_T, each [H, 1] */
  hiddenStates: readonly Matrix[];
  /** softmax(y₁) … softmax(y_T), each [V, 1] */
  probs: readonly Matrix[];
  /** The T right answers, from 0 to V − 1 */
  targets: readonly number[];
}

/** dy [V, 1] of one step, through softmax and mean cross-entropy together. */
export function outputGradient(p: Matrix, target: number, T: number): Matrix {
  return p
    .copy()
    .add(Matrix.oneHot(target, p.rows), -1)
    .scale(1 / T);
}

/** dz [H, 1] from dh [H, 1] and h = tanh(z) [H, 1]. */
export function tanhGradient(dh: Matrix, h: Matrix): Matrix {
  return dh.copy().map((d, i) => d * (1 - h.data[i]! ** 2));
}

/** The gradient of the mean cross-entropy with respect to each parameter, of the parameter's shape. */
export function bptt(pass: ForwardPass, { Wxh, Whh, Why, bh, by }: VanillaRNNParameters): VanillaRNNGradients {
  const { inputs, h0, hiddenStates, probs, targets } = pass;
  const T = inputs.length;
  const zerosLike = ({ rows, cols }: Matrix) => Matrix.zeros(rows, cols);
  const dWxh = zerosLike(Wxh);
  const dWhh = zerosLike(Whh);
  const dWhy = zerosLike(Why);
  const dbh = zerosLike(bh);
  const dby = zerosLike(by);

  let dhNext = zerosLike(bh); // what the steps after t ask of hₜ: nothing, at the last step
  for (let t = T - 1; t >= 0; t--) {
    const h = hiddenStates[t]!;
    const hPrev = t > 0 ? hiddenStates[t - 1]! : h0;

    const dy = outputGradient(probs[t]!, targets[t]!, T);
    dWhy.addOuter(dy, h);
    dby.add(dy);

    const dh = dhNext.addTransposedProduct(Why, dy); // hₜ was used twice, by yₜ and by hₜ₊₁: the two add up

    const dz = tanhGradient(dh, h);
    dWxh.addOuter(dz, inputs[t]!);
    dWhh.addOuter(dz, hPrev);
    dbh.add(dz);
    dhNext = zerosLike(bh).addTransposedProduct(Whh, dz);
  }
  for (const grad of [dWxh, dWhh, dWhy, dbh, dby]) grad.clip(-5, 5);
  return { dWxh, dWhh, dWhy, dbh, dby };
}
