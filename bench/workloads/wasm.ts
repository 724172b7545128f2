/** Where there is neither a compiler nor native TensorFlow: the Alice step on the WebAssembly backend. */
import { backend } from "unrolled";
import type { Contender, Runner, Workload } from "../types";
import { alice, flops, layers, sizes } from "./alice";
import { eagerly, trainer } from "./models";

const { B, T, E, H, V } = sizes;
const onWasm = { UNROLLED_BACKEND: "wasm" };

const contender = (party: "Unrolled" | "tf.layers", label: string, run: () => Promise<Runner>): Contender => ({
  name: party === "Unrolled" ? "eager" : "layers",
  label,
  party,
  threads: 1,
  env: onWasm,
  run: async () => {
    await backend.ready;
    return run();
  },
});

export const workloads: Workload[] = [
  {
    name: "wasm",
    title: `Alice step on WebAssembly, 1 thread: B ${B}, T ${T}, E ${E}, H ${H}, V ${V}, Adam`,
    unit: "step",
    reference: ["layers"],
    flops: flops(1),
    contenders: [
      contender("Unrolled", "Unrolled, eager", async () => {
        const { x, y, model } = alice("RNN");
        return eagerly(trainer(model, { lr: 0.001 }), x, y);
      }),
      { ...contender("tf.layers", "tf.layers", () => layers({ oneHot: true })), checks: 1 },
    ],
  },
];
