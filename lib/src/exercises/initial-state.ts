/**
 * Exercise "initial-state": what a network remembers before it has read anything (TODO 1 of notebook 05's ToyRNN).
 *
 * The first step needs a state to start from, as every other step does. There are three ways: zeros; the state in which
 * another sequence ended, if this one continues it; or a start that is learned like any other weight.
 *
 * Letters: B batch, T time, H hidden, L layers, D directions (2 if the layer is bidirectional, else 1). A state has the
 * shape [L·D, B, H], even where the layer is `batchFirst` and its input is [B, T, E].
 *
 * Of use: a layer has the fields `numLayers`, `bidirectional` (true or false) and `hiddenSize`; `tf.zeros(shape)`;
 * `tf.tile(x, [2, 1, 3])` repeats x twice along its first axis and three times along its last; `x.shape`.
 */
import { tf, type nn } from "../index";
import { NotImplementedError } from "./not-implemented";

/** A recurrent layer with one state. */
export type RecurrentLayer = nn.RNN | nn.GRU;

/**
 * A state of zeros for a batch: [L·D, B, H].
 *
 *     zeroState(new nn.RNN(4, 8, { batchFirst: true }), 2)  →  zeros of shape [1, 2, 8]
 */
export function zeroState(layer: RecurrentLayer, batchSize: number): tf.Tensor3D {
  throw new NotImplementedError("initial-state: zeroState");
}

/**
 * The state that is given, as it is, if it fits: [L·D, B, H]. If it does not, throws a RangeError that names both shapes, each
 * written like `[1, 2, 8]`: "givenState: expected a state [1, 2, 8], got [2, 1, 8]". Otherwise a state of one row would quietly serve all
 * rows, and a mistake would look like a network that learns badly.
 */
export function givenState(layer: RecurrentLayer, batchSize: number, state: tf.Tensor): tf.Tensor3D {
  throw new NotImplementedError("initial-state: givenState");
}

/**
 * A learned state for a batch of any size: start [L·D, 1, H] → [L·D, B, H], the same for every row. `start` is a
 * parameter: its gradient, the sum over all rows, must be able to flow back through what you return. So use operations of
 * tf alone, and do not read its values.
 *
 *     start [[[1, 2]], [[3, 4]]] (L·D = 2, H = 2), batchSize 3  →  [[[1, 2], [1, 2], [1, 2]], [[3, 4], [3, 4], [3, 4]]]
 */
export function learnedState(layer: RecurrentLayer, batchSize: number, start: tf.Tensor): tf.Tensor3D {
  throw new NotImplementedError("initial-state: learnedState");
}
