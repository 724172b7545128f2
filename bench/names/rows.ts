/** The rows of the table of name classifiers: which model each is, and how it is trained. Chosen on validation names only. */
import { manualSeed, models, type data } from "unrolled";

export interface Row {
  key: string;
  title: string;
  /** Trains it; `made` holds the models of the rows above, by key, as far as they were trained in this run. */
  make: (
    split: data.NameSplit,
    seed: number,
    made: ReadonlyMap<string, models.TextClassifier>,
  ) => Promise<models.TextClassifier>;
}

const plain = { bidirectional: false };
const both = { pooling: "mean+max", letterDropout: 0.1, predictsNeighbours: true } as const;

/** A network trained for 14 epochs from the seed. */
async function network(split: data.NameSplit, seed: number, options: models.NameClassifierOptions) {
  manualSeed(seed);
  const letters = split.train.map(({ name }) => name);
  const model = new models.NameClassifier(letters, split.classes, options);
  await models.trainClassifier(model, split.train, { lr: options.cell === "RNN" ? 1e-3 : 5e-3 });
  return model;
}

export const rows: readonly Row[] = [
  {
    key: "majority",
    title: "the commonest language",
    make: async ({ classes, train }) => new models.MajorityClassifier(classes, train),
  },
  {
    key: "ngrams",
    title: "logistic regression on 1- to 4-grams",
    make: async ({ classes, train }) => new models.NgramClassifier(classes, train),
  },
  { key: "rnn", title: "RNN, H 128", make: (split, seed) => network(split, seed, { ...plain, cell: "RNN" }) },
  { key: "lstm", title: "LSTM, H 128", make: (split, seed) => network(split, seed, { ...plain, cell: "LSTM" }) },
  { key: "gru", title: "GRU, H 128", make: (split, seed) => network(split, seed, plain) },
  { key: "bigru", title: "bidirectional GRU, H 128, last states", make: (split, seed) => network(split, seed, {}) },
  {
    key: "best128",
    title: "bidirectional GRU, H 128, mean + max, hidden letters, neighbours",
    make: (split, seed) => network(split, seed, both),
  },
  {
    key: "best",
    title: "bidirectional GRU, H 256, mean + max, hidden letters, neighbours",
    make: (split, seed) => network(split, seed, { ...both, hiddenSize: 256 }),
  },
  {
    key: "ensemble",
    title: "three of the last together",
    make: async (split, seed, made) => {
      const first = made.get("best");
      const members = first ? [first] : [];
      for (const more of first ? [100, 200] : [0, 100, 200]) {
        members.push(await network(split, seed + more, { ...both, hiddenSize: 256 }));
      }
      return new models.Ensemble(members);
    },
  },
];

/** What came of one row on one split. */
export interface Result {
  row: string;
  by: "name" | "line";
  seed: number;
  top1: number;
  top2: number;
  macroF1: number;
  loss: number;
  /** The share of the Arabic names (or lines) that were told. */
  arabic: number;
  seconds: number;
}
