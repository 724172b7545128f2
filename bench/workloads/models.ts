/** The models of the workloads, and how a step becomes a runner. Their PyTorch twins are in python/. */
import { defaultGenerator, item, nn, optim, tf } from "unrolled";
import type { Contender, Runner } from "../types";

/** Numbers from 0 to high − 1, as `torch.randint(high, shape)` draws them. */
export function randomIds(high: number, shape: number[]): tf.Tensor {
  return tf.tensor(defaultGenerator.randint(0, high, tf.util.sizeFromShape(shape)), shape, "int32");
}

export type CellName = "RNN" | "LSTM" | "GRU";

/** Embedding → recurrent layers → linear: tokens [B, T] → scores [B, T, V] and the states after them. */
export class TextModel extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.RNN | nn.LSTM | nn.GRU;
  fc: nn.Linear;

  constructor(vocabulary: number, embedding: number, hidden: number, cell: CellName = "RNN", numLayers = 1) {
    super();
    this.embedding = new nn.Embedding(vocabulary, embedding);
    this.rnn = new nn[cell](embedding, hidden, { numLayers, batchFirst: true });
    this.fc = new nn.Linear(hidden, vocabulary);
  }

  forward(x: tf.Tensor, state?: tf.Tensor): [scores: tf.Tensor, state: tf.Tensor] {
    // The states of the LSTM are a pair; no workload carries them.
    const [output, last] = (this.rnn as nn.RNN).forward(this.embedding.forward(x), state);
    return [this.fc.forward(output), last];
  }
}

/** One step of training on all time steps of a batch; `clip` limits the norm of the gradients. */
export function trainer(model: TextModel, { lr, clip }: { lr: number; clip?: number }) {
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr });
  return (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const { loss, grads } = nn.valueAndGrads(model, () => {
      const [scores] = model.forward(x);
      return criterion.forward(tf.reshape(scores, [-1, model.fc.outFeatures]), tf.reshape(y, [-1]));
    });
    if (clip !== undefined) nn.clipGradNorm(grads, clip);
    optimizer.step(grads);
    return loss;
  };
}

/** A step on ever the same tensors, operation by operation. */
export function eagerly<A extends tf.Tensor[]>(step: (...args: A) => tf.Tensor, ...args: A): Runner {
  return { step: () => tf.tidy(() => item(step(...args))) };
}

/** The same step as one graph. */
export function compiled<A extends tf.Tensor[]>(step: (...args: A) => tf.Tensor, ...args: A): Runner {
  const graph = nn.compile(step, { onFallback: () => {} });
  const run = () => {
    const loss = graph(...args);
    const value = item(loss);
    loss.dispose();
    return value;
  };
  return { step: run, compiled: graph };
}

/** Operation by operation on two threads, as tfjs-node does it where nobody says otherwise. */
export const twoThreadsEach = { TF_NUM_INTRAOP_THREADS: "2" };

/** A contender in PyTorch: a script of python/ that takes its number of threads first. */
export function pytorch(threads: number, script: string, ...args: (string | number)[]): Contender {
  return {
    name: `torch-${threads}`,
    label: `PyTorch, ${threads} thread${threads === 1 ? "" : "s"}`,
    party: "PyTorch",
    threads,
    run: { script, args: [threads, ...args].map(String) },
  };
}

/** Our library: compiled, and as it runs without that. */
export function unrolled(make: () => [step: (...args: tf.Tensor[]) => tf.Tensor, ...args: tf.Tensor[]]): Contender[] {
  return [
    {
      name: "compiled",
      label: "Unrolled, compiled",
      party: "Unrolled",
      threads: 2,
      graph: true,
      run: () => compiled(...make()),
    },
    { name: "eager", label: "Unrolled, eager", party: "Unrolled", threads: 1, run: () => eagerly(...make()) },
  ];
}
