/** The from-scratch chapter of notebook 02: one training step of VanillaRNN in float64, on `Matrix` and in NumPy. */
import { np, scratch } from "unrolled";
import type { Workload } from "../types";

const [H, V, T] = [64, 28, 25];

/** 28 characters, and a text of 26 of them. */
const characters = Array.from({ length: V }, (_, i) => String.fromCharCode(97 + i));

export const workloads: Workload[] = [
  {
    name: "vanilla",
    title: `VanillaRNN from scratch: H ${H}, V ${V}, T ${T}, one sequence, float64`,
    unit: "step",
    reference: ["numpy"],
    // Input and recurrence forwards, backwards (not into the input) and for the weights, and the head.
    flops: 2 * T * (2 * H * V + 3 * H * H + 3 * H * V),
    contenders: [
      {
        name: "scratch",
        label: "Unrolled, Matrix",
        party: "Unrolled",
        threads: 1,
        tolerance: 1e-9,
        run: () => {
          np.random.seed(42);
          const text = Array.from(np.random.randint(0, V, T + 1), (i) => characters[i]!).join("");
          const model = new scratch.CharRNN(characters, H);
          return { step: () => model.trainStep(text.slice(0, T), text.slice(1), 0.1) };
        },
      },
      {
        name: "numpy",
        label: "NumPy",
        party: "NumPy",
        threads: 1, // more are slower at this size
        run: { script: "vanilla.py", args: [] },
      },
    ],
  },
];
