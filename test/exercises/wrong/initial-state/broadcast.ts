// fails: initial-state refuses a given state of another shape, and names both
// Repeats a state of one row for all of them instead of refusing it: a mistake is never seen.
import { tf, type nn } from "../index";

export type RecurrentLayer = nn.RNN | nn.GRU;

export function zeroState(layer: RecurrentLayer, batchSize: number): tf.Tensor3D {
  return tf.zeros(stateShape(layer, batchSize));
}

export function givenState(layer: RecurrentLayer, batchSize: number, state: tf.Tensor): tf.Tensor3D {
  const expected = stateShape(layer, batchSize);

  if (state.rank === 3 && state.shape.every((n, i) => n === 1 || n === expected[i]))
    return tf.broadcastTo(state, expected);
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
  return [numLayers * directions, batchSize, hiddenSize] as [number, number, number];
}
