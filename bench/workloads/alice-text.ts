/** The training of notebook 01 as a whole: the text, its windows, the shuffling loader, the step, the loss read each time. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { data, item, manualSeed, nn, tf } from "unrolled";
import type { Runner, Workload } from "../types";
import { flops } from "./alice";
import { pytorch, TextModel, trainer } from "./models";

const [B, T, E, H] = [256, 40, 64, 128];

/** From the raw text to a step that takes the next batch and trains on it, for ever. */
function training(wrap: typeof nn.compile): Runner & { compiled: ReturnType<typeof nn.compile> } {
  manualSeed(0);
  const text = data.cleanText(readFileSync(process.env.BENCH_TEXT!, "utf8"));
  const vocabulary = data.Vocabulary.fromText(text);
  const windows = new data.WindowDataset(vocabulary.encode(text), { length: T });
  const loader = new data.DataLoader(windows, { batchSize: B, shuffle: true });
  const model = new TextModel(vocabulary.size, E, H);
  const train = wrap(trainer(model, { lr: 0.001 }) as never, { onFallback: () => {} });
  function* endless() {
    for (;;) yield* loader;
  }
  const batches = endless();
  const step = () => {
    const { x, y } = batches.next().value!;
    return tf.tidy(() => item(train(x, y) as tf.Tensor));
  };
  return { step, compiled: train as never };
}

export const workloads: Workload[] = [
  {
    name: "alice-text",
    title: `Alice end to end: text, loader and step, B ${B}, T ${T}, E ${E}, H ${H}, Adam`,
    unit: "step",
    steps: 40, // as a whole, so that what a loader does now and then counts: five rounds are 200 steps
    reference: ["torch-2", "torch-1"],
    flops: flops(1),
    contenders: [
      {
        name: "compiled",
        label: "Unrolled, compiled",
        party: "Unrolled",
        threads: 2,
        graph: true,
        run: () => training(nn.compile),
      },
      pytorch(2, "alice_text.py"),
      pytorch(1, "alice_text.py"),
    ],
    // The real text where it is at hand, else the story that comes with the course: never a download.
    prepare: async (folder) => {
      const { text, title } = await data.loadText("alice", { offline: true, quiet: true });
      const file = path.join(folder, "text.txt");
      writeFileSync(file, text);
      workloads[0]!.notes = [`Trained on: ${title}.`];
      return { BENCH_TEXT: file };
    },
  },
];
