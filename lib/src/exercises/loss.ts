/**
 * Exercise "loss": how wrong is the network?
 *
 * The cell gives a score for each of V characters. Softmax turns scores into probabilities; the loss is how surprised the
 * network is by the character that really came, −ln p(target), averaged over the steps. A network that knows nothing gives
 * each character 1/V, a loss of ln V; one that is always right and sure has a loss of 0.
 *
 *     softmax(y)ᵢ = exp(yᵢ) / Σⱼ exp(yⱼ)
 *     loss = (1/T) Σₜ −ln softmax(yₜ)[targetₜ]
 *
 * Letters: V outputs, T time steps.
 */
import { Matrix } from "../scratch";
import { NotImplementedError } from "./not-implemented";

/**
 * Scores y [V, 1] → probabilities [V, 1]: all above 0, their sum 1. Does not change y.
 *
 *     softmax([0, ln 3])  →  [0.25, 0.75]        softmax([5, 5])  →  [0.5, 0.5]
 *
 * exp(1000) is Infinity, and Infinity / Infinity is NaN. Take the largest score away from all of them first: the
 * probabilities stay the same, since exp(y − m) = exp(y) / exp(m) above and below the fraction line.
 */
export function softmax(y: Matrix): Matrix {
  throw new NotImplementedError("loss: softmax");
}

/**
 * The mean over T steps of −ln softmax(yₜ)[targetₜ]. `outputs` are T columns [V, 1], `targets` T whole numbers from 0 to V − 1.
 *
 *     crossEntropy([[0, ln 3], [5, 5]], [1, 0])  →  (−ln 0.75 − ln 0.5) / 2 = 0.490
 *
 * Where the network is sure and wrong the probability rounds to 0, and ln 0 is −Infinity. With m the largest score,
 *
 *     −ln softmax(y)[target] = m + ln Σⱼ exp(yⱼ − m) − y[target]
 *
 * is the same number and always finite. A NaN among the scores must come out as NaN: it says that something broke before.
 */
export function crossEntropy(outputs: readonly Matrix[], targets: readonly number[]): number {
  throw new NotImplementedError("loss: crossEntropy");
}
