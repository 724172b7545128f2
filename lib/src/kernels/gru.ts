/**
 * One chain of the GRU, forward and backward through time, with PyTorch's reset-after form (the recurrent product of the
 * candidate is computed first and then multiplied by r; Cho et al. 2014 and TensorFlow's GRUBlockCell multiply h by r first):
 *
 *   r, z = σ(x_rz + h W_rzᵀ)      n = tanh(x_n + r ⊙ (h W_nᵀ + b_hn))      h' = n + z ⊙ (h − n)
 *
 * x_rz holds both biases, x_n only that of the input. Two pieces: r and z together, n alone.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
 */
import type * as tf from "@tensorflow/tfjs";
import type { CellKernel } from "./cell";

/** What the backward pass needs of one step, [NB, H] each (rz [NB, 2H]). */
interface Step {
  rz: tf.Tensor;
  r: tf.Tensor;
  z: tf.Tensor;
  n: tf.Tensor;
  /** h W_nᵀ + b_hn; null where it is zero: no state yet and no bias */
  hn: tf.Tensor | null;
  /** h − n with the state before; −n without one */
  gap: tf.Tensor;
}

export const gruCell: CellKernel = {
  name: "gru",
  pieces: [2, 1],
  ownBias: 1,
  run(o, xs, { weights, transposed, bias }, h0, _c0, keep) {
    const [xRz, xN] = xs as [tf.Tensor[], tf.Tensor[]];
    const [wRz, wN] = weights as [tf.Tensor, tf.Tensor];
    const [wRzT, wNT] = transposed as [tf.Tensor, tf.Tensor];
    const hidden = wN.shape[0]!;
    const steps: Step[] = [];
    const h: tf.Tensor[] = [];
    let previous = h0;
    xN.forEach((x, t) => {
      const rz = keep(o.sigmoid(previous ? o.add(xRz[t]!, o.matMul(previous, wRzT)) : xRz[t]!));
      const [r, z] = o.split(rz, [hidden, hidden], 1).map(keep) as [tf.Tensor, tf.Tensor];
      let hn: tf.Tensor | null = null;
      let ahead = x;
      if (previous) {
        const product = o.matMul(previous, wNT);
        hn = keep(bias ? o.add(product, bias) : product);
        ahead = o.add(x, o.mul(r, hn));
      } else if (bias) {
        hn = keep(o.add(o.zeros(r.shape), bias)); // the first step without a state: h W_nᵀ is zero, b_hn is not
        ahead = o.add(x, o.mul(r, hn));
      }
      const n = keep(o.tanh(ahead));
      const gap = keep(previous ? o.sub(previous, n) : o.sub(o.zeros(n.shape), n));
      previous = keep(o.add(n, o.mul(z, gap)));
      h.push(previous);
      steps.push({ rz, r, z, n, hn, gap });
    });
    return {
      h,
      backward(dh, dhN) {
        const dRz = new Array<tf.Tensor>(h.length);
        const dN = new Array<tf.Tensor>(h.length);
        const dHn = new Array<tf.Tensor>(h.length);
        let carried = dhN ? [dhN] : []; // the parts of the gradient of h_t from step t + 1
        for (let t = h.length - 1; t >= 0; t--) {
          const { rz, r, z, n, hn, gap } = steps[t]!;
          const total = o.addN(dh ? [...carried, dh[t]!] : carried);
          const throughZ = o.mul(total, z);
          dN[t] = o.tanhGrad(n, o.sub(total, throughZ));
          const dR = o.mul(dN[t]!, hn ?? o.zeros(n.shape));
          dRz[t] = o.sigmoidGrad(rz, o.concat([dR, o.mul(total, gap)], 1));
          dHn[t] = o.mul(dN[t]!, r);
          carried = t > 0 || h0 ? [throughZ, o.matMul(dRz[t]!, wRz), o.matMul(dHn[t]!, wN)] : [];
        }
        return { dx: [dRz, dN], dz: [dRz, dHn], dh0: h0 ? o.addN(carried) : null, dc0: null };
      },
    };
  },
};
