// fails: initial-state refuses a given state of another shape, and names both
// Throws without saying which shape was expected and which one came.
import { tf, type nn } from "../index";

export type RecurrentLayer = nn.RNN | nn.GRU;

export function zeroState(layer: RecurrentLayer, batchSize: number): tf.Tensor3D {
  return tf.zeros(stateShape(layer, batchSize));
}

export function givenState(layer: RecurrentLayer, batchSize: number, state: tf.Tensor): tf.Tensor3D {
  const expected = stateShape(layer, batchSize);

  if (state.shape.join() !== expected.join()) {
    throw new RangeError("givenState: wrong shape");
  }
  return state as tf.Tensor3D;
}

export function learnedState(layer: RecurrentLayer, batchSize: number, start: tf.Tensor): tf.Tensor3D {
  givenState(layer, 1, start);

  return tf.tile(start as tf.Tensor3D, [1, batchSize, 1]);
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number];
}
