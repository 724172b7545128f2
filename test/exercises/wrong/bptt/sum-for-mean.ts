// fails: bptt starts where autograd does: dy = (p − one-hot) / T
// Forgets to divide by T: the gradient of the sum, not of the mean.
import { Matrix, type VanillaRNNGradients, type VanillaRNNParameters } from "../scratch";

export interface ForwardPass {
  inputs: readonly Matrix[];
  h0: Matrix;
  hiddenStates: readonly Matrix[];
  probs: readonly Matrix[];
  targets: readonly number[];
}

export function outputGradient(p: Matrix, target: number, T: number): Matrix {
  return p.copy().add(Matrix.oneHot(target, p.rows), -1);
}

export function tanhGradient(dh: Matrix, h: Matrix): Matrix {
  return dh.copy().map((d, i) => d * (1 - h.data[i]! ** 2));
}

export function bptt(pass: ForwardPass, { Wxh, Whh, Why, bh, by }: VanillaRNNParameters): VanillaRNNGradients {
  const { inputs, h0, hiddenStates, probs, targets } = pass;
  const T = inputs.length;
  const zerosLike = ({ rows, cols }: Matrix) => Matrix.zeros(rows, cols);
  const dWxh = zerosLike(Wxh);
  const dWhh = zerosLike(Whh);
  const dWhy = zerosLike(Why);
  const dbh = zerosLike(bh);
  const dby = zerosLike(by);

  let dhNext = zerosLike(bh);
  for (let t = T - 1; t >= 0; t--) {
    const h = hiddenStates[t]!;
    const hPrev = t > 0 ? hiddenStates[t - 1]! : h0;

    const dy = outputGradient(probs[t]!, targets[t]!, T);
    dWhy.addOuter(dy, h);
    dby.add(dy);

    const dh = dhNext.addTransposedProduct(Why, dy);

    const dz = tanhGradient(dh, h);
    dWxh.addOuter(dz, inputs[t]!);
    dWhh.addOuter(dz, hPrev);
    dbh.add(dz);
    dhNext = zerosLike(bh).addTransposedProduct(Whh, dz);
  }
  return { dWxh, dWhh, dWhy, dbh, dby };
}
