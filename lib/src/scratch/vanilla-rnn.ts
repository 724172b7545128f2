/**
 * A recurrent network in the plainest form: its equations forwards, and backpropagation through time (BPTT) by hand.
 * It is written to be read; the speed is in `Matrix`. One sequence at a time, no batch, no automatic gradients.
 *
 * Letters: D inputs, H hidden units, V outputs, T time steps. Vectors are columns.
 */
import { np, type RandomState } from "../random";
import { Matrix } from "./matrix";

/** The gradient of the loss with respect to each parameter, of the parameter's shape. */
export interface VanillaRNNGradients {
  dWxh: Matrix;
  dWhh: Matrix;
  dWhy: Matrix;
  dbh: Matrix;
  dby: Matrix;
}

/** The parameters of a plain recurrent network, such as a `VanillaRNN`. */
export type VanillaRNNParameters = Pick<VanillaRNN, "Wxh" | "Whh" | "Why" | "bh" | "by">;

/**
 * hₜ = tanh(W_xh xₜ + W_hh hₜ₋₁ + b_h),  yₜ = W_hy hₜ + b_y.
 *
 * Elman, "Finding Structure in Time", Cognitive Science 14 (1990).
 */
export class VanillaRNN {
  Wxh: Matrix; // [H, D] input to hidden
  Whh: Matrix; // [H, H] hidden to hidden: the recurrence
  Why: Matrix; // [V, H] hidden to output
  bh: Matrix; // [H, 1]
  by: Matrix; // [V, 1]

  // What `backward` needs of each step: its input, the states before and after it, and softmax(yₜ).
  private steps: { x: Matrix; hPrev: Matrix; h: Matrix }[] = [];
  private probs: Matrix[] = [];

  constructor(
    readonly inputDim: number,
    readonly hiddenDim: number,
    readonly outputDim: number,
    { random = np.random }: { random?: RandomState } = {},
  ) {
    // Xavier initialisation: the variance 2 / (inputs + outputs) keeps signals and gradients at one size.
    const xavier = (rows: number, cols: number) =>
      new Matrix(rows, cols, random.randn(rows, cols)).scale(Math.sqrt(2 / (rows + cols)));

    this.Wxh = xavier(hiddenDim, inputDim);
    this.Whh = xavier(hiddenDim, hiddenDim);
    this.Why = xavier(outputDim, hiddenDim);
    this.bh = Matrix.zeros(hiddenDim, 1);
    this.by = Matrix.zeros(outputDim, 1);
  }

  /** One step in time: from xₜ [D, 1] and hₜ₋₁ [H, 1] to hₜ [H, 1] and yₜ [V, 1]. */
  step(x: Matrix, hPrev: Matrix): { h: Matrix; y: Matrix } {
    const h = this.bh.copy().addProduct(this.Wxh, x).addProduct(this.Whh, hPrev).tanh();
    const y = this.by.copy().addProduct(this.Why, h);
    return { h, y };
  }

  /** Runs over a sequence of T inputs [D, 1] from the state hPrev [H, 1], and keeps what `backward` needs. */
  forward(
    inputs: readonly Matrix[],
    hPrev = Matrix.zeros(this.hiddenDim, 1),
  ): { outputs: Matrix[]; hiddenStates: Matrix[] } {
    if (inputs.length === 0) throw new RangeError("VanillaRNN.forward: expected at least one input, got none");
    hPrev.expectShape("VanillaRNN.forward: hPrev", this.hiddenDim, 1);

    const outputs: Matrix[] = [];
    this.steps = [];
    this.probs = [];
    for (const x of inputs) {
      x.expectShape("VanillaRNN.forward: input", this.inputDim, 1);
      const { h, y } = this.step(x, hPrev);
      this.steps.push({ x, hPrev, h });
      outputs.push(y);
      hPrev = h;
    }
    return { outputs, hiddenStates: this.steps.map(({ h }) => h) };
  }

