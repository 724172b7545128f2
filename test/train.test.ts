import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import path from "node:path";
import { fit, interruptible, InterruptedError, NonFiniteLossError, tf, type History, type Progress } from "unrolled";

const batches = [4, 2, 6];

describe("fit", () => {
  it("keeps the loss of every batch and the mean of every epoch", async () => {
    const seen: number[] = [];
    const { losses, epochLosses, seconds } = await fit(
      (batch: number) => {
        seen.push(batch);
        return batch / 2;
      },
      batches,
      { epochs: 2 },
    );
    assert.deepEqual(seen, [4, 2, 6, 4, 2, 6]);
    assert.deepEqual(losses, [2, 1, 3, 2, 1, 3]);
    assert.deepEqual(epochLosses, [2, 2]);
    assert.ok(seconds > 0);
    assert.deepEqual(batches, [4, 2, 6]);
  });

  it("reads scalar tensors and frees them, and whatever else a step makes", async () => {
    const before = tf.memory().numTensors;
    const { losses } = await fit((x: number) => tf.mul(tf.scalar(x), tf.scalar(2)), batches);
    assert.deepEqual(losses, [8, 4, 12]);
    assert.equal(tf.memory().numTensors, before);
    await assert.rejects(
      fit(() => tf.zeros([2]), batches),
      /fit: expected step to return a scalar loss, got 2 numbers/,
    );
  });

  it("tells where it is after every batch and every epoch, and waits for what is done then", async () => {
    const after: string[] = [];
    const note =
      (what: string) =>
      ({ epoch, epochs, batch, batches, step, loss, epochLoss }: Progress) =>
        void after.push(`${what} ${epoch}/${epochs} ${batch}/${batches} ${step} ${loss} ${epochLoss}`);
    await fit((x: number) => x, batches, {
      epochs: 2,
      onBatch: note("batch"),
      onEpoch: async (progress) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        note("epoch")(progress);
      },
    });
    assert.deepEqual(after, [
      "batch 1/2 1/3 1 4 4",
      "batch 1/2 2/3 2 2 3",
      "batch 1/2 3/3 3 6 4",
      "epoch 1/2 3/3 3 6 4",
      "batch 2/2 1/3 4 4 4",
      "batch 2/2 2/3 5 2 3",
      "batch 2/2 3/3 6 6 4",
      "epoch 2/2 3/3 6 6 4",
    ]);
  });

  it("draws one bar for each epoch and shows the losses after it", async () => {
    const drawn: unknown[] = [];
    const progress = <T>(items: Iterable<T>, options: { desc: string; total?: number }) => {
      drawn.push(options);
      return Object.assign([...items], { setPostfix: (values: Record<string, string>) => void drawn.push(values) });
    };
    await fit((x: number) => x, [1, 2], { epochs: 2, progress });
    assert.deepEqual(drawn, [
      { desc: "Epoch 1/2", total: 2 },
      { batch_loss: "1.0000", epoch_loss: "1.0000" },
      { batch_loss: "2.0000", epoch_loss: "1.5000" },
      { desc: "Epoch 2/2", total: 2 },
      { batch_loss: "1.0000", epoch_loss: "1.0000" },
      { batch_loss: "2.0000", epoch_loss: "1.5000" },
    ]);
  });

  it("goes on with a history", async () => {
    const history = await fit((x: number) => x, [1]);
    const { seconds } = history;
    assert.equal(await fit((x: number) => x, [3], { history }), history);
    assert.deepEqual(history.losses, [1, 3]);
    assert.deepEqual(history.epochLosses, [1, 3]);
    assert.ok(history.seconds > seconds);
  });

  it("stops where the loss becomes NaN, says where, and keeps what came before", async () => {
    const losses = [3, 2, NaN, 1];
    let steps = 0;
    await assert.rejects(
      fit(() => losses[steps++], [0, 0], { epochs: 9 }),
      (error: NonFiniteLossError) => {
        assert.ok(error instanceof NonFiniteLossError);
        assert.match(
          error.message,
          /^fit: the loss became NaN in epoch 2, batch 1 \(step 3\); try a lower learning rate/,
        );
        assert.deepEqual(error.history?.losses, [3, 2, NaN]);
        assert.deepEqual(error.history?.epochLosses, [2.5]);
        return true;
      },
    );
    assert.equal(steps, 3);
    await assert.rejects(
      fit(() => Infinity, [0]),
      /the loss became Infinity/,
    );
  });

  it("lets the event loop turn between batches", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await fit(
      () => {
        const until = performance.now() + 3;
        while (performance.now() < until);
        return 0;
      },
      Array.from({ length: 10 }),
    );
    clearInterval(timer);
    assert.ok(turns >= 5, `${turns} turns`);
  });

  it("adds its interrupt listener after the first turn, takes it away again, and leaves others alone", async () => {
    const before = process.listeners("SIGINT");
    const training = fit(() => process.listenerCount("SIGINT"), [0]);
    assert.deepEqual(process.listeners("SIGINT"), before);
    assert.deepEqual((await training).losses, [before.length + 1]);
    await fit(() => NaN, [0]).catch(() => {});
    await fit(() => assert.fail(), [0]).catch(() => {});
    assert.deepEqual(process.listeners("SIGINT"), before);
  });

  it("stops after the running batch when it is interrupted, and closes the loader", async () => {
    let closed = false;
    function* loader() {
      try {
        for (let i = 0; i < 5; i++) yield i;
      } finally {
        closed = true;
      }
    }
    const items = Object.assign({ length: 5 }, { [Symbol.iterator]: loader });
    let history: History | undefined;
    await assert.rejects(
      fit((i: number) => (i === 2 ? (process.emit("SIGINT"), 7) : i), items, { epochs: 10 }),
      (error: InterruptedError) => {
        assert.ok(error instanceof InterruptedError);
        assert.equal(String(error), "InterruptedError: stopped after step 3 of 50");
        history = error.history;
        return true;
      },
    );
    assert.deepEqual(history?.losses, [0, 1, 7]);
    assert.ok(closed);
  });

  it("does not report an interrupt that comes with the very last batch", async () => {
    const { epochLosses } = await fit((i: number) => (process.emit("SIGINT"), i), [1]);
    assert.deepEqual(epochLosses, [1]);
  });

  it("stops a process at Ctrl-C after the running batch", async () => {
    const script = path.join(__dirname, "fixtures", "train-forever.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk) => {
      if (out === "") child.kill("SIGINT");
      out += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 0);
    assert.match(out, /InterruptedError: stopped after step \d+ of 1000\nthe process goes on\n$/);
  });

  // The first said "Cannot read properties of undefined", the second that dataSync is no function, the third that there was no
  // batch at all.
  it("tells what is wrong with a step that returns nothing, one that is async, and batches that are used up", async () => {
    const forgets = (() => undefined) as unknown as () => number;
    await assert.rejects(fit(forgets, batches), {
      name: "TypeError",
      message: "fit: expected step to return a loss, got undefined: is its return missing?",
    });
    await assert.rejects(fit((() => "2") as unknown as () => number, batches), /to return a loss, got string$/);
    const told: unknown[] = [];
    const note = (what: unknown) => told.push(what);
    const { error } = console;
    console.error = note; // tf.tidy complains there about promises
    process.on("unhandledRejection", note);
    try {
      let steps = 0;
      const late = async () => {
        steps++;
        await Promise.resolve();
        throw new Error("after the await");
      };
      for (const step of [late, () => late()]) {
        await assert.rejects(fit(step as unknown as () => number, batches), {
          name: "TypeError",
          message:
            "fit: expected a step that is not async, for its tensors are freed when it returns; await outside of it",
        });
      }
      assert.equal(steps, 1, "an async function is not even begun");
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(told, []);
    } finally {
      console.error = error;
      process.off("unhandledRejection", note);
    }
    const used = (function* () {
      yield* batches;
    })();
    const history: History = { losses: [], epochLosses: [], seconds: 0 };
    await assert.rejects(
      fit((x: number) => x, used, { epochs: 2, history }),
      {
        name: "RangeError",
        message:
          "fit: epoch 2 got no batch: batches that can be gone through only once, such as a generator, serve one epoch; " +
          "pass an array, a DataLoader or whatever begins anew",
      },
    );
    assert.deepEqual([history.losses, history.epochLosses], [[4, 2, 6], [4]]);
  });

  it("refuses no batches and epochs that cannot be", async () => {
    await assert.rejects(
      fit(() => 0, []),
      /fit: expected at least one batch, got none/,
    );
    await assert.rejects(
      fit(() => 0, [0], { epochs: 1.5 }),
      /epochs of 0 or more, got 1.5/,
    );
    assert.deepEqual((await fit(() => 0, [0], { epochs: 0 })).losses, []);
  });
});

