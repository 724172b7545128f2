import { strict as assert } from "node:assert";
import { backend, nn, tf } from "unrolled";
import { needsThreads } from "unrolled/dist/compile/cost";
import { Nodes } from "unrolled/dist/compile/nodes";
import { close } from "./model";

const compile: typeof nn.compile = (step, options) =>
  nn.compile(step, { strict: true, audit: [], engine: "TensorFlow", ...options });

describe("nn.compile's choice of threads and engine", function () {
  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  it("wakes TensorFlow's threads only for graphs that gain by them", () => {
    const matrix = tf.tidy(() => tf.eye(256).mul(0.5));
    const chain = (x: tf.Tensor) => Array.from({ length: 10 }).reduce<tf.Tensor>((y) => tf.matMul(y, matrix), x);
    const long = compile((x: tf.Tensor) => chain(x));
    const wide = compile((x: tf.Tensor) => tf.add(chain(x), chain(tf.neg(x))));
    const small = compile((x: tf.Tensor) => tf.add(tf.tanh(x), tf.tanh(tf.neg(x))));
    tf.tidy(() => {
      for (let i = 0; i < 5; i++) {
        close(long(matrix).dataSync(), tf.mul(matrix, 2 ** -10).dataSync(), 1e-6);
        close(wide(matrix).dataSync(), tf.zeros([256, 256]).dataSync(), 1e-6);
        close(small(matrix).dataSync(), tf.zeros([256, 256]).dataSync(), 1e-6);
      }
    });
    assert.deepEqual(
      [long, wide, small].map(({ stats }) => stats.isPooled),
      [false, backend.threads > 1, false],
    );
    tf.dispose(matrix);
  });

  // The gradients of few rows over T ≥ 3 steps are joined to one product, which stands behind the nodes that wait for it. The
  // estimate went through the nodes in their order: it added up to NaN, and every such graph stayed in one thread.
  it("wakes TensorFlow's threads also for a graph whose sums over time steps were joined", () => {
    const [rows, hidden] = [8, 256];
    const stepOf = (chains: number, time: number) => {
      const weights = Array.from({ length: chains }, () =>
        tf.tidy(() => tf.variable(tf.eye(hidden).mul(0.5) as tf.Tensor)),
      );
      const loss = (x: tf.Tensor) => {
        const sums = weights.map((w, i) => {
          let h = tf.mul(x, i + 1);
          for (let t = 0; t < time; t++) h = tf.tanh(tf.matMul(h, w));
          return tf.sum(h);
        });
        return tf.addN(sums) as tf.Scalar;
      };
      const step = compile((x: tf.Tensor) => {
        const { value, grads } = tf.variableGrads(() => loss(x), weights);
        for (const w of weights) w.assign(tf.sub(w, tf.mul(grads[w.name]!, 1e-3)));
        return value;
      });
      const x = tf.ones([rows, hidden]);
      for (let i = 0; i < 5; i++) step(x).dispose();
      tf.dispose([x, ...weights]);
      return step.stats;
    };
    assert.equal(stepOf(2, 3).isPooled, backend.threads > 1);
    assert.equal(stepOf(1, 3).isPooled, false, "one chain gains nothing");
  });

  it("estimates a chain of 20,000 nodes, in whatever order they stand", () => {
    const nodes = new Nodes();
    nodes.placeholder({ id: 0, shape: [64, 64], dtype: 1 });
    for (let id = 1; id <= 20000; id++) nodes.operation("Tanh", [], [id - 1], [{ id, shape: [64, 64], dtype: 1 }], {});
    for (const used of [nodes.all, [...nodes.all].reverse()]) {
      assert.equal(needsThreads(nodes, used, { threads: 2, gpu: false }), false);
    }
  });

  it("computes a few numbers by itself, and has TensorFlow compute many", () => {
    const engineOf = (hidden: number) => {
      const w = tf.tidy(() => tf.variable(tf.eye(hidden)));
      const step = compile((x: tf.Tensor) => tf.tanh(tf.matMul(x, w)), { engine: undefined });
      const x = tf.ones([4, hidden]);
      for (let i = 0; i < 4; i++) step(x).dispose();
      tf.dispose([w, x]);
      return step.stats.engine;
    };
    assert.equal(engineOf(4), "loops");
    assert.equal(engineOf(256), "TensorFlow");
  });
});