  /** softmax(y)ᵢ = exp(yᵢ) / Σⱼ exp(yⱼ), less the largest y in both so that nothing overflows. */
  softmax(y: Matrix): Matrix {
    const largest = y.max();
    const p = y.copy().map((yi) => Math.exp(yi - largest));
    return p.scale(1 / p.sum());
  }

  /** The mean cross-entropy over time, −(1/T) Σₜ ln softmax(yₜ)[targetₜ]; 1e-10 keeps the logarithm finite. */
  computeLoss(outputs: readonly Matrix[], targets: readonly number[]): number {
    this.checkTargets("computeLoss", targets, outputs.length);
    this.probs = outputs.map((y) => this.softmax(y));
    const losses = this.probs.map((p, t) => -Math.log(p.at(targets[t]!, 0) + 1e-10));
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  /** Backpropagation through time: the gradient of `computeLoss`, which comes first, each entry clipped to [−5, 5]. */
  backward(targets: readonly number[]): VanillaRNNGradients {
    this.checkTargets("backward", targets, this.probs.length);
    const T = this.steps.length;
    const dWxh = Matrix.zeros(this.hiddenDim, this.inputDim);
    const dWhh = Matrix.zeros(this.hiddenDim, this.hiddenDim);
    const dWhy = Matrix.zeros(this.outputDim, this.hiddenDim);
    const dbh = Matrix.zeros(this.hiddenDim, 1);
    const dby = Matrix.zeros(this.outputDim, 1);

    let dhNext = Matrix.zeros(this.hiddenDim, 1); // what the step after t asks of hₜ
    for (let t = T - 1; t >= 0; t--) {
      const { x, hPrev, h } = this.steps[t]!;

      // Softmax and cross-entropy together: dy = (p − one-hot(target)) / T
      const dy = this.probs[t]!.copy()
        .add(Matrix.oneHot(targets[t]!, this.outputDim), -1)
        .scale(1 / T);
      dWhy.addOuter(dy, h); // y = W_hy h + b_y
      dby.add(dy);

      // hₜ is used twice, by yₜ and by hₜ₊₁: dh = W_hyᵀ dy + dhNext
      const dh = dhNext.addTransposedProduct(this.Why, dy);

      // Through h = tanh(z), whose slope is 1 − h²
      const dz = dh.map((d, i) => d * (1 - h.data[i]! ** 2));
      dWxh.addOuter(dz, x); // z = W_xh x + W_hh hPrev + b_h
      dWhh.addOuter(dz, hPrev);
      dbh.add(dz);
      dhNext = Matrix.zeros(this.hiddenDim, 1).addTransposedProduct(this.Whh, dz);
    }

    const grads = { dWxh, dWhh, dWhy, dbh, dby };
    for (const grad of Object.values(grads)) grad.clip(-5, 5);
    return grads;
  }

  /** One step of gradient descent: W ← W − learningRate · dW. */
  updateParameters({ dWxh, dWhh, dWhy, dbh, dby }: VanillaRNNGradients, learningRate: number): void {
    this.Wxh.add(dWxh, -learningRate);
    this.Whh.add(dWhh, -learningRate);
    this.Why.add(dWhy, -learningRate);
    this.bh.add(dbh, -learningRate);
    this.by.add(dby, -learningRate);
  }

  private checkTargets(caller: string, targets: readonly number[], T: number): void {
    if (targets.length !== T || T === 0 || T !== this.steps.length) {
      const order = "call forward, computeLoss and backward in this order, on the same sequence";
      throw new RangeError(
        `VanillaRNN.${caller}: expected ${T} targets, one for each output, got ${targets.length}; ${order}`,
      );
    }
    const wrong = targets.find((target) => !(Number.isInteger(target) && target >= 0 && target < this.outputDim));
    if (wrong !== undefined) {
      throw new RangeError(`VanillaRNN.${caller}: expected targets from 0 to ${this.outputDim - 1}, got ${wrong}`);
    }
  }
}
