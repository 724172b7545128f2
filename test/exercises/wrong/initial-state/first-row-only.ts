// fails: initial-state repeats a learned state for every row of the batch
// fails: initial-state lets the gradient reach the learned state, from every row
// Gives the learned state to the first row of the batch and zeros to the others.
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

  const [count, , hidden] = stateShape(layer, batchSize);
  return tf.concat([start as tf.Tensor3D, tf.zeros([count, batchSize - 1, hidden])], 1);
}

function stateShape({ numLayers, bidirectional, hiddenSize }: RecurrentLayer, batchSize: number) {
  const directions = bidirectional ? 2 : 1;
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number];
}
