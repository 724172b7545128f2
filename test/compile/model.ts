/** A small character RNN in plain tf ops, with the weights and batches that PyTorch trained on (see fixtures/make/compile.py). */
import { strict as assert } from "node:assert";
import { backend, nn, tf } from "unrolled";
import fixture from "../fixtures/compile.json";

export { fixture };

const { B, T, V, H } = fixture.sizes;

export type Weights = Record<keyof typeof fixture.weights, tf.Variable>;

/** New variables with the fixture's weights. */
export function newWeights(): Weights {
  const entries = Object.entries(fixture.weights).map(([name, values]) => [
    name,
    tf.tidy(() => tf.variable(tf.tensor(values))),
  ]);
  return Object.fromEntries(entries) as Weights;
}

/** Batch number i (they repeat); with fewer rows if asked. */
export function batch(i: number, rows = B): [tf.Tensor, tf.Tensor] {
  const [x, y] = fixture.batches[i % fixture.batches.length]!;
  return [tf.tensor(x.slice(0, rows), [rows, T], "int32"), tf.tensor(y.slice(0, rows), [rows, T], "int32")];
}

/** Mean cross entropy of the next characters y after x, both [B, T]. */
export function charLoss(w: Weights, x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const rows = x.shape[0]!;
  let h: tf.Tensor = tf.zeros([rows, H]);
  const hs = tf.unstack(tf.gather(w.embedding, x as tf.Tensor2D), 1).map((xt) => {
    h = tf.tanh(tf.add(tf.add(tf.matMul(xt, w.Wx), tf.matMul(h, w.Wh)), w.b));
    return h;
  });
  const logits = tf.add(tf.matMul(tf.reshape(tf.stack(hs, 1), [rows * T, H]), w.Wo), w.bo);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.reshape(y, [rows * T]) as tf.Tensor1D, V), logits);
}

/** A training step with any tf.train optimizer. */
export function trainStep(w: Weights, optimizer: tf.Optimizer) {
  return (x: tf.Tensor, y: tf.Tensor): tf.Scalar =>
    optimizer.minimize(() => charLoss(w, x, y), true, Object.values(w))!;
}

/** Runs the step on batches 0, 1, … and reads what it returns. */
export function run(step: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, steps: number, rows?: number): number[] {
  return Array.from({ length: steps }, (_, i) => {
    const [x, y] = batch(i, rows);
    const loss = step(x, y);
    const [value] = loss.dataSync();
    tf.dispose([x, y, loss]);
    return value!;
  });
}

/** Compares lists of numbers, relative to the larger one. */
export function close(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  assert.equal(got.length, want.length);
  for (let i = 0; i < want.length; i++) {
    const scale = Math.max(Math.abs(want[i]!), 1e-3);
    assert.ok(Math.abs(got[i]! - want[i]!) <= tolerance * scale, `at ${i}: got ${got[i]}, expected ${want[i]}`);
  }
}

/** Describes what must hold whoever computes the graphs: `suite` gets an `nn.compile` with one engine. */
export function describeEngines(title: string, suite: (compile: typeof nn.compile, engine: string) => void): void {
  for (const engine of ["TensorFlow", "loops"] as const) {
    describe(`${title}, with the engine "${engine}"`, function () {
      before(function () {
        if (backend.name !== "tensorflow") this.skip();
      });

      suite((step, options) => nn.compile(step, { engine, ...options }), engine);
    });
  }
}
