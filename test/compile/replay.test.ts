import { strict as assert } from "node:assert";
import { manualSeed, nn, optim, tf } from "unrolled";
import { batch, charLoss, close, describeEngines, fixture, newWeights, run, trainStep, type Weights } from "./model";

/**
 * Compares weights relative to the largest of each tensor: Adam and Adadelta divide rounding by rounding where a gradient is
 * next to nothing, so that the digits of a tiny weight depend on the processor.
 */
const sameWeights = (a: Weights, b: Weights, tolerance: number) =>
  Object.keys(a).forEach((name) => {
    const [got, want] = [a[name as keyof Weights].dataSync(), b[name as keyof Weights].dataSync()];
    const largest = Math.max(...want.map(Math.abs));
    const distance = Math.max(...want.map((x, i) => Math.abs(x - got[i]!)));
    assert.ok(distance <= tolerance * largest, `${name}: ${distance} apart, of at most ${largest}`);
  });

describeEngines("nn.compile", (compileWith) => {
  /** A strict step: what cannot be compiled fails the test. */
  const compile: typeof nn.compile = (step, options) => compileWith(step, { strict: true, audit: [], ...options });

  it("trains with stock tf.train.adam as PyTorch does", () => {
    const step = compile(trainStep(newWeights(), tf.train.adam(0.05, 0.9, 0.999, 1e-8)));
    close(run(step, 12), fixture.losses.adam, 2e-6);
    assert.equal(step.stats.replays, 9);
  });

  it("trains with stock tf.train.sgd as PyTorch does", () => {
    const step = compile(trainStep(newWeights(), tf.train.sgd(0.5)));
    close(run(step, 12), fixture.losses.sgd, 1e-6);
    assert.equal(step.stats.replays, 9);
  });

  it("gives every parameter what the eager step gives it", () => {
    for (const optimizer of [
      () => tf.train.sgd(0.5),
      () => tf.train.momentum(0.1, 0.9, true),
      () => tf.train.adagrad(0.1),
      () => tf.train.adadelta(1),
      () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7),
      () => tf.train.adam(0.05),
      () => tf.train.adamax(0.05),
    ]) {
      const [eager, compiled] = [newWeights(), newWeights()];
      const [one, other] = [optimizer(), optimizer()];
      run(trainStep(eager, one), 12);
      const step = compile(trainStep(compiled, other));
      run(step, 12);
      sameWeights(compiled, eager, 1e-6);
      assert.equal(step.stats.replays, 9, optimizer.toString());
      assert.equal(other.iterations, 12, "the optimizer counts replayed steps too");
    }
  });

  it("replays in one call what took hundreds, in fewer nodes", () => {
    const step = compile(trainStep(newWeights(), tf.train.adam(0.05)));
    run(step, 4);
    assert.ok(step.stats.operations > 300 && step.stats.nodes < 0.8 * step.stats.operations);
    const binding = (tf.backend() as unknown as { binding: object }).binding;
    let calls = 0;
    const counted = new Proxy(binding, {
      get: (target, key) => (key === "executeOp" && calls++, target[key as keyof typeof target]),
    });
    Object.assign(tf.backend(), { binding: counted });
    try {
      run(step, 3);
    } finally {
      Object.assign(tf.backend(), { binding });
    }
    assert.equal(calls, 0);
  });

  it("follows a learning rate that passes through host()", () => {
    const w = newWeights();
    let now = 0;
    const step = compile((x: tf.Tensor, y: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => charLoss(w, x, y), Object.values(w));
      const lr = nn.host(() => fixture.schedule[now]!);
      for (const variable of Object.values(w)) variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, lr)));
      return value;
    });
    const losses = run((x, y) => {
      const loss = step(x, y);
      now++;
      return loss;
    }, 12);
    close(losses, fixture.losses.sgdScheduled, 1e-6);
  });

  it("never freezes the settings of a stock optimizer", () => {
    const optimizer = tf.train.sgd(0);
    const setters: ((lr: number) => void)[] = [(lr) => optimizer.setLearningRate(lr)];
    const adam = tf.train.adam(0);
    setters.push((lr) => ((adam as unknown as { learningRate: number }).learningRate = lr));
    [optimizer, adam].forEach((used, i) => {
      const [eager, compiled] = [newWeights(), newWeights()];
      const twin = i === 0 ? tf.train.sgd(0) : tf.train.adam(0);
      const twinSet =
        i === 0
          ? (lr: number) => (twin as tf.SGDOptimizer).setLearningRate(lr)
          : (lr: number) => ((twin as unknown as { learningRate: number }).learningRate = lr);
      const step = compile(trainStep(compiled, used));
      for (const lr of [0.1, 0.02, 0.3]) {
        setters[i]!(lr);
        twinSet(lr);
        close(run(step, 12), run(trainStep(eager, twin), 12), 1e-3);
      }
      assert.equal(step.reason, undefined);
      assert.ok(step.stats.replays >= 24, `${step.stats.replays} replays`);
    });
  });

  it("makes a plan for each shape, so a smaller last batch just works", () => {
    const [eager, compiled] = [newWeights(), newWeights()];
    const step = compile(trainStep(compiled, tf.train.adam(0.01)));
    const plain = trainStep(eager, tf.train.adam(0.01));
    for (let epoch = 0; epoch < 5; epoch++) {
      close(run(step, 3), run(plain, 3), 1e-5);
      close(run(step, 1, 3), run(plain, 1, 3), 1e-5);
    }
    sameWeights(compiled, eager, 1e-6);
    assert.equal(step.stats.replays, 12 + 3); // all but 3 of the full batches, all but 2 of the others
  });

  it("shares its variables with other plans, eager code and assignments", () => {
    const [eager, compiled] = [newWeights(), newWeights()];
    const [train, plainTrain] = [compile(trainStep(compiled, tf.train.sgd(0.5))), trainStep(eager, tf.train.sgd(0.5))];
    const evaluate = compile((x: tf.Tensor, y: tf.Tensor) => charLoss(compiled, x, y));
    for (let i = 0; i < 12; i++) {
      const [x, y] = batch(i);
      if (i === 7) for (const w of [eager, compiled]) tf.tidy(() => w.Wh.assign(tf.fill(w.Wh.shape, 0.125)));
      const losses = [train(x, y), plainTrain(x, y), evaluate(x, y), charLoss(compiled, x, y), charLoss(eager, x, y)];
      const [a, b, c, d, e] = losses.map((loss) => loss.dataSync()[0]!);
      close([a!, c!, d!], [b!, e!, e!], 1e-5);
    }
    assert.deepEqual([train.stats.replays, evaluate.stats.replays], [9, 9]);
  });

  it("leaves clones of a variable as they were", () => {
    const counter = tf.variable(tf.scalar(0));
    const step = compile(() => counter.assign(tf.add(counter, 1)));
    const clones: tf.Tensor[] = [];
    for (let i = 0; i < 8; i++) {
      step();
      clones.push(counter.clone());
    }
    assert.deepEqual(
      clones.map((clone) => clone.dataSync()[0]),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.equal(step.stats.replays, 5);
  });

  it("carries a state that the step keeps from call to call", () => {
    let h: tf.Tensor = tf.keep(tf.zeros([2, 3]));
    const step = compile((x: tf.Tensor) => {
      const next = tf.keep(tf.tanh(tf.add(tf.mul(h, 0.5), x)));
      h.dispose();
      h = next;
      return tf.sum(next);
    });
    let want = 0;
    for (let i = 0; i < 9; i++) {
      want = Math.tanh(0.5 * want + i / 10);
      close([step(tf.fill([2, 3], i / 10)).dataSync()[0]!], [6 * want], 1e-6);
      close(h.dataSync(), new Array(6).fill(want), 1e-6); // the learner's own tensor shows it too
    }
    assert.equal(step.stats.replays, 6);

    h.dispose();
    h = tf.keep(tf.ones([2, 3])); // a new epoch: recorded anew
    want = 1;
    for (let i = 0; i < 5; i++) {
      want = Math.tanh(0.5 * want + 0.1);
      close([step(tf.fill([2, 3], 0.1)).dataSync()[0]!], [6 * want], 1e-6);
    }
    assert.equal(step.reason, undefined);
  });

  it("takes and returns tensors in arrays and records", () => {
    const step = compile(({ a, b }: { a: tf.Tensor; b: tf.Tensor[] }, scale: number) => ({
      sums: b.map((t) => tf.sum(tf.mul(tf.add(a, t), scale))),
      same: a,
      nothing: undefined,
    }));
    for (let i = 0; i < 6; i++) {
      const a = tf.tensor([i, 2]);
      const { sums, same, nothing } = step({ a, b: [tf.scalar(1), a] }, i % 2 ? 2 : 3);
      const scale = i % 2 ? 2 : 3;
      assert.deepEqual(
        sums.map((t) => t.dataSync()[0]),
        [scale * (i + 4), scale * (2 * i + 4)],
      );
      assert.deepEqual([...same.dataSync()], [i, 2]);
      assert.equal(nothing, undefined);
    }
    assert.ok(step.stats.replays >= 1);
  });

  it("returns arguments, constants, outside tensors and variables as the eager step does", () => {
    const outside = tf.keep(tf.tensor([1, 2]));
    const total = tf.variable(tf.zeros([2]));
    const step = compile((x: tf.Tensor, positive: tf.Tensor) => {
      const y = tf.where(positive, x, tf.neg(x));
      total.assign(tf.add(total, y));
      return {
        total,
        rest: [y, y, x, outside, tf.scalar(4), positive, tf.concat([tf.zeros([0, 3]), tf.zeros([0, 3])])],
      };
    });
    const sum = [0, 0];
    for (let i = 0; i < 6; i++) {
      const { total: same, rest } = step(tf.tensor([i, 1]), tf.tensor([i % 2, 1], [2], "bool"));
      const first = i % 2 ? i : 0 - i;
      sum[0]! += first;
      sum[1]! += 1;
      const want = [[first, 1], [first, 1], [i, 1], [1, 2], [4], [i % 2, 1], []];
      assert.deepEqual(
        rest.map((t) => [...t.dataSync()].map((v) => v + 0)),
        want,
      );
      assert.equal(same, total);
      assert.deepEqual([...total.dataSync()], sum);
    }
    assert.equal(step.stats.replays, 2); // the first recording sent `outside` to TensorFlow, so one more was needed
  });

  it("passes a hidden state along as argument and result", () => {
    const step = compile((x: tf.Tensor, h: tf.Tensor) => {
      const next = tf.tanh(tf.add(x, tf.mul(h, 0.5)));
      return [tf.sum(next), next] as const;
    });
    let [h, want]: [tf.Tensor, number] = [tf.zeros([2]), 0];
    for (let i = 0; i < 7; i++) {
      const [sum, next] = step(tf.fill([2], i / 5), h);
      h.dispose();
      h = next;
      want = Math.tanh(i / 5 + 0.5 * want);
      close(sum.dataSync(), [2 * want], 1e-6);
    }
    assert.equal(step.stats.replays, 4);
  });

  it("disposes the arguments that the step disposes", () => {
    const step = compile((x: tf.Tensor) => {
      const y = tf.square(x);
      x.dispose();
      return y;
    });
    for (let i = 0; i < 5; i++) {
      const x = tf.scalar(i);
      assert.equal(step(x).dataSync()[0], i * i);
      assert.ok(x.isDisposed);
    }
  });

  it("runs inside another compiled step and inside a gradient", () => {
    const square = compile((x: tf.Tensor) => tf.square(x));
    const outer = compile((x: tf.Tensor) => tf.add(square(x), 1));
    for (let i = 0; i < 5; i++) assert.equal(outer(tf.scalar(i)).dataSync()[0], i * i + 1);
    for (let i = 0; i < 5; i++) assert.equal(square(tf.scalar(i)).dataSync()[0], i * i);
    assert.equal(
      tf
        .grad((x: tf.Tensor) => square(x))(tf.scalar(3))
        .dataSync()[0],
      6,
    );
    assert.equal(outer.stats.replays, 2);
  });

  it("compiles a model that nobody planned for: embedding, a GRU in plain ops, mean pooling, linear", () => {
    const [rows, time, vocab, embed, hidden, classes] = [6, 7, 11, 5, 8, 3];
    const newParameters = () => {
      const normal = (shape: number[], seed: number) =>
        tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.4, "float32", seed)));
      return {
        table: normal([vocab, embed], 1),
        wi: normal([embed, 3 * hidden], 2),
        wh: normal([hidden, 3 * hidden], 3),
        bi: normal([3 * hidden], 4),
        bh: normal([3 * hidden], 5),
        out: normal([hidden, classes], 6),
      };
    };
    const loss = (p: ReturnType<typeof newParameters>, x: tf.Tensor, y: tf.Tensor) => {
      let h: tf.Tensor = tf.zeros([rows, hidden]);
      const hs = tf.unstack(tf.gather(p.table, x as tf.Tensor2D), 1).map((xt) => {
        const [ir, iz, inn] = tf.split(tf.add(tf.matMul(xt, p.wi), p.bi), 3, 1);
        const [hr, hz, hn] = tf.split(tf.add(tf.matMul(h, p.wh), p.bh), 3, 1);
        const r = tf.sigmoid(tf.add(ir!, hr!));
        const z = tf.sigmoid(tf.add(iz!, hz!));
        const n = tf.tanh(tf.add(inn!, tf.mul(r, hn!)));
        h = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
        return h;
      });
      const logits = tf.matMul(tf.mean(tf.stack(hs), 0), p.out);
      return tf.losses.softmaxCrossEntropy(tf.oneHot(y as tf.Tensor1D, classes), logits) as tf.Scalar;
    };
    const make = () => {
      const p = newParameters();
      const optimizer = tf.train.adam(0.01);
      return {
        p,
        step: (x: tf.Tensor, y: tf.Tensor) => optimizer.minimize(() => loss(p, x, y), true, Object.values(p))!,
      };
    };
    const [eager, compiled] = [make(), make()];
    const step = compile(compiled.step);
    for (let i = 0; i < 15; i++) {
      const x = tf.tensor(
        Int32Array.from({ length: rows * time }, (_, k) => (k * k + i) % vocab),
        [rows, time],
      );
      const y = tf.tensor(Int32Array.from({ length: rows }, (_, k) => (k + i) % classes));
      close(step(x, y).dataSync(), eager.step(x, y).dataSync(), 1e-5);
    }
    assert.equal(step.stats.replays, 12);
  });

  it("compiles models made with tf.layers", () => {
    const make = () => {
      const model = tf.sequential();
      const initializer = (seed: number) => tf.initializers.glorotUniform({ seed });
      const seeds = { kernelInitializer: initializer(1), recurrentInitializer: initializer(2) };
      model.add(
        tf.layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 5, embeddingsInitializer: initializer(3) }),
      );
      model.add(tf.layers.lstm({ units: 6, returnSequences: true, ...seeds }));
      model.add(tf.layers.gru({ units: 6, ...seeds }));
      model.add(tf.layers.batchNormalization());
      model.add(tf.layers.dense({ units: 3, kernelInitializer: initializer(4) }));
      const optimizer = tf.train.adam(0.01);
      const loss = (x: tf.Tensor, y: tf.Tensor) => {
        const logits = model.apply(x, { training: true }) as tf.Tensor;
        return tf.losses.softmaxCrossEntropy(tf.oneHot(y as tf.Tensor1D, 3), logits) as tf.Scalar;
      };
      return { model, step: (x: tf.Tensor, y: tf.Tensor) => optimizer.minimize(() => loss(x, y), true)! };
    };
    const x = tf.tensor(
      Int32Array.from({ length: 20 }, (_, i) => (i * i) % 9),
      [4, 5],
    );
    const y = tf.tensor1d([0, 1, 2, 0], "int32");
    const train = (compiled: boolean) => {
      const { model, step } = make();
      const run = compiled ? compile(step) : step;
      const losses = Array.from({ length: 8 }, () => run(x, y).dataSync()[0]!);
      return [...losses, ...(model.predict(x) as tf.Tensor).dataSync()]; // with the averages of the batch normalization
    };
    close(train(true), train(false), 1e-4);
  });

  it("follows train(), eval() and frozen parameters", () => {
    const train = (compiled: boolean) => {
      manualSeed(5);
      const model = new nn.Sequential(new nn.Linear(3, 8), new nn.Dropout(0.5), new nn.Linear(8, 2));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const step = (x: tf.Tensor) => {
        const { loss, grads } = nn.valueAndGrads(model, () => tf.mean(tf.square(model.forward(x))));
        optimizer.step(grads);
        return loss;
      };
      const run = compiled ? compile(step) : step;
      return Array.from({ length: 40 }, (_, i) => {
        if (i === 12) model.eval();
        if (i === 24) model.parameters()[0]!.trainable = false;
        if (i === 32) model.train();
        return run(tf.ones([4, 3])).dataSync()[0]!;
      });
    };
    close(train(true), train(false), 1e-5);
  });

  it("is recorded anew when a guarded value changes", () => {
    const options = { square: true };
    const step = compile((x: tf.Tensor) => (nn.guard(() => options.square) ? tf.square(x) : tf.neg(x)));
    const values = Array.from({ length: 40 }, (_, i) => {
      options.square = i % 20 < 15;
      return step(tf.scalar(i)).dataSync()[0];
    });
    assert.deepEqual(
      values,
      values.map((_, i) => (i % 20 < 15 ? i * i : -i)),
    );
    assert.equal(step.stats.replays, 40 - 3 - 3 * 2);
  });

  it("draws dropout masks as the eager step does", () => {
    const train = (compiled: boolean) => {
      manualSeed(7);
      const w = tf.tidy(() => tf.variable(tf.ones([4, 3])));
      const step = (x: tf.Tensor) => {
        const mask = nn.hostTensor(
          () => Float32Array.from({ length: 12 }, () => Number(Math.sin(++draws) > 0)),
          [4, 3],
        );
        nn.hostTensor(() => Float32Array.of(++draws), []); // drawn although nothing uses it
        w.assign(tf.add(tf.mul(w, mask), x));
        return tf.sum(w);
      };
      let draws = 0;
      const run = compiled ? compile(step) : step;
      return Array.from({ length: 10 }, (_, i) => run(tf.scalar(i)).dataSync()[0]!);
    };
    assert.deepEqual(train(true), train(false));
  });

  it("keeps TensorFlow's own random numbers random", () => {
    const logits = tf.zeros([1, 1000]) as tf.Tensor2D;
    const step = compile(() => [tf.multinomial(logits, 8), tf.multinomial(logits, 8)]);
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) for (const draw of step()) seen.add(String(draw.dataSync()));
    assert.equal(seen.size, 16);
    assert.equal(step.stats.replays, 5);
  });

  it("compiles the library's layers, loss, clipping and optimizer", () => {
    const train = (compiled: boolean) => {
      manualSeed(3);
      const model = new nn.Sequential(new nn.Linear(6, 16), new nn.Tanh(), new nn.Dropout(0.3), new nn.Linear(16, 4));
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
      const criterion = new nn.CrossEntropyLoss();
      const schedule = new optim.StepLR(optimizer, { stepSize: 3, gamma: 0.5 });
      const step = (x: tf.Tensor, y: tf.Tensor) => {
        const { loss, grads } = nn.valueAndGrads(model, () => criterion.forward(model.forward(x), y));
        nn.clipGradNorm(grads, 0.5);
        optimizer.step(grads);
        return loss;
      };
      const run = compiled ? compile(step) : step;
      const x = tf.randomNormal([8, 6], 0, 1, "float32", 5);
      const y = tf.tensor([0, 1, 2, 3, 0, 1, 2, 3], [8], "int32");
      return Array.from({ length: 15 }, () => {
        const value = run(x, y).dataSync()[0]!;
        schedule.step();
        return value;
      });
    };
    close(train(true), train(false), 1e-5);
  });
});
