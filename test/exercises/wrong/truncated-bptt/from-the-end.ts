// fails: truncated-bptt equals PyTorch with detach before every k-th step
// fails: truncated-bptt equals finite differences with the states at the cuts held fixed
// Counts the pieces from the end of the sequence, so the short piece is the first one.
import { Matrix, type VanillaRNN, type VanillaRNNGradients } from "../scratch";

export interface TruncatedPass {
  loss: number;
  grads: VanillaRNNGradients;
  h: Matrix;
}

export function truncatedBackward(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  targets: readonly number[],
  k: number,
  h0 = Matrix.zeros(rnn.hiddenDim, 1),
): TruncatedPass {
  const T = inputs.length;

  const states = [h0];
  const probs: Matrix[] = [];
  let loss = 0;
  for (let t = 0; t < T; t++) {
    const { h, y } = rnn.step(inputs[t]!, states[t]!);
    const p = rnn.softmax(y);
    loss -= Math.log(p.at(targets[t]!, 0)) / T;
    states.push(h);
    probs.push(p);
  }

  const dWxh = Matrix.zeros(rnn.hiddenDim, rnn.inputDim);
  const dWhh = Matrix.zeros(rnn.hiddenDim, rnn.hiddenDim);
  const dWhy = Matrix.zeros(rnn.outputDim, rnn.hiddenDim);
  const dbh = Matrix.zeros(rnn.hiddenDim, 1);
  const dby = Matrix.zeros(rnn.outputDim, 1);
  let dhNext = Matrix.zeros(rnn.hiddenDim, 1);
  for (let t = T - 1; t >= 0; t--) {
    const h = states[t + 1]!;
    const dy = probs[t]!.copy()
      .add(Matrix.oneHot(targets[t]!, rnn.outputDim), -1)
      .scale(1 / T);
    dWhy.addOuter(dy, h);
    dby.add(dy);

    const dh = dhNext.addTransposedProduct(rnn.Why, dy);
    const dz = dh.map((d, i) => d * (1 - h.data[i]! ** 2));
    dWxh.addOuter(dz, inputs[t]!);
    dWhh.addOuter(dz, states[t]!);
    dbh.add(dz);

    dhNext = Matrix.zeros(rnn.hiddenDim, 1);
    const beginsPiece = (T - t) % k === 0;
    if (!beginsPiece) dhNext.addTransposedProduct(rnn.Whh, dz);
  }
  return { loss, grads: { dWxh, dWhh, dWhy, dbh, dby }, h: states[T]! };
}

export function trainOnStream(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  targets: readonly number[],
  k: number,
  learningRate: number,
  h0 = Matrix.zeros(rnn.hiddenDim, 1),
): { losses: number[]; h: Matrix } {
  const losses: number[] = [];
  let h = h0;
  for (let start = 0; start < inputs.length; start += k) {
    const end = start + k;
    const pass = truncatedBackward(rnn, inputs.slice(start, end), targets.slice(start, end), k, h);
    rnn.updateParameters(pass.grads, learningRate);
    losses.push(pass.loss);
    h = pass.h;
  }
  return { losses, h };
}
