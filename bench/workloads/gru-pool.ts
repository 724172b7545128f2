/**
 * A model that the library has no layer for: embedding → a GRU cell looped in plain tf operations → mean over time → linear.
 * It stands for whatever a reader writes; only `nn.compile` makes it fast.
 */
import { manualSeed, nn, optim, tf } from "unrolled";
import type { Workload } from "../types";
import { pytorch, randomIds, unrolled } from "./models";

const [B, T, E, H, V, C] = [32, 15, 32, 64, 39, 5];

class Pooled extends nn.Module {
  embedding = new nn.Embedding(V, E);
  cell = new nn.GRUCell(E, H);
  fc = new nn.Linear(H, C);

  forward(x: tf.Tensor): tf.Tensor {
    const { weight_ih: wIh, weight_hh: wHh, bias_ih: bIh, bias_hh: bHh } = this.cell;
    const inputs = tf.unstack(this.embedding.forward(x), 1); // T of [B, E]
    let h: tf.Tensor = tf.zeros([B, H]);
    const states = inputs.map((xt) => {
      const [rx, zx, nx] = tf.split(tf.matMul(xt, wIh, false, true).add(bIh!), 3, 1) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const [rh, zh, nh] = tf.split(tf.matMul(h, wHh, false, true).add(bHh!), 3, 1) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const r = tf.sigmoid(tf.add(rx, rh));
      const z = tf.sigmoid(tf.add(zx, zh));
      const n = tf.tanh(tf.add(nx, tf.mul(r, nh)));
      return (h = tf.add(n, tf.mul(z, tf.sub(h, n))));
    });
    return this.fc.forward(tf.div(tf.addN(states), T));
  }
}

export const workloads: Workload[] = [
  {
    name: "gru-pool",
    title: `GRU loop in plain ops, mean over time: B ${B}, T ${T}, E ${E}, H ${H}, V ${V}, ${C} classes, Adam`,
    unit: "step",
    reference: ["torch-1", "torch-2", "torch-layer"],
    flops: 3 * 2 * 3 * (E + H) * H * B * T,
    notes: ["PyTorch loops over `nn.GRUCell` in the same way; `nn.GRU`, which fits this model, has a row of its own."],
    contenders: [
      ...unrolled(() => {
        manualSeed(0);
        const x = randomIds(V, [B, T]);
        const y = randomIds(C, [B]);
        const model = new Pooled();
        const criterion = new nn.CrossEntropyLoss();
        const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
        const step = (x: tf.Tensor, y: tf.Tensor) => {
          const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(model.forward(x), y));
          optimizer.step(grads);
          return loss;
        };
        return [step as never, x, y];
      }),
      pytorch(2, "gru_pool.py", "cell"),
      pytorch(1, "gru_pool.py", "cell"),
      { ...pytorch(1, "gru_pool.py", "layer"), name: "torch-layer", label: "PyTorch with nn.GRU, 1 thread" },
    ],
  },
];
