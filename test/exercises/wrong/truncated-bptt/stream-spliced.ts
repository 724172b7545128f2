// fails: truncated-bptt trains on a stream piece by piece, as PyTorch does
// Cuts the pieces with splice: afterwards the caller's stream is empty.
import { Matrix, type VanillaRNN, type VanillaRNNGradients } from "../scratch";

/** What one pass over a sequence gives. */
export interface TruncatedPass {
  /** The mean cross-entropy over the T steps. */
  loss: number;
  /** Its gradients, each of the shape of its parameter, cut before every k-th step, not clipped. */
  grads: VanillaRNNGradients;
  /** The state after the last step, [H, 1]. */
  h: Matrix;
}

/**
 * Forwards through T steps, then backwards through pieces of k: the states are carried over the cuts, the gradient is not.
 *
 * dL/dhₜ = W_hyᵀ dyₜ + (W_hhᵀ dzₜ₊₁, but nothing if step t + 1 begins a piece),  dzₜ = dL/dhₜ ⊙ (1 − hₜ²)
 */
export function truncatedBackward(
  rnn: VanillaRNN,
  inputs: readonly Matrix[],
  targets: readonly number[],
  k: number,
  h0 = Matrix.zeros(rnn.hiddenDim, 1),
): TruncatedPass {
  const T = inputs.length;

  // Forwards there are no cuts.
  const states = [h0]; // states[t + 1] is the state after step t
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
  let dhNext = Matrix.zeros(rnn.hiddenDim, 1); // what the steps after t ask of the state after step t
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
    dWhh.addOuter(dz, states[t]!); // the state before step t is used here even if the gradient stops at it
    dbh.add(dz);

    dhNext = Matrix.zeros(rnn.hiddenDim, 1);
    const beginsPiece = t % k === 0;
    if (!beginsPiece) dhNext.addTransposedProduct(rnn.Whh, dz);
  }
  return { loss, grads: { dWxh, dWhh, dWhy, dbh, dby }, h: states[T]! };
}

/**
 * Trains on a stream too long for one pass: k steps forwards and backwards, one step of gradient descent, the next k
 * steps from the state that was reached. The last piece may be shorter. Returns each piece's loss before its update.
 */
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
  while (inputs.length > 0) {
    const pass = truncatedBackward(rnn, (inputs as Matrix[]).splice(0, k), (targets as number[]).splice(0, k), k, h);
    rnn.updateParameters(pass.grads, learningRate);
    losses.push(pass.loss);
    h = pass.h;
  }
  return { losses, h };
}
