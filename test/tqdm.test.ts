import { strict as assert } from "node:assert";
import { tqdm } from "unrolled";

/** A stream that remembers, as a pipe or as a terminal. */
function sink(isTTY = false) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

const hookName = Symbol.for("jupyter.kernel");
type Message = { type: string; content: { data: Record<string, string>; transient: { display_id: string } } };

/** Runs through an iterable and drops what comes. */
function exhaust(items: Iterable<unknown>): void {
  for (const item of items) void item;
}

/** Runs `body` as if inside our kernel and returns what it published. */
async function inKernel(body: () => unknown): Promise<Message[]> {
  const messages: Message[] = [];
  const hook = {
    publish: (type: string, content: Message["content"]) => messages.push({ type, content }),
    clearOutput() {},
  };
  (globalThis as Record<symbol, unknown>)[hookName] = hook;
  try {
    await body();
  } finally {
    delete (globalThis as Record<symbol, unknown>)[hookName];
  }
  return messages;
}

/** Runs `body` with a clock that moves only when told (milliseconds). */
function withClock<T>(body: (pass: (ms: number) => void) => T): T {
  const real = performance.now;
  let now = real.call(performance);
  performance.now = () => now;
  const restore = (): void => void (performance.now = real);
  const result = body((ms) => (now += ms));
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

describe("tqdm", () => {
  it("passes every item on, in order", () => {
    const seen: string[] = [];
    for (const letter of tqdm("hello", { disable: true })) seen.push(letter);
    assert.deepEqual(seen, [..."hello"]);
    assert.deepEqual([...tqdm(4, { disable: true })], [0, 1, 2, 3]);
  });

  it("prints only the final state into a pipe", () => {
    const stream = sink();
    const bar = tqdm(200, { desc: "Training", unit: "batch", stream });
    for (const i of bar) bar.setPostfix({ loss: 1 / (i + 1) });
    assert.equal(stream.written.length, 1);
    assert.match(stream.written[0], /^Training: 100%\|█{10}\| 200\/200 \[00:00<00:00, .*batch\/s, loss=0\.005\]\n$/);
  });

  it("redraws one line on a terminal and never more than its width", () => {
    const stream = sink(true);
    exhaust(tqdm([1, 2, 3], { desc: "a rather long description of what is going on", stream }));
    assert.equal(stream.written.filter((text) => text.includes("\n")).length, 1);
    for (const text of stream.written) assert.ok(text.replace("\x1b[K", "").trim().length < 60, text);
  });

  it("updates one display in a notebook, first shown and then redrawn", async () => {
    const messages = await inKernel(() => {
      exhaust(tqdm(3, { desc: "<b>" }));
    });
    assert.deepEqual(
      messages.map((message) => message.type),
      ["display_data", "update_display_data"],
    );
    assert.equal(new Set(messages.map((message) => message.content.transient.display_id)).size, 1);
    assert.match(messages[1].content.data["text/html"], /<progress aria-label="&lt;b&gt;" value="3" max="3"/);
    assert.match(messages[1].content.data["text/plain"], /100%.*3\/3/);
  });

  it("draws at most ten times a second", async () => {
    const messages = await inKernel(() =>
      withClock((pass) => {
        for (const item of tqdm(1050)) pass(item >= 0 ? 1 : 0); // 1.05 s in all
      }),
    );
    assert.equal(messages.length, 12); // at 0, every 100 ms, and the end
  });

  it("shows where a broken-off loop stopped", () => {
    const stream = sink();
    for (const i of tqdm(10, { stream })) if (i === 4) break;
    assert.match(stream.written[0], /40%.* 4\/10 /);
  });

  it("takes asynchronous iterables and lets the event loop turn every 20 ms", async () => {
    const order: (number | string)[] = [];
    await withClock(async (pass) => {
      async function* slow() {
        yield* [0, 1, 2, 3];
      }
      setImmediate(() => order.push("interrupt"));
      for await (const i of tqdm(slow(), { disable: true })) {
        order.push(i);
        pass(11);
      }
    });
    assert.deepEqual(order, [0, 1, "interrupt", 2, 3]);
  });

  it("forgets a bar that shall not stay", () => {
    const stream = sink();
    exhaust(tqdm(3, { stream, leave: false }));
    assert.deepEqual(stream.written, []);
  });

  it("names what it cannot iterate", () => {
    assert.throws(() => tqdm(2.5), /tqdm: expected a whole number ≥ 0, got 2.5/);
    assert.throws(
      () => tqdm(undefined as unknown as number[]),
      /tqdm: expected an iterable or a number, got undefined/,
    );
  });
});
