/** Runs the learner's `unroll` with steps of ours, and with the learner's own cell. In the child, beside the learner's code. */
import { Matrix, type VanillaRNNParameters } from "../../lib/src/scratch";
import { cellStep } from "../../lib/src/exercises/cell-step";
import type * as exercise from "../../lib/src/exercises/sequence";

type Learner = typeof exercise;

/** h = x + 10 · hPrev and y = −h: each digit of a state is an input. */
const digits: exercise.Step = (x, hPrev) => {
  const h = x.copy().add(hPrev, 10);
  return { h, y: h.copy().scale(-1) };
};

/** The result, and what each call of the step was given. */
export function trace(learner: Learner, inputs: Matrix[], h0: Matrix) {
  const calls: { x: Matrix; hPrev: Matrix }[] = [];
  const result = learner.unroll(inputs, h0, (x, hPrev) => {
    calls.push({ x: x.copy(), hPrev: hPrev.copy() });
    return digits(x, hPrev);
  });
  return { result, calls, inputs, h0 };
}

/** A plain RNN of ours in the learner's loop. */
export function withLibraryCell(learner: Learner, inputs: Matrix[], h0: Matrix, parameters: VanillaRNNParameters) {
  const { Wxh, Whh, Why, bh, by } = parameters;
  return learner.unroll(inputs, h0, (x, hPrev) => {
    const h = bh.copy().addProduct(Wxh, x).addProduct(Whh, hPrev).tanh();
    return { h, y: by.copy().addProduct(Why, h) };
  });
}

/** The learner's own cell in the learner's loop. */
export function withOwnCell(learner: Learner, inputs: Matrix[], h0: Matrix, parameters: VanillaRNNParameters) {
  return learner.unroll(inputs, h0, (x, hPrev) => cellStep(x, hPrev, parameters));
}
