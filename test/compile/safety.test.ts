import { strict as assert } from "node:assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { backend, data, nn, tf } from "unrolled";
import { batch, charLoss, describeEngines, newWeights, run, trainStep } from "./model";

interface Binding {
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

const binding = () => (tf.backend() as unknown as { binding: Binding }).binding;

/** Room for one row per id, so that a wrong id fails in the middle of the step. */
function lookUpStep(compile: typeof nn.compile) {
  const table = tf.variable(tf.ones([5, 2]));
  const count = tf.variable(tf.scalar(0));
  const step = compile(
    (ids: tf.Tensor1D) => {
      count.assign(tf.add(count, 1));
      table.assign(tf.mul(table, 0.5));
      return tf.sum(tf.gather(table, ids));
    },
    { strict: true, audit: [] },
  );
  const ids = (...values: number[]) => tf.tensor1d(values, "int32");
  for (let i = 0; i < 4; i++) step(ids(1, 2));
  assert.equal(step.stats.replays, 1);
  return { table, count, step, ids };
}

describeEngines("nn.compile when things go wrong", (compile) => {
  it("changes nothing when a graph fails, and tells where it did", () => {
    const { table, count, step, ids } = lookUpStep(compile);
    assert.throws(
      () => step(ids(1, 9)),
      /indices\[1\] = 9 is not in \[0, 5\) at test.compile.safety\.test\.ts:\d+ \(the step changed nothing\)/,
    );
    assert.equal(count.dataSync()[0], 4);
    assert.equal(table.dataSync()[0], 0.5 ** 4);
    assert.equal(step(ids(1, 2)).dataSync()[0], 4 * 0.5 ** 5);
    assert.equal(count.dataSync()[0], 5);
  });

  // It said "Cannot read properties of undefined (reading 'backend')": typically for batches collected from a DataLoader.
  it("names the argument that is disposed, before, while and after it is compiled", () => {
    const step = compile(({ x, y }: { x: tf.Tensor; y: readonly tf.Tensor[] }, scale: tf.Tensor) =>
      tf.sum(tf.mul(tf.add(x, y[0]!), scale)),
    );
    const make = () => [{ x: tf.ones([2]), y: [tf.ones([2])] }, tf.scalar(3)] as const;
    const refused = (where: string) => ({
      name: "Error",
      message:
        `compile: ${where} is disposed; a DataLoader's batch lives until the next one is taken ` +
        "(keepBatches: true leaves it to you)",
    });
    const check = () => {
      for (const [where, of] of [
        ["argument 1 (.x)", ([batch]) => batch.x],
        ["argument 1 (.y[0])", ([batch]) => batch.y[0]!],
        ["argument 2", ([, scale]) => scale],
      ] as [string, (args: ReturnType<typeof make>) => tf.Tensor][]) {
        const args = make();
        of(args).dispose();
        assert.throws(() => step(...args), refused(where));
      }
    };
    check();
    for (let i = 0; i < 6; i++) {
      assert.equal(nn.item(step(...make())), 12);
      check();
    }
    assert.ok(step.stats.replays > 0);
    step.dispose();
    check();
    const loader = new data.DataLoader(
      new data.WindowDataset(Int32Array.of(1, 2, 3, 4), { length: 1, target: "next" }),
    );
    const batches = [...loader];
    const total = compile((x: tf.Tensor) => tf.sum(x));
    assert.throws(() => total(batches[0]!.x), refused("argument 1"));
  });

  it("lets a variable among the arguments be gone, which is no argument but part of the step", () => {
    const [weight, other] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(3))];
    other.dispose();
    const step = compile((x: tf.Tensor, used: { weight: tf.Variable; other: tf.Variable }) => tf.mul(x, used.weight));
    for (let i = 0; i < 5; i++) assert.equal(nn.item(step(tf.scalar(i), { weight, other })), 2 * i);
  });

  it("lets NaN flow", () => {
    const w = tf.variable(tf.scalar(1));
    const step = compile((x: tf.Tensor) => {
      w.assign(tf.mul(w, tf.sqrt(x)));
      return w.clone();
    });
    const values = [1, 1, 1, 4, -1, 1].map((x) => step(tf.scalar(x)).dataSync()[0]);
    assert.deepEqual(values, [1, 1, 1, 2, NaN, NaN]);
    assert.equal(step.reason, undefined);
  });

  it("compiles a step whose results are not numbers while it is recorded", () => {
    const step = compile((x: tf.Tensor) => tf.add(x, 1), { strict: true });
    for (let i = 0; i < 5; i++) assert.deepEqual([...step(tf.tensor1d([NaN, i])).dataSync()], [NaN, i + 1]);
    assert.equal(step.stats.replays, 2);
  });

  it("fails as the eager step does when a variable is gone", () => {
    const { table, step, ids } = lookUpStep(compile);
    table.dispose();
    assert.throws(() => step(ids(1, 2)), /disposed/);
  });

