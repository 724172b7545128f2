/**
 * The best name classifier of docs/names.md: a step on 64 names of 10 letters, marks included. An epoch of the full set is
 * about 280 such steps.
 */
import { manualSeed, models, nn, optim, tf } from "unrolled";
import type { Workload } from "../types";
import { pytorch, randomIds, unrolled } from "./models";

const [B, T, E, H, V, C] = [64, 10, 64, 256, 31, 18];
const letters = "abcdefghijklmnopqrstuvwxyz '";

export const workloads: Workload[] = [
  {
    name: "names",
    title: `name classifier: bidirectional GRU, mean + max, neighbours, B ${B}, T ${T}, E ${E}, H ${H}, V ${V}, ${C} classes, AdamW`,
    unit: "step",
    reference: ["torch-2", "torch-1"],
    flops: 3 * 2 * 2 * 3 * (E + H) * H * B * T,
    contenders: [
      ...unrolled(() => {
        manualSeed(0);
        const x = randomIds(V, [B, T]);
        const y = randomIds(C, [B]);
        const lengths = tf.fill([B], T, "int32");
        const model = new models.NameClassifier(
          letters,
          Array.from({ length: C }, (_, i) => String(i)),
          { embeddingSize: E, hiddenSize: H, pooling: "mean+max", letterDropout: 0.1, predictsNeighbours: true },
        );
        const criterion = new nn.CrossEntropyLoss();
        const optimizer = new optim.AdamW(model.parameters(), { lr: 0.001 });
        const step = (x: tf.Tensor, y: tf.Tensor, lengths: tf.Tensor) => {
          const { loss, grads } = nn.valueAndGrads(model, () => {
            const { scores, states } = model.run(x, lengths);
            return tf.add(criterion.forward(scores, y), tf.mul(model.neighbourLoss(states, x, lengths), 0.5));
          });
          nn.clipGradNorm(grads, 1);
          optimizer.step(grads);
          return loss;
        };
        return [step as never, x, y, lengths];
      }),
      pytorch(2, "names.py"),
      pytorch(1, "names.py"),
    ],
  },
];