describe("interruptible", () => {
  it("gives every item and the length, and stops after the running item", async () => {
    const items = interruptible([1, 2, 3]);
    assert.equal(items.length, 3);
    const seen: number[] = [];
    for await (const item of items) seen.push(item);
    assert.deepEqual(seen, [1, 2, 3]);
    const listeners = process.listenerCount("SIGINT");
    await assert.rejects(
      async () => {
        for await (const item of items) if (item === 2) process.emit("SIGINT");
      },
      { name: "InterruptedError", message: "stopped after step 2 of 3" },
    );
    for await (const item of items) if (item === 2) break;
    assert.equal(process.listenerCount("SIGINT"), listeners);
  });

  // All was done, and it threw: what stands after the loop, such as saving the model, did not run.
  it("does not report an interrupt that comes with the very last item, whether the length is known or not", async () => {
    const generator = function* () {
      yield* [1, 2, 3];
    };
    for (const items of [[1, 2, 3], generator()]) {
      const seen: number[] = [];
      for await (const item of interruptible(items)) {
        seen.push(item);
        if (item === 3) process.emit("SIGINT");
      }
      assert.deepEqual(seen, [1, 2, 3]);
    }
    let closed = false;
    const loader = function* () {
      try {
        yield* [1, 2, 3];
      } finally {
        closed = true;
      }
    };
    await assert.rejects(
      async () => {
        for await (const item of interruptible(loader())) if (item === 2) process.emit("SIGINT");
      },
      { name: "InterruptedError", message: "stopped after step 2" },
    );
    assert.ok(closed);
  });
});
