/** Draws and writes with the learner's code. In the child, beside the learner's code. */
import { RandomState } from "../../lib/src/random";
import { Matrix } from "../../lib/src/scratch";
import { cellStep } from "../../lib/src/exercises/cell-step";
import { clipByGlobalNorm, updateParameters } from "../../lib/src/exercises/clip";
import type * as exercise from "../../lib/src/exercises/sample";
import { train, type Task } from "./support/train";

type Learner = typeof exercise;

/** One draw for each u. */
export function drawAll(learner: Learner, p: Matrix, us: readonly number[]): number[] {
  return Array.from(us, (u) => learner.draw(p, u));
}

interface Writing {
  seed: number;
  V: number;
  H: number;
  start: number[];
  length: number;
  temperature: number;
}

/** Weights and draws from one RandomState, as make/sample.py takes them from NumPy's. */
export function write(learner: Learner, { seed, V, H, start, length, temperature }: Writing): number[] {
  const random = new RandomState(seed);
  const normal = (rows: number, cols: number) => new Matrix(rows, cols, random.randn(rows, cols));
  const [Wxh, Whh, Why] = [normal(H, V), normal(H, H).scale(0.5), normal(V, H)];
  const step = (x: Matrix, hPrev: Matrix) => {
    const h = Wxh.matmul(x).addProduct(Whh, hPrev).tanh();
    return { h, y: Why.matmul(h) };
  };
  const model = { V, h0: Matrix.zeros(H, 1), step };
  return learner.generate(model, start, { length, temperature, random: () => random.random() });
}

/** A model whose state is what it has read, digit by digit, and that is sure that i is followed by i + 1; what it was asked. */
export function trace(learner: Learner, start: number[], length: number) {
  const V = 7;
  const read: number[] = [];
  const states: number[] = [];
  let draws = 0;
  const model: exercise.Model = {
    V,
    h0: Matrix.column([8]),
    step(x, hPrev) {
      const index = x.data.indexOf(1);
      read.push(index);
      states.push(hPrev.data[0]!);
      const h = hPrev.copy().map((state) => (10 * state + index) % 1e9);
      return { h, y: Matrix.oneHot((index + 1) % V, V).scale(100) };
    },
  };
  const random = () => {
    draws++;
    return 0.5;
  };
  const numbers = learner.generate(model, start, { length, random });
  return { numbers, read, states, draws, start };
}

/** Trains with the learner's code of every step, then writes, beginning with the text's first character. */
export function trainAndWrite(learner: Learner, task: Task, { temperature = 1, seed = 0 } = {}) {
  const { chars, h0, parameters, losses } = train({ clipByGlobalNorm, updateParameters }, task);
  const random = new RandomState(seed);
  const model = { V: chars.length, h0, step: (x: Matrix, hPrev: Matrix) => cellStep(x, hPrev, parameters) };
  const numbers = learner.generate(model, [chars.indexOf(task.text[0]!)], {
    length: task.text.length - 1,
    temperature,
    random: () => random.random(),
  });
  const text = Array.isArray(numbers) ? numbers.map((number) => chars[number]).join("") : numbers;
  return { text, loss: losses.at(-1) };
}
