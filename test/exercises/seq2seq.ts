import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, between, close, same } from "../../scripts/grade/expect.mjs";
import { fields } from "./support/fields";
import torch from "./seq2seq.expected.json";

/** All strings of two to four of these letters, mixed, with their reversals: 336 pairs. */
function reversals(letters: string) {
  let sources = [...letters];
  const pairs: { source: string; target: string }[] = [];
  for (let length = 2; length <= 4; length++) {
    sources = sources.flatMap((source) => [...letters].map((letter) => source + letter));
    for (const source of sources) pairs.push({ source, target: [...source].reverse().join("") });
  }
  let seed = 1; // a small linear congruential generator is enough to mix
  const random = () => (seed = (seed * 48271) % 2147483647);
  return pairs.map((pair) => ({ pair, key: random() })).sort((a, b) => a.key - b.key).map(({ pair }) => pair); // prettier-ignore
}

describe("seq2seq", () => {
  const code = learner("seq2seq");

  it("lets the decoder read the target one step late", async () => {
    const teachOf = (got: unknown) => fields(got, ["inputs", "outputs"], "the result of teach");
    const hint = "inputs: the start mark, then the target. outputs: the target, then the end mark.";
    same(teachOf(await code.call("teach", [5, 3, 4], 0, 1)), { inputs: [0, 5, 3, 4], outputs: [5, 3, 4, 1] }, { what: "teach([5, 3, 4], 0, 1)", hint }); // prettier-ignore
    same(teachOf(await code.call("teach", [], 7, 9)), { inputs: [7], outputs: [9] }, { what: "teach([], 7, 9)", hint });
    const { value, args } = await code.inspect("teach", [2, 2], 0, 1);
    same(teachOf(value), { inputs: [0, 2, 2], outputs: [2, 2, 1] }, { what: "teach([2, 2], 0, 1)", hint });
    same(args[0], [2, 2], {
      what: "the target after the call",
      hint: "Make new lists, and leave the target as it is.",
    });
  });

  it("encodes each source up to its own last symbol, as PyTorch does", async () => {
    for (const { weights, sizes, source, lengths, state } of torch) {
      const what = `the state after sources of ${lengths.join(", ")} symbols`;
      const hint = "The last state of encoder.forward with { lengths }.";
      close(await code.drive("encode", { weights, sizes, source, lengths }), state, { what, hint, atol: 1e-5 });
    }
    const { weights, sizes, source, lengths, state } = torch[0];
    const wide = { weights, sizes, source: source.map((row) => [...row, 5, 5]), lengths };
    const hint = "What stands behind a source's last symbol is only there to fill the row.";
    close(await code.drive("encode", wide), state, { what: "the state with two more columns", hint, atol: 1e-5 }); // prettier-ignore
  });

  it("decodes from the state it is given, as PyTorch does", async () => {
    const hint = "targetEmbedding, then decoder with the state, then fc.";
    for (const { weights, sizes, inputs, state, scores, after } of torch) {
      const got = await code.drive("decode", { weights, sizes, inputs }, state);
      close(got.scores, scores, { what: "the scores", hint, atol: 1e-5 });
      close(got.state, after, { what: "the state after decoding", hint, atol: 1e-5 });
    }
    // Symbol by symbol must be the same as all at once.
    const { weights, sizes, inputs, state, scores } = torch[0];
    let before: unknown = state;
    for (const [t] of inputs[0].entries()) {
      const one = await code.drive("decode", { weights, sizes, inputs: inputs.map((row) => [row[t]]) }, before);
      close(one.scores, scores.map((row) => [row[t]]), { what: `the scores of step ${t} alone`, hint, atol: 1e-5 }); // prettier-ignore
      before = one.state;
    }
  });

  it("hands the encoder's state to the decoder", async () => {
    const hint = "this.decode(inputs, this.encode(source, lengths)): its scores alone.";
    for (const { weights, sizes, source, lengths, inputs, scores } of torch) {
      close(await code.drive("forward", { weights, sizes, source, lengths, inputs }), scores, {
        what: "the scores of forward",
        hint,
        atol: 1e-5,
      });
    }
  });

  it("reads what it has written, and hands the state on", async () => {
    const got = await code.drive("translateScripted", { source: [6, 4, 8], script: [5, 3, 3, 2], start: 9, end: 2 });
    same(got.source, [[6, 4, 8]], { what: "the source that is encoded", hint: "A batch of one: [1, S]." });
    same(got.lengths, [[3]], { what: "the lengths that are encoded", hint: "Once, with the number of symbols, [1]." });
    same(got.read, [9, 5, 3, 3], {
      what: "what the decoder reads",
      hint: "The start mark, then each symbol it wrote.",
    });
    const hint = "First the encoder's state (100 here), then the one that the step before returned.";
    same(got.states, [100, 101, 102, 103], { what: "the list of states the decoder begins with", hint });
    same(got.written, [5, 3, 3], { what: "what is written", hint: "Neither mark belongs to it." });
  });

  it("stops at the end mark, or at maxLength", async () => {
    const write = async (options: object) =>
      (await code.drive("translateScripted", { source: [2], start: 9, end: 2, ...options })).written;
    same(await write({ script: [2] }), [], { what: "what is written when the end comes at once" });
    same(await write({ script: [4, 5], maxLength: 5 }), [4, 5, 4, 5, 4], { what: "what is written with maxLength 5" });
    same((await write({ script: [4] })).length, 30, { what: "how much is written if no maxLength is given" });
    same(await write({ script: [7, 9, 7, 2] }), [7, 9, 7], { what: "what is written when the start mark comes up again", hint: "Only the end mark ends it." }); // prettier-ignore
    same(await write({ script: [0, 1, 2] }), [0, 1], { what: "what is written with the end mark 2", hint: "The marks are `start` and `end`, whatever numbers these are." }); // prettier-ignore
  });

  it("translates as PyTorch does", async () => {
    for (const { source, lengths, end, translations, weights, sizes } of torch) {
      for (const [i, row] of source.entries()) {
        const options = { start: 0, end, maxLength: 9 };
        const got = await code.drive("translate", { weights, sizes }, row.slice(0, lengths[i]), options);
        same([...got], translations[i], { what: `the translation of source ${i}`, hint: "Always the highest score." });
      }
    }
  });

  it("learns to write words backwards", async () => {
    const pairs = reversals("abcd");
    const tests = pairs.slice(0, 36);
    const { losses, written } = await code.drive("train", { pairs: pairs.slice(36), tests, seed: 3, steps: 100 });
    // Seeds 0 to 10, 150 steps: 1.74 to 1.85 before, 0.005 to 0.014 after 100, and always 36 of 36 words right.
    between(losses[0], 1.5, 2.1, { what: "the loss before training", hint: "It should be about ln 6 = 1.79." });
    atMost(losses.at(-1), 0.3, { what: "the loss after 100 steps", hint: "Look at the tests above first." });
    const right = tests.filter(({ target }, i) => written[i] === target).length;
    const shown = tests.slice(0, 3).map(({ source }, i) => `${source} became ${written[i] || "nothing"}`);
    between(right, 20, 36, { what: "how many of 36 new words it reverses", hint: `${shown.join(", ")}.` });
  });
});
