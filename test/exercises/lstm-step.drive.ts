/** Runs the learner's LSTM step over a sequence. In the child, beside the learner's code. */
import type { Matrix } from "../../lib/src/scratch";
import type * as exercise from "../../lib/src/exercises/lstm-step";

/** All hidden states, and the last cell state. */
export function run(
  learner: typeof exercise,
  inputs: Matrix[],
  h0: Matrix,
  c0: Matrix,
  parameters: exercise.LSTMParameters,
) {
  let [h, c] = [h0, c0];
  const hiddenStates = inputs.map((x) => {
    const next = learner.lstmStep(x, h, c, parameters);
    if (!next?.h || !next.c) throw new TypeError("lstmStep has to return { h, c }");
    ({ h, c } = next);
    return h;
  });
  return { hiddenStates, lastCell: c };
}
