/** State that a small graph keeps in its own memory must look to everybody else like any variable's. */
import { strict as assert } from "node:assert";
import { backend, nn, tf } from "unrolled";

/** w ← 0.5 w + mean x, v ← v + w; as loops, as a TensorFlow graph, and eagerly. */
function steps() {
  const make = (engine: "loops" | "TensorFlow" | undefined) => {
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    const v = tf.variable(tf.zeros([3]));
    const body = (x: tf.Tensor) => {
      w.assign(tf.add(tf.mul(w, 0.5), tf.mean(x)));
      v.assign(tf.add(v, w));
      return tf.sum(v);
    };
    const step = engine
      ? nn.compile(body, { engine, strict: true, audit: [] })
      : (x: tf.Tensor) => tf.tidy(() => body(x));
    return { w, v, step, body };
  };
  return { loops: make("loops"), eager: make(undefined) };
}

type Side = ReturnType<typeof steps>["eager"];

/** Does the same with both and compares everything that can be seen. */
function both({ loops, eager }: ReturnType<typeof steps>, action: (side: Side) => tf.Tensor | void): void {
  const seen = [loops, eager].map((side) =>
    tf.tidy(() => {
      const result = action(side as Side);
      return [result, side.w, side.v].map((tensor) => [...(tensor?.dataSync() ?? [])]);
    }),
  );
  // To rounding only: the loops sum in double precision.
  seen[0]!.flat().forEach((x, i) => {
    const other = seen[1]!.flat()[i]!;
    assert.ok(Math.abs(x! - other) <= 1e-5 * Math.abs(other), `${seen[0]!.join("; ")}, eagerly ${seen[1]!.join("; ")}`);
  });
}

const run =
  (i: number, rows = 2) =>
  (side: Side) =>
    side.step(tf.fill([rows], i));

