/** Runs beside the learner's code: gives it generators, matrices and tasks, and trainings whose outcome the judge decides. */
import { RandomState } from "../../lib/src/random";
import { Matrix } from "../../lib/src/scratch";

type Learner = typeof import("../../lib/src/exercises/initialisations");
type Kind = Parameters<Learner["recurrentMatrix"]>[0];

/** The matrix of a seed, and the generator's next number after it. */
export function matrixOf({ recurrentMatrix }: Learner, kind: Kind, size: number, seed: number): unknown {
  const random = new RandomState(seed);
  const W = recurrentMatrix(kind, size, random);
  return { W, next: random.random() };
}

/** The numbers of symbols and of what should be said, as the columns and targets of an example. */
export interface Task {
  symbols: number[];
  targets: number[];
}

const example = ({ symbols, targets }: Task, size: number) => ({
  inputs: symbols.map((symbol) => Matrix.oneHot(symbol, size)),
  targets,
});

export interface Run {
  Whh: number[][];
  examples: Task[];
  inputSize: number;
  outputSize: number;
  seed: number;
  learningRate: number;
}

/** trainFrom twice from the same matrix; and this matrix afterwards. */
export function train({ trainFrom }: Learner, run: Run): unknown {
  const Whh = Matrix.from(run.Whh);
  const examples = run.examples.map((task) => example(task, run.inputSize));
  const { outputSize, seed, learningRate } = run;
  const first = [...trainFrom(Whh, examples, { outputSize, seed, learningRate })];
  const second = trainFrom(Whh, examples, { outputSize, seed, learningRate });
  return { first, second, Whh };
}

/** What a comparison returns, its lists afterwards, and what it asked of a training whose losses are a table, `${kind} ${seed}` → losses. */
export function compare(
  { compareInitialisations }: Learner,
  { kinds, size, seeds, last }: { kinds: Kind[]; size: number; seeds: number[]; last?: number },
  table: Record<string, number[]>,
): unknown {
  const calls: { Whh: Matrix; seed: number }[] = [];
  // The kind is told from the matrix: zeros, the identity, tiny, orthogonal, or none of these.
  const kindOf = (W: Matrix): Kind => {
    const largest = Math.max(...Array.from(W.data, Math.abs));
    if (largest === 0) return "zeros";
    const gap = (A: Matrix) => A.copy().add(Matrix.eye(W.rows), -1).norm();
    if (gap(W) === 0) return "identity";
    if (gap(W.matmul(W.transpose())) < 1e-9) return "orthogonal";
    return largest < 0.1 ? "normal" : "xavier";
  };
  const train = (Whh: Matrix, seed: number) => {
    calls.push({ Whh: Whh.copy(), seed });
    const losses = table[`${kindOf(Whh)} ${seed}`] ?? [NaN];
    Whh.scale(0); // a training may change what it is given
    return losses;
  };
  const options = last === undefined ? [] : [{ last }];
  const rows = compareInitialisations(kinds, size, seeds, train, ...options);
  return { rows, calls, kinds, seeds };
}

/** A real comparison: sequences of four symbols, each to be echoed some steps later or to be known by its first one. */
export function measure(
  learner: Learner,
  task: { steps: number; delay?: number; count: number; learningRate: number },
  { kinds, size, seeds }: { kinds: Kind[]; size: number; seeds: number[] },
): unknown {
  return learner.compareInitialisations(kinds, size, seeds, (Whh, seed) => {
    const { count, delay, learningRate } = task;
    const random = new RandomState(seed);
    const examples = Array.from({ length: count }, () => {
      const symbols = Array.from(random.randint(0, 4, task.steps));
      const targets = symbols.map((_, t) => (delay === undefined ? symbols[0] : t < delay ? 0 : symbols[t - delay]));
      return example({ symbols, targets }, 4);
    });
    return learner.trainFrom(Whh, examples, { outputSize: 4, seed, learningRate });
  });
}
