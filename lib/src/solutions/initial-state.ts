/** The state a recurrent layer starts from: zeros, given, or learned. Our answer to the exercise. */
import { tf, type nn } from "../index";

/** A recurrent layer with one state. */
export type RecurrentLayer = nn.RNN | nn.GRU;

/** Zeros [L·D, B, H]: nothing has been read yet. */
export function zeroState(layer: RecurrentLayer, batchSize: number): tf.Tensor3D {
  return tf.zeros(stateShape(layer, batchSize));
}

/** The given state, if it has the shape [L·D, B, H]; throws otherwise. */
export function givenState(layer: RecurrentLayer, batchSize: number, state: tf.Tensor): tf.Tensor3D {
  const expected = stateShape(layer, batchSize);
  // Compared as text, so that [2, 3] does not pass for [2, 3, 4].
  if (state.shape.join() !== expected.join()) {
    throw new RangeError(`givenState: expected a state [${expected.join(", ")}], got [${state.shape.join(", ")}]`);
  }
  return state as tf.Tensor3D;
}

/** One learned state for each layer and direction, start [L·D, 1, H], for every row of the batch: [L·D, B, H]. */
export function learnedState(layer: RecurrentLayer, batchSize: number, start: tf.Tensor): tf.Tensor3D {
  givenState(layer, 1, start);
  // Only operations of TensorFlow: the gradients of all rows flow back and add up.
  return tf.tile(start as tf.Tensor3D, [1, batchSize, 1]);
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number]; // with batchFirst, too
}
