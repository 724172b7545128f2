/** One step of the Alice model of notebook 01 on a batch of random characters; with an LSTM and a GRU in its place, too. */
import { manualSeed, tf } from "unrolled";
import type { Contender, Runner, Workload } from "../types";
import { pytorch, randomIds, TextModel, trainer, twoThreadsEach, unrolled, type CellName } from "./models";

export const sizes = { B: 256, T: 40, E: 64, H: 128, V: 39 };
const { B, T, E, H, V } = sizes;

/** The batch and the model, drawn from seed 0 in PyTorch's order. */
export function alice(cell: CellName) {
  manualSeed(0);
  const x = randomIds(V, [B, T]);
  const y = randomIds(V, [B, T]);
  return { x, y, model: new TextModel(V, E, H, cell) };
}

/**
 * Products that no way of computing can save, with the input products folded into a table of V rows: forwards, backwards
 * and for the weights, of the recurrence (2GH² for each row and time step; none back into the initial state) and of the head (2HV).
 */
export function flops(gates: number): number {
  const recurrent = 2 * gates * H * H * B;
  return recurrent * (3 * T - 1) + 3 * 2 * H * V * B * T;
}

/**
 * The same model in tf.layers, from the same weights. WebAssembly has no gradient of an embedding layer: there the characters
 * are one-hot vectors and the embedding is a dense layer.
 */
export async function layers({ oneHot = false } = {}): Promise<Runner> {
  const { x, y, model } = alice("RNN");
  const [table, wIh, wHh, bIh, bHh, w, b] = model.parameters();
  const network = tf.sequential({
    layers: [
      oneHot
        ? tf.layers.dense({ units: E, useBias: false, inputShape: [T, V], weights: [table!] })
        : tf.layers.embedding({ inputDim: V, outputDim: E, inputLength: T, weights: [table!] }),
      tf.layers.simpleRNN({
        units: H,
        returnSequences: true,
        weights: [tf.transpose(wIh!), tf.transpose(wHh!), tf.add(bIh!, bHh!)],
      }),
      tf.layers.dense({ units: V, activation: "softmax", weights: [tf.transpose(w!), b!] }),
    ],
  });
  network.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-8), loss: "sparseCategoricalCrossentropy" });
  const targets = tf.tidy(() => tf.expandDims(tf.cast(y, "float32"), -1));
  const inputs = oneHot ? tf.oneHot(x.toInt(), V).toFloat() : x;
  return { step: async () => (await network.trainOnBatch(inputs, targets)) as number };
}

/** tf.layers as a contender. */
export const tfLayers: Contender = {
  name: "layers",
  label: "tf.layers",
  party: "tf.layers",
  threads: 2,
  env: twoThreadsEach,
  run: () => layers(),
  checks: 1, // one bias instead of PyTorch's two: Adam moves it half as far
};

function workload(cell: CellName, gates: number, ...more: Contender[]): Workload {
  return {
    name: `alice-${cell.toLowerCase()}`,
    title: `Alice step with ${cell}: B ${B}, T ${T}, E ${E}, H ${H}, V ${V}, Adam`,
    unit: "step",
    reference: ["torch-2", "torch-1"],
    flops: flops(gates),
    contenders: [
      ...unrolled(() => {
        const { x, y, model } = alice(cell);
        return [trainer(model, { lr: 0.001 }) as never, x, y];
      }),
      pytorch(2, "alice.py", cell),
      pytorch(1, "alice.py", cell),
      ...more,
    ],
  };
}

const torchCompile: Contender = {
  ...pytorch(2, "alice.py", "RNN", "compile"),
  name: "torch-compile",
  label: "PyTorch, torch.compile, 2 threads",
  slow: true,
};

export const workloads: Workload[] = [
  workload("RNN", 1, torchCompile, tfLayers),
  workload("LSTM", 4),
  workload("GRU", 3),
];
