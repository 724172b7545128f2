/**
 * Taking rows of a matrix by index with a gradient, and without the checks that make `tf.gather` slow (native backend) or the
 * gradient that it lacks (WebAssembly).
 */
import type * as tf from "@tensorflow/tfjs";
import { backendOps } from "./ops";
import { fusedOp } from "./tape";

/** The rows `index` [N] of x [M, F] or of ids [M]: [N, F] or [N]. Indices must be in range. */
export function takeRows(x: tf.Tensor, index: tf.Tensor): tf.Tensor {
  const o = backendOps();
  const size = x.shape[0]!;
  const [rows] = fusedOp<"x">("takeRows", { x }, (keep) => {
    const kept = keep(index.clone());
    return {
      outputs: [o.rows(x, index)],
      backward: ([dy]) => ({ x: () => o.sumRowsById(dy!, kept, size) }),
    };
  });
  return rows!;
}
