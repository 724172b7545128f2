/**
 * One chain of the Elman RNN, forward and backward through time:
 * h_t = f(x_t + h_{t−1} W_hhᵀ) with f = tanh or relu, where x_t already holds W_ih x_t + b_ih + b_hh.
 */
import type * as tf from "@tensorflow/tfjs";
import type { CellKernel } from "./cell";

/** The cell h_t = f(x_t + W_hh h_{t−1}): 3 native calls per step forward, 3 backward. */
function elman(nonlinearity: "tanh" | "relu"): CellKernel {
  return {
    name: nonlinearity,
    pieces: [1],
    run(o, [xs], { weights: [w], transposed: [wT] }, h0, _c0, keep) {
      const h: tf.Tensor[] = [];
      let previous = h0;
      for (const x of xs!) {
        const z = previous ? o.add(x, o.matMul(previous, wT!)) : x;
        previous = keep(o[nonlinearity](z));
        h.push(previous);
      }
      return {
        h,
        backward(dh, dhN) {
          const dz = new Array<tf.Tensor>(h.length);
          let carried = dhN; // gradient of h_t from step t + 1
          for (let t = h.length - 1; t >= 0; t--) {
            const out = dh?.[t] ?? null;
            const total = carried && out ? o.add(carried, out) : (carried ?? out)!;
            dz[t] = nonlinearity === "tanh" ? o.tanhGrad(h[t]!, total) : o.reluGrad(h[t]!, total);
            carried = t > 0 || h0 ? o.matMul(dz[t]!, w!) : null;
          }
          return { dx: [dz], dz: [dz], dh0: carried, dc0: null };
        },
      };
    },
  };
}

export const tanhCell = elman("tanh");
export const reluCell = elman("relu");
