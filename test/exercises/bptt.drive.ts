/**
 * The learner's gradients beside difference quotients of the learner's own loss: forward pass and loss are those of
 * "cell-step", "sequence" and "loss". In the child, beside the learner's code.
 */
import { Matrix, type VanillaRNNParameters } from "../../lib/src/scratch";
import { cellStep } from "../../lib/src/exercises/cell-step";
import { crossEntropy, softmax } from "../../lib/src/exercises/loss";
import { unroll } from "../../lib/src/exercises/sequence";
import type * as exercise from "../../lib/src/exercises/bptt";

/** The largest number of entries of one parameter that are moved: each costs two forward passes. */
const CHECKED = 12;
const EPSILON = 1e-5;

/** For each parameter the places checked, the learner's gradient there, and the difference quotients. */
export function gradientCheck(
  learner: typeof exercise,
  inputs: Matrix[],
  h0: Matrix,
  targets: number[],
  parameters: VanillaRNNParameters,
) {
  const forward = () => unroll(inputs, h0, (x, hPrev) => cellStep(x, hPrev, parameters));
  const { outputs, hiddenStates } = forward();
  const grads = learner.bptt({ inputs, h0, hiddenStates, probs: outputs.map((y) => softmax(y)), targets }, parameters);

  const check = (name: keyof VanillaRNNParameters) => {
    const { data } = parameters[name];
    const stride = Math.max(1, Math.floor(data.length / CHECKED));
    const places = Array.from(data.keys()).filter((i) => i % stride === 0);
    const loss = (i: number, w: number) => {
      const kept = data[i]!;
      data[i] = w;
      const value = crossEntropy(forward().outputs, targets);
      data[i] = kept;
      return value;
    };
    const quotient = (i: number) => (loss(i, data[i]! + EPSILON) - loss(i, data[i]! - EPSILON)) / (2 * EPSILON);
    return {
      name: `d${name}`,
      places,
      got: places.map((i) => grads?.[`d${name}`]?.data?.[i]),
      quotients: places.map(quotient),
    };
  };
  return (["dby", "dWhy", "dbh", "dWhh", "dWxh"] as const).map((name) =>
    check(name.slice(1) as keyof VanillaRNNParameters),
  );
}
