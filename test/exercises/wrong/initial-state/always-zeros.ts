// fails: initial-state passes a given state on as it is
// fails: initial-state continues where another sequence ended
// Hands out zeros whatever is given: every sequence starts from nothing.
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
  return tf.zeros(expected);
}

export function learnedState(layer: RecurrentLayer, batchSize: number, start: tf.Tensor): tf.Tensor3D {
  givenState(layer, 1, start);

  return tf.tile(start as tf.Tensor3D, [1, batchSize, 1]);
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number];
}
