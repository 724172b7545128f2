/**
 * One chain of the LSTM, forward and backward through time, where x_t already holds W_ih x_t + b_ih + b_hh:
 *
 *   i, g, f, o = σ, tanh, σ, σ of the four blocks of x_t + h W_hhᵀ      c' = f ⊙ c + i ⊙ g      h' = o ⊙ tanh c'
 *
 * The gates stand inside in the order i, g, f, o (PyTorch: i, f, g, o), that of TensorFlow's LSTMBlockCellGrad, which
 * computes the elementwise part of a backward step in one native call instead of about fifteen.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
import type * as tf from "@tensorflow/tfjs";
import type { CellKernel } from "./cell";
import type { LstmStep } from "./ops";

export const lstmCell: CellKernel = {
  pieces: [4],
  gateOrder: [0, 2, 1, 3],
  run(o, [xs], { weights: [w], transposed: [wT] }, h0, c0, keep) {
    const hidden = w!.shape[1]!;
    const steps: LstmStep[] = [];
    const h: tf.Tensor[] = [];
    const cells: tf.Tensor[] = [];
    let hPrevious = h0;
    let cPrevious = c0;
    for (const x of xs!) {
      const gates = o.split(hPrevious ? o.add(x, o.matMul(hPrevious, wT!)) : x, [hidden, hidden, hidden, hidden], 1);
      const i = keep(o.sigmoid(gates[0]!));
      const g = keep(o.tanh(gates[1]!));
      const f = keep(o.sigmoid(gates[2]!));
      const out = keep(o.sigmoid(gates[3]!));
      const written = o.mul(i, g);
      const before: tf.Tensor = cPrevious ?? keep(o.zerosLike(g));
      const c = keep(cPrevious ? o.add(o.mul(f, cPrevious), written) : written);
      const tanhC = keep(o.tanh(c));
      hPrevious = keep(o.mul(out, tanhC));
      cPrevious = c;
      h.push(hPrevious);
      cells.push(c);
      steps.push({ i, g, f, o: out, c, tanhC, before });
    }
    return {
      h,
      c: cells,
      backward(dh, dhN, dc, dcN) {
        const dz = new Array<tf.Tensor>(h.length);
        const gradient = o.lstmBackward(w!, h[0]!.shape[0]!);
        const both = (a: tf.Tensor | null, b: tf.Tensor | undefined) => (a && b ? o.add(a, b) : (a ?? b ?? null));
        let dhCarried = dhN;
        let dcCarried = dcN;
        for (let t = h.length - 1; t >= 0; t--) {
          const step = steps[t]!;
          const dhTotal = both(dhCarried, dh?.[t]);
          const dcTotal = both(dcCarried, dc?.[t]);
          const zeros = dhTotal && dcTotal ? null : o.zerosLike(step.c);
          [dz[t], dcCarried] = gradient(step, dhTotal ?? zeros!, dcTotal ?? zeros!);
          dhCarried = t > 0 || h0 ? o.matMul(dz[t]!, w!) : null;
        }
        return { dx: [dz], dz: [dz], dh0: h0 && dhCarried, dc0: dcCarried };
      },
    };
  },
};
