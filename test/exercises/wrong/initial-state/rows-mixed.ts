// fails: initial-state repeats a learned state for every row of the batch
// fails: initial-state lets the gradient reach the learned state, from every row
// Repeats along the first axis and cuts the result anew: with two layers the rows of a batch get the states of other layers.
import { tf, type nn } from "../index";

export type RecurrentLayer = nn.RNN | nn.GRU;

export function zeroState(layer: RecurrentLayer, batchSize: number): tf.Tensor3D {
  return tf.zeros(stateShape(layer, batchSize));
}

export function givenState(layer: RecurrentLayer, batchSize: number, state: tf.Tensor): tf.Tensor3D {
  const expected = stateShape(layer, batchSize);

  if (state.shape.join() !== expected.join()) {
    throw new RangeError(`givenState: expected a state [${expected.join(", ")}], got [${state.shape.join(", ")}]`);
  }
  return state as tf.Tensor3D;
}

export function learnedState(layer: RecurrentLayer, batchSize: number, start: tf.Tensor): tf.Tensor3D {
  givenState(layer, 1, start);

  return tf.reshape(tf.tile(start as tf.Tensor3D, [batchSize, 1, 1]), stateShape(layer, batchSize));
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number];
}
