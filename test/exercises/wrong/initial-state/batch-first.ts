// fails: initial-state is zeros of the shape [L·D, B, H]
// fails: initial-state makes the ToyRNN print the notebook's losses
// fails (error): initial-state passes a given state on as it is
// fails (error): initial-state continues where another sequence ended
// fails: initial-state refuses a given state of another shape, and names both
// fails (error): initial-state repeats a learned state for every row of the batch
// fails (error): initial-state lets the gradient reach the learned state, from every row
// Puts the batch first because the layer is batchFirst: states are not turned around.
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

  return tf.tile(start as tf.Tensor3D, [1, batchSize, 1]);
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [batchSize, numLayers * directions, hiddenSize] as [number, number, number];
}
