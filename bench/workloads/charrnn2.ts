/** The two-layer CharRNN of notebook 02: small batches, where what counts is the cost of each operation. */
import { manualSeed } from "unrolled";
import type { Workload } from "../types";
import { pytorch, randomIds, TextModel, trainer, unrolled } from "./models";

export const sizes = { B: 7, T: 50, E: 32, H: 128, V: 28, L: 2 };
const { B, T, E, H, V, L } = sizes;

/** The batch and the model, drawn from seed 0 in PyTorch's order. */
export function charRNN() {
  manualSeed(0);
  const x = randomIds(V, [B, T]);
  const y = randomIds(V, [B, T]);
  return { x, y, model: new TextModel(V, E, H, "RNN", L) };
}

/** Two recurrences, the input products of the second layer, and the head: see `flops` in alice.ts. */
export const flops = 2 * 2 * H * H * B * (3 * T - 1) + 3 * 2 * H * H * B * T + 3 * 2 * H * V * B * T;

export const workloads: Workload[] = [
  {
    name: "charrnn2",
    title: `CharRNN step, two layers: B ${B}, T ${T}, E ${E}, H ${H}, V ${V}, clipped at 5, Adam`,
    unit: "step",
    reference: ["torch-1", "torch-2"],
    flops,
    contenders: [
      ...unrolled(() => {
        const { x, y, model } = charRNN();
        return [trainer(model, { lr: 0.01, clip: 5 }) as never, x, y];
      }),
      pytorch(2, "charrnn2.py"),
      pytorch(1, "charrnn2.py"),
    ],
  },
];
