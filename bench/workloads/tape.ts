/**
 * What compiling does for plain TensorFlow.js: models in tf operations, gradients from the tape, stock `tf.train.adam`.
 * Nothing here was derived or fused by hand; our library only gives the first weights.
 */
import { tf } from "unrolled";
import type { Contender, Workload } from "../types";
import { alice, flops as aliceFlops, sizes as aliceSizes } from "./alice";
import { charRNN, flops as charFlops, sizes as charSizes } from "./charrnn2";
import { compiled, eagerly, pytorch, twoThreadsEach, type TextModel } from "./models";

/** Parameters in the order of the model: embedding, four of each layer, weight and bias of the head. */
function variables(model: TextModel): tf.Variable[] {
  return model.parameters().map((parameter) => tf.variable(tf.clone(parameter)));
}

/** Cross entropy of all time steps of tokens x, y [B, T] through recurrent layers of H units, written out. */
function loss([table, ...rest]: tf.Variable[], x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const [B, T] = x.shape as [number, number];
  const [w, b] = rest.slice(-2) as [tf.Variable, tf.Variable];
  let sequence: tf.Tensor[] = tf.unstack(tf.gather(table!, tf.transpose(x).toInt())); // T of [B, E]
  for (let i = 0; i + 2 < rest.length; i += 4) {
    const [wIh, wHh, bIh, bHh] = rest.slice(i, i + 4) as [tf.Variable, tf.Variable, tf.Variable, tf.Variable];
    const inputs = tf.matMul(tf.concat(sequence), wIh, false, true).add(bIh).add(bHh); // [T·B, H]
    let h: tf.Tensor | undefined;
    sequence = tf.split(inputs, T).map((input) => {
      const z = h ? tf.add(input, tf.matMul(h, wHh, false, true)) : input;
      return (h = tf.tanh(z));
    });
  }
  const scores = tf.matMul(tf.concat(sequence), w, false, true).add(b); // [T·B, V]
  const targets = tf.oneHot(
    tf
      .transpose(y)
      .reshape([T * B])
      .toInt(),
    b.size,
  );
  return tf.losses.softmaxCrossEntropy(targets, scores) as tf.Scalar;
}

/** The Alice step, the batch whole or as the mean of the losses of its two halves: two chains that can run side by side. */
function aliceStep(halves: boolean): [step: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, x: tf.Tensor, y: tf.Tensor] {
  const { x, y, model } = alice("RNN");
  const parameters = variables(model);
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8);
  const step = (x: tf.Tensor, y: tf.Tensor) =>
    optimizer.minimize(
      () => {
        if (!halves) return loss(parameters, x, y);
        const [x1, x2] = tf.split(x, 2) as [tf.Tensor, tf.Tensor];
        const [y1, y2] = tf.split(y, 2) as [tf.Tensor, tf.Tensor];
        return loss(parameters, x1, y1)
          .add(loss(parameters, x2, y2))
          .div(2) as tf.Scalar;
      },
      true,
      parameters,
    )!;
  return [step, x, y];
}

/** The step of the two-layer CharRNN, with its clipping. */
function charStep(): [step: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, x: tf.Tensor, y: tf.Tensor] {
  const { x, y, model } = charRNN();
  const parameters = variables(model);
  const optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
  const step = (x: tf.Tensor, y: tf.Tensor) => {
    const { value, grads } = tf.variableGrads(() => loss(parameters, x, y), parameters);
    const squares = Object.values(grads).map((grad) => tf.sum(tf.square(grad)));
    const factor = tf.minimum(1, tf.div(5, tf.add(tf.sqrt(tf.addN(squares)), 1e-6)));
    optimizer.applyGradients(
      Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, tf.mul(grad, factor)])),
    );
    return value;
  };
  return [step, x, y];
}

const eager = (step: () => ReturnType<typeof charStep>): Contender => ({
  name: "eager",
  label: "TensorFlow.js ops, eager",
  party: "tfjs",
  threads: 2,
  env: twoThreadsEach,
  run: () => eagerly(...step()),
});

const graph = (name: string, label: string, step: () => ReturnType<typeof charStep>): Contender => ({
  name,
  label,
  party: "Unrolled",
  threads: 2,
  graph: true,
  run: () => compiled(...step()),
});

export const workloads: Workload[] = [
  {
    name: "tape-alice",
    title: `Alice step in plain tf ops: B ${aliceSizes.B}, T ${aliceSizes.T}, E ${aliceSizes.E}, H ${aliceSizes.H}, V ${aliceSizes.V}, tf.train.adam`,
    unit: "step",
    reference: ["torch-2", "torch-1"],
    flops: aliceFlops(1),
    contenders: [
      graph("compiled", "TensorFlow.js ops, compiled", () => aliceStep(false)),
      graph("halves", "TensorFlow.js ops, two half batches, compiled", () => aliceStep(true)),
      eager(() => aliceStep(false)),
      pytorch(2, "alice.py", "RNN"),
      pytorch(1, "alice.py", "RNN"),
    ],
  },
  {
    name: "tape-charrnn2",
    title: `CharRNN step in plain tf ops: B ${charSizes.B}, T ${charSizes.T}, E ${charSizes.E}, H ${charSizes.H}, V ${charSizes.V}, L ${charSizes.L}, tf.train.adam`,
    unit: "step",
    reference: ["torch-1"],
    flops: charFlops,
    contenders: [
      graph("compiled", "TensorFlow.js ops, compiled", charStep),
      eager(charStep),
      pytorch(1, "charrnn2.py"),
    ],
  },
];