  it("finds in an audit that a number was frozen, and goes on eagerly", () => {
    const warnings: string[] = [];
    const setting = { lr: 1 };
    const step = compile((x: tf.Tensor) => tf.mul(x, setting.lr), {
      audit: [10],
      onFallback: (m) => warnings.push(m),
    });
    const values = Array.from({ length: 14 }, (_, i) => {
      if (i === 6) setting.lr = 2;
      return step(tf.scalar(1)).dataSync()[0];
    });
    assert.deepEqual(values.slice(8), [1, 2, 2, 2, 2, 2]); // calls 7 to 9 were wrong: that is what audits are for
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /call 10 is not what was recorded.*safety\.test\.ts:\d+ \(1, then 2\)/);
  });

  it("finds in an audit that the step does something else every fifth time", () => {
    let t = 0;
    const step = compile((x: tf.Tensor) => (++t % 5 === 0 ? tf.neg(x) : tf.square(x)), {
      audit: [6, 7, 8],
      onFallback: () => {},
    });
    for (let i = 0; i < 12; i++) step(tf.scalar(i));
    assert.match(step.reason!, /is not what was recorded/);
  });

  it("goes on as before after an audit that finds nothing", () => {
    const [audited, plain] = [newWeights(), newWeights()];
    const step = compile(trainStep(audited, tf.train.adam(0.01)), { audit: [5, 9], strict: true });
    run(step, 12);
    run(trainStep(plain, tf.train.adam(0.01)), 12);
    assert.deepEqual(
      [...audited.Wh.dataSync()].map((v) => v.toFixed(5)),
      [...plain.Wh.dataSync()].map((v) => v.toFixed(5)),
    );
    assert.equal(step.stats.replays, 12 - 3 - 2 * 2);
  });

  it("leaks no tensor and no memory over 2,000 replays", () => {
    const w = newWeights();
    const step = compile(trainStep(w, tf.train.adam(0.01)), { strict: true, audit: [] });
    const [x, y] = batch(0);
    const some = (n: number) => {
      for (let i = 0; i < n; i++) step(x, y).dispose();
    };
    some(300);
    const before = {
      tensors: tf.memory().numTensors,
      native: binding().getNumOfTensors(),
      rss: process.memoryUsage().rss,
    };
    some(2000);
    assert.equal(tf.memory().numTensors, before.tensors);
    assert.equal(binding().getNumOfTensors(), before.native);
    const grown = (process.memoryUsage().rss - before.rss) / 2 ** 20;
    assert.ok(grown < 30, `resident memory grew by ${grown.toFixed(1)} MB`); // one leaked step is 8 kB: 16 MB and more
    assert.ok(charLoss(w, x, y).dataSync()[0]! < 0.1, "it did train");
  });

  it("leaks no tensor while recording, falling back or failing", () => {
    const [x, y] = batch(0);
    const cycle = () => {
      const w = newWeights();
      const optimizer = tf.train.adam(0.01);
      const step = compile(trainStep(w, optimizer), { strict: true, audit: [6] });
      for (let i = 0; i < 9; i++) step(x, y).dispose();
      step.dispose();
      const random = compile((x: tf.Tensor) => tf.mul(x, Math.random()), { onFallback: () => {} });
      for (let i = 0; i < 5; i++) random(y).dispose();
      const failing = compile((): tf.Tensor => {
        tf.tensor([1]).square();
        throw new Error("broken");
      });
      for (let i = 0; i < 3; i++) assert.throws(failing);
      optimizer.dispose();
      tf.dispose(w);
    };
    cycle();
    const before = [tf.memory().numTensors, binding().getNumOfTensors()];
    for (let i = 0; i < 3; i++) cycle();
    assert.deepEqual([tf.memory().numTensors, binding().getNumOfTensors()], before);
  });
});

describe("nn.compile's graphs in TensorFlow", function () {
  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  it("frees its graphs on dispose and runs eagerly afterwards", () => {
    const before = binding().getNumOfSavedModels();
    const step = nn.compile((x: tf.Tensor) => tf.square(x), { engine: "TensorFlow" });
    for (let i = 0; i < 5; i++) for (const size of [1, 2]) step(tf.ones([size]));
    assert.equal(binding().getNumOfSavedModels(), before + 2);
    step.dispose();
    assert.equal(binding().getNumOfSavedModels(), before);
    assert.equal(step(tf.scalar(3)).dataSync()[0], 9);
    assert.equal(step.reason, "it was disposed");
  });

  it("keeps the graphs of the sixteen shapes used last", () => {
    const before = binding().getNumOfSavedModels();
    const step = nn.compile((x: tf.Tensor) => tf.sum(x), { strict: true, engine: "TensorFlow" });
    for (let size = 1; size <= 24; size++) for (let i = 0; i < 4; i++) step(tf.ones([size]));
    assert.equal(binding().getNumOfSavedModels(), before + 16);
    step.dispose();
    assert.equal(binding().getNumOfSavedModels(), before);
  });

  it("frees the graphs of a step that nobody has any more", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const before = binding().getNumOfSavedModels();
    (() => {
      const step = nn.compile((x: tf.Tensor) => tf.square(x), { engine: "TensorFlow" });
      for (let i = 0; i < 4; i++) step(tf.scalar(i));
    })();
    assert.equal(binding().getNumOfSavedModels(), before + 1);
    for (let i = 0; i < 20 && binding().getNumOfSavedModels() > before; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.ok(binding().getNumOfSavedModels() <= before); // fewer, if other tests left some
  });
});