describe("state in the memory of a small graph", function () {
  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  let pair: ReturnType<typeof steps>;
  beforeEach(() => {
    pair = steps();
    for (let i = 0; i < 5; i++) both(pair, run(i));
    const { stats } = pair.loops.step as ReturnType<typeof nn.compile>;
    assert.deepEqual([stats.engine, stats.replays], ["loops", 2]);
  });

  it("can be read without being read, used by operations, and read again", () => {
    for (let i = 0; i < 3; i++) both(pair, run(i)); // nobody asks in between
    both(pair, ({ w }) => tf.square(w));
    both(pair, run(7));
    both(pair, ({ w, v }) => tf.add(w, v));
    both(pair, ({ w }) => tf.neg(w));
  });

  it("is not touched by what a reader does with the numbers", () => {
    pair.loops.step(tf.ones([2])).dispose();
    const numbers = pair.loops.w.dataSync();
    const before = [...numbers];
    numbers.fill(99);
    assert.deepEqual([...pair.loops.w.dataSync()], before);
    assert.deepEqual([...tf.mul(pair.loops.w, 1).dataSync()], before);
  });

  it("stays with clones as it was, also if they are used later", () => {
    const clones = [pair.loops, pair.eager].map(({ w }) => w.clone());
    for (let i = 0; i < 3; i++) both(pair, run(i));
    assert.deepEqual([...clones[0]!.dataSync()], [...clones[1]!.dataSync()]);
    assert.deepEqual([...tf.mul(clones[0]!, 2).dataSync()], [...tf.mul(clones[1]!, 2).dataSync()]);
    tf.dispose(clones);
    for (let i = 0; i < 3; i++) both(pair, run(i));
  });

  it("stays with a clone also when the variable gets another value before the next call", () => {
    const clones = [pair.loops, pair.eager].map(({ w }) => w.clone());
    both(pair, ({ w }) => w.assign(tf.tensor1d([40, 50, 60])));
    both(pair, run(1));
    assert.deepEqual([...clones[0]!.dataSync()], [...clones[1]!.dataSync()]);
    tf.dispose(clones);
  });

  it("can be assigned, and assigned to another variable", () => {
    both(pair, ({ w }) => w.assign(tf.tensor1d([4, 5, 6])));
    both(pair, run(1));
    both(pair, ({ w, v }) => w.assign(v as tf.Tensor1D));
    for (let i = 0; i < 3; i++) both(pair, run(i));
  });

  it("goes from one graph to another of other shapes, or of TensorFlow's", () => {
    for (let i = 0; i < 12; i++) both(pair, run(i, i % 3 === 0 ? 4 : 2));
    const others = [
      nn.compile(pair.loops.body, { engine: "TensorFlow", strict: true, audit: [] }),
      (x: tf.Tensor) => tf.tidy(() => pair.eager.body(x)),
    ];
    const other = (i: number) => (side: Side) => others[side === (pair.loops as unknown) ? 0 : 1]!(tf.fill([2], i));
    for (let i = 0; i < 12; i++) both(pair, i % 2 ? other(i) : run(i));
  });

  it("can be written by a TensorFlow graph that does not read it", () => {
    const write =
      ({ w }: Side) =>
      (x: tf.Tensor) => {
        w.assign(tf.mul(x, 2) as tf.Tensor1D);
        return tf.sum(x);
      };
    const options = { engine: "TensorFlow", strict: true, audit: [] } as const;
    const compiled = nn.compile(write(pair.loops as unknown as Side), options);
    const others = new Map<unknown, (x: tf.Tensor) => tf.Tensor>([
      [pair.loops, compiled],
      [pair.eager, (x) => tf.tidy(() => write(pair.eager)(x))],
    ]);
    for (let i = 0; i < 12; i++) {
      both(pair, (side) => others.get(side)!(tf.fill([3], i)));
      if (i % 2) both(pair, run(i));
    }
    assert.ok(compiled.stats.replays > 5);
  });

  it("can change places", () => {
    const swap = ({ w, v }: Side) => {
      const before = w.clone();
      w.assign(v as tf.Tensor1D);
      v.assign(before);
      return tf.sum(w);
    };
    const compiled = nn.compile(() => swap(pair.loops as unknown as Side), {
      engine: "loops",
      strict: true,
      audit: [],
    });
    for (let i = 0; i < 9; i++) {
      both(pair, (side) => (side === (pair.loops as unknown) ? compiled() : tf.tidy(() => swap(side))));
    }
    assert.equal(compiled.stats.engine, "loops");
  });

  it("outlives the graph, and an audit changes nothing", () => {
    const step = pair.loops.step as ReturnType<typeof nn.compile>;
    both(pair, run(3));
    step.dispose();
    both(pair, ({ w, v }) => tf.concat([w, v]));
    both(pair, run(4));
    const audited = steps();
    const compiled = nn.compile(audited.loops.body, { engine: "loops", strict: true, audit: [6, 9] });
    audited.loops.step = compiled;
    for (let i = 0; i < 12; i++) both(audited, run(i));
    assert.deepEqual([compiled.stats.engine, compiled.stats.replays], ["loops", 12 - 3 - 2 * 2]);
  });

  // Their ids were the same after each call: text was generated with the weights of long ago.
  it("is seen to change by a stepper that has read it before", () => {
    const model = { embedding: new nn.Embedding(4, 4), rnn: new nn.RNN(4, 3), head: new nn.Linear(3, 4) };
    const weights = Object.values(model).flatMap((part: nn.Module) => [...part.parameters()]);
    const generate = nn.stepper(model);
    const step = nn.compile(
      (x: tf.Tensor) => {
        for (const w of weights) w.assign(tf.add(w, tf.mean(x)));
        return tf.sum(x);
      },
      { engine: "loops", strict: true, audit: [] },
    );
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6; i++) step(tf.fill([2], 0.1)).dispose();
      assert.deepEqual(generate([1], undefined).scores, nn.stepper(model)([1], undefined).scores);
    }
    assert.equal(step.stats.engine, "loops");
  });

  it("is what it was when a call fails half-way", () => {
    const table = tf.variable(tf.ones([5, 2]));
    const count = tf.variable(tf.scalar(0));
    const step = nn.compile(
      (ids: tf.Tensor1D) => {
        count.assign(tf.add(count, 1));
        table.assign(tf.mul(table, 0.5));
        return tf.sum(tf.gather(table, ids));
      },
      { engine: "loops", strict: true, audit: [] },
    );
    for (let i = 0; i < 6; i++) step(tf.tensor1d([1, 2], "int32")).dispose();
    assert.throws(() => step(tf.tensor1d([1, 9], "int32")), /indices\[1\] = 9 is not in \[0, 5\)/);
    assert.throws(() => step(tf.tensor1d([1, -1], "int32")), /indices\[1\] = -1 is not in \[0, 5\)/);
    assert.deepEqual([count.dataSync()[0], table.dataSync()[0]], [6, 0.5 ** 6]);
    assert.equal(step(tf.tensor1d([1, 2], "int32")).dataSync()[0], 4 * 0.5 ** 7);
    tf.dispose([table, count]);
  });
});
