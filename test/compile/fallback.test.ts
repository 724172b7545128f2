import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { backend, nn, tf } from "unrolled";

/** The line after the caller's, as the messages name it. */
const nextLine = () => {
  const [, line] = /fallback\.test\.ts:(\d+)/.exec(new Error().stack!.split("\n")[2]!)!;
  return `fallback.test.ts:${Number(line) + 1}`;
};

/** Runs a step eight times and returns why it was not compiled. */
function reasonOf(
  step: (x: tf.Tensor) => tf.Tensor,
  inputs: (i: number) => tf.Tensor = (i) => tf.tensor([i, 1 - i]),
): string {
  const messages: string[] = [];
  const compiled = nn.compile(step, { audit: [], onFallback: (message) => messages.push(message) });
  for (let i = 0; i < 8; i++) compiled(inputs(i)).dispose();
  assert.equal(compiled.stats.replays, 0, "it was compiled");
  assert.equal(messages.length, 1, "it warns once");
  assert.equal(messages[0], `compile: the step runs eagerly: ${compiled.reason}`);
  return compiled.reason!;
}

describe("nn.compile on what a graph cannot do", function () {
  let place = "";

  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  const tells = (reason: string, ...parts: string[]) => {
    for (const part of parts) assert.ok(reason.includes(part), `"${reason}" does not tell "${part}"`);
  };

  it("tells where a value is read back", () => {
    const reason = reasonOf((x) => {
      place = nextLine();
      const [sum] = tf.sum(x).dataSync();
      return tf.mul(x, sum! > 3 ? 2 : 1);
    });
    tells(reason, "reads a value back", place);
  });

  it("lets constants be read", () => {
    const three = tf.scalar(3);
    tf.neg(three).dispose();
    const step = nn.compile((x: tf.Tensor) => tf.mul(x, three.dataSync()[0]!), { strict: true });
    for (let i = 0; i < 5; i++) assert.equal(step(tf.scalar(i)).dataSync()[0], 3 * i);
    assert.equal(step.stats.replays, 2);
  });

  it("tells which JavaScript number changes", () => {
    let t = 0;
    const reason = reasonOf((x) => {
      const minusT = -++t;
      place = nextLine();
      return tf.mul(x, minusT);
    });
    tells(reason, "-3, then -4", "host()", place);
  });

  it("tells where JavaScript draws random numbers", () => {
    const reason = reasonOf((x) => {
      place = nextLine();
      return tf.dropout(x, 0.5);
    });
    tells(reason, "hostTensor()", place);
  });

  it("names the place where the numbers were made, not where they are used", () => {
    let t = 0;
    const reason = reasonOf((x) => {
      place = nextLine();
      const made = tf.tensor([++t, 1]);
      return tf.add(x, made);
    });
    tells(reason, place);
  });

  it("tells where the operations change", () => {
    let t = 0;
    const reason = reasonOf((x) => {
      place = nextLine();
      return ++t % 2 ? tf.sin(x) : tf.cos(x);
    });
    tells(reason, "something else", "Sin", "Cos", place);
  });

  it("tells where settings change", () => {
    let t = 0;
    const reason = reasonOf((x) => {
      place = nextLine();
      return tf.oneHot(tf.cast(x, "int32"), 3, ++t, 0);
    });
    tells(reason, "from call to call", place);
  });

  it("tells where other tensors are used", () => {
    const weights = [tf.tensor([1, 2]), tf.tensor([3, 4])];
    let t = 0;
    const reason = reasonOf((x) => {
      place = nextLine();
      return tf.mul(x, weights[++t % 2]!);
    });
    tells(reason, "replaced between calls", "argument", place);
  });

  it("tells that a result of the last call must come as an argument", () => {
    let last: tf.Tensor = tf.tensor([0, 0]);
    const step = nn.compile(
      (x: tf.Tensor) => {
        place = nextLine();
        last = tf.add(x, last);
        return last;
      },
      { onFallback: () => {} },
    );
    for (let i = 0; i < 6; i++) step(tf.tensor([i, 1]));
    assert.deepEqual([...last.dataSync()], [15, 6]);
    tells(step.reason!, "a result of the last call", place);
  });

  it("tells that tensors pile up", () => {
    const history: tf.Tensor[] = [];
    const reason = reasonOf((x) => {
      const y = tf.square(x);
      place = nextLine();
      history.push(tf.keep(tf.sum(y)));
      return y;
    });
    tells(reason, "keeps a new tensor", place);
    assert.equal(history.length, 8);
  });

  it("tells where the number of results depends on values", () => {
    const reason = reasonOf((x) => {
      place = nextLine();
      return tf.unique(tf.cast(x, "int32") as tf.Tensor1D).values;
    });
    tells(reason, "UniqueV2", place);
  });

  it("tells that strings stay outside", () => {
    tells(
      reasonOf((x) => tf.add(x, tf.concat([tf.tensor(["a"]), tf.tensor(["b"])]).size)),
      "strings",
    );
  });

  it("tells that results must be tensors", () => {
    const step = nn.compile((x: tf.Tensor) => [tf.square(x), 3] as const, { onFallback: () => {} });
    for (let i = 0; i < 5; i++) assert.equal(step(tf.scalar(i))[1], 3);
    tells(step.reason!, "returns a number");
  });

  it("tells that variables are made, disposed or changed only sometimes", () => {
    let t = 0;
    tells(
      reasonOf((x) => tf.square(tf.variable(x))),
      "a new tf.Variable",
    );
    const total = tf.variable(tf.zeros([2]));
    const sometimes = reasonOf((x) => {
      const y = tf.square(x);
      if (++t % 2) total.assign(y);
      return y;
    });
    tells(sometimes, "in some calls only");
  });

  it("gives up when every call has another shape", () => {
    const compiled = nn.compile((x: tf.Tensor) => tf.sum(x), { onFallback: () => {} });
    for (let i = 1; i < 60; i++) assert.equal(compiled(tf.ones([i])).dataSync()[0], i);
    tells(compiled.reason!, "in every call");
  });

  it("gives up when a tensor from outside is replaced again and again", () => {
    let scale = tf.keep(tf.scalar(1));
    const compiled = nn.compile((x: tf.Tensor) => tf.mul(x, scale), { onFallback: () => {} });
    for (let i = 0; i < 60; i++) {
      if (i % 4 === 3) {
        scale.dispose();
        scale = tf.keep(tf.scalar(i));
      }
      assert.equal(compiled(tf.scalar(2)).dataSync()[0], 2 * scale.dataSync()[0]!);
    }
    tells(compiled.reason!, "again and again");
  });

  it("refuses async functions", () => {
    assert.throws(() => nn.compile(async (x: tf.Tensor) => x), /not async/);
  });

  it("throws what the step throws, and goes on afterwards", () => {
    let broken = false;
    const step = nn.compile((x: tf.Tensor) => {
      const y = tf.square(x);
      if (broken) throw new Error("broken");
      return y;
    });
    for (let i = 0; i < 6; i++) {
      broken = i === 1;
      if (broken) assert.throws(() => step(tf.scalar(i)), /^Error: broken$/);
      else assert.equal(step(tf.scalar(i)).dataSync()[0], i * i);
    }
    assert.equal(step.stats.replays, 2);
  });

  it("throws with strict", () => {
    const step = nn.compile((x: tf.Tensor) => tf.mul(x, Math.random()), { strict: true });
    assert.throws(() => {
      for (let i = 0; i < 8; i++) step(tf.scalar(i));
    }, /^Error: compile: JavaScript makes other numbers/);
  });

  it("runs eagerly, without a warning, where there are no graphs", () => {
    const program = `
      const { nn, tf } = require("unrolled");
      const step = nn.compile((x) => tf.square(x), { onFallback: (m) => console.log("warned", m) });
      for (let i = 0; i < 5; i++) step(tf.scalar(i)).dispose();
      console.log(step(tf.scalar(3)).dataSync()[0], step.stats.replays, step.reason);`;
    const env = { ...process.env, UNROLLED_BACKEND: "cpu" };
    const out = execFileSync(process.execPath, ["-e", program], { env, encoding: "utf8" });
    assert.equal(out.trim(), '9 0 the backend "cpu" has no graphs');
  });
});
