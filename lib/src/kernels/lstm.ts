/**
 * One chain of the LSTM, forward and backward through time, where z_t = W_ih x_t + b_ih + b_hh + h W_hhᵀ:
 *
 *   i, g, f, o = σ, tanh, σ, σ of the four blocks of z_t      c' = f ⊙ c + i ⊙ g      h' = o ⊙ tanh c'
 *
 * Native TensorFlow has one operation for the whole step and one for the elementwise part of its gradient, in place of
 * seventeen and fifteen: forward 173 against 226 µs, backward 33 µs (128 rows, I = 64, H = 128, 1 thread with AVX-512). Without
 * AVX-512 a product for each gate is faster than TensorFlow's one of four times the width: forward 311 against 561 µs. The
 * gates stand inside in their order i, g, f, o (PyTorch: i, f, g, o).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
import type * as tf from "@tensorflow/tfjs";
import { isNative, vectorInstructions } from "../backend";
import type { CellKernel, Recurrent } from "./cell";
import type { LstmStep, Ops } from "./ops";

/** Beyond this input size the look-up in a folded table is faster than multiplying each step's input. */
const MOST_FEATURES = 192;

/** Below this many numbers in a state, seventeen small operations cost more than they save (even at 7 × 128, 4,096 on the safe side). */
const FEW_NUMBERS = 4096;

/** Whether TensorFlow's whole step is the faster one. */
function takesInput({ inputSize, hiddenSize, rows, folded }: Parameters<NonNullable<CellKernel["takesInput"]>>[0]) {
  if (!isNative() || (folded && inputSize > MOST_FEATURES)) return false;
  return vectorInstructions() === "AVX-512" || rows * hiddenSize < FEW_NUMBERS;
}

export const lstmCell: CellKernel = {
  name: "lstm",
  pieces: [4],
  gateOrder: [0, 2, 1, 3],
  forwardPieces: [1, 1, 1, 1],
  takesInput,
  run(o, xs, w, h0, c0, keep) {
    const [weight] = w.weights as [tf.Tensor];
    const [batch, hidden] = [xs[0]![0]!.shape[0]!, weight.shape[1]!];
    const zeros = h0 && c0 ? undefined : keep(o.zeros([batch, hidden]));
    const whole = w.input && o.lstmForward!(w.input.transposed, w.transposed[0]!, w.input.bias);
    const steps: LstmStep[] = [];
    for (let t = 0; t < xs[0]!.length; t++) {
      const last = steps[t - 1];
      const [hBefore, before] = [last?.h ?? h0 ?? zeros!, last?.c ?? c0 ?? zeros!];
      const parts = xs.map((piece) => piece[t]!);
      const step = whole ? whole(parts[0]!, hBefore, before) : plainStep(o, w, parts, hBefore, before);
      for (const part of ["i", "g", "f", "o", "c", "tanhC", "h"] as const) keep(step[part]);
      steps.push(step);
    }
    return {
      h: steps.map(({ h }) => h),
      c: steps.map(({ c }) => c),
      backward(dh, dhN, dc, dcN) {
        const gradient = o.lstmBackward(weight, batch);
        const both = (a: tf.Tensor | null, b: tf.Tensor | undefined) => (a && b ? o.add(a, b) : (a ?? b ?? null));
        const dz = new Array<tf.Tensor>(steps.length);
        let dhCarried = dhN;
        let dcCarried = dcN;
        for (let t = steps.length - 1; t >= 0; t--) {
          const dhTotal = both(dhCarried, dh?.[t]);
          const dcTotal = both(dcCarried, dc?.[t]);
          const none = dhTotal && dcTotal ? undefined : o.zeros([batch, hidden]);
          [dz[t], dcCarried] = gradient(steps[t]!, dhTotal ?? none!, dcTotal ?? none!);
          dhCarried = t > 0 || h0 ? o.matMul(dz[t]!, weight) : null;
        }
        return { dx: [dz], dz: [dz], dh0: h0 && dhCarried, dc0: dcCarried };
      },
    };
  },
};

/** A step from the input's pre-activations by gate, in separate operations. */
function plainStep(
  o: Ops,
  { transposed }: Recurrent,
  xs: tf.Tensor[],
  hBefore: tf.Tensor,
  before: tf.Tensor,
): LstmStep {
  const z = xs.map((x, gate) => o.add(x, o.matMul(hBefore, transposed[gate]!)));
  const [i, g, f, out] = [o.sigmoid(z[0]!), o.tanh(z[1]!), o.sigmoid(z[2]!), o.sigmoid(z[3]!)];
  const c = o.add(o.mul(f, before), o.mul(i, g));
  const tanhC = o.tanh(c);
  return { i, g, f, o: out, c, tanhC, h: o.mul(out, tanhC), before };
}
