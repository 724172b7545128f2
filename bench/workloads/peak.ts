/** How fast this machine multiplies matrices at best: what the physical limit of a step is computed from. */
import { random, tf } from "unrolled";
import type { Workload } from "../types";
import { pytorch, twoThreadsEach } from "./models";

const N = 2048;

export const workloads: Workload[] = [
  {
    name: "peak",
    title: `Matrix product, ${N} × ${N} × ${N}, float32`,
    unit: "product",
    reference: ["torch-2"],
    flops: 2 * N ** 3,
    contenders: [
      {
        name: "tensorflow",
        label: "TensorFlow, 2 threads",
        party: "TensorFlow",
        threads: 2,
        env: twoThreadsEach,
        graph: true, // of no use without the native library
        checks: 0,
        run: () => {
          const a = tf.tensor2d(new random.TorchGenerator(0).uniform(N * N), [N, N]);
          return { step: () => (tf.matMul(a, a).dispose(), 0) };
        },
      },
      { ...pytorch(2, "peak.py", N), checks: 0 },
    ],
  },
];
