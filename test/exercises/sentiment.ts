import { readFileSync } from "node:fs";
import path from "node:path";
import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, between, close, same, unchanged } from "../../scripts/grade/expect.mjs";
import { fields } from "./support/fields";
import torch from "./sentiment.expected.json";

const opinions = readFileSync(path.join(__dirname, "../../datasets/sentiment.tsv"), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => ({ label: Number(row[0]), sentence: row.slice(2) }));

describe("sentiment", () => {
  const code = learner("sentiment");

  it("cuts a sentence into words", async () => {
    const hint = "Lower case first, ’ to ', then all runs of letters and apostrophes; none at all gives [].";
    const cases: [string, string[]][] = [
      ["The film was good.", ["the", "film", "was", "good"]],
      ["Boring, not funny!", ["boring", "not", "funny"]],
      ["I wasn’t sad -- it's GREAT", ["i", "wasn't", "sad", "it's", "great"]],
      ["  Très   chic…(9/10)\n", ["très", "chic"]],
      ["", []],
      ["?!", []],
    ];
    for (const [sentence, words] of cases) {
      same(await code.call("tokenise", sentence), words, { what: `tokenise(${JSON.stringify(sentence)})`, hint });
    }
  });

  it("fills sentences up to the longest", async () => {
    const tokens = ["<pad>", "the", "good", "not", "was", "food"];
    const hint = "The words' numbers, then PAD up to the longest sentence; the lengths count the words alone.";
    const compare = async (text: string[], words: string[], ids: number[][], lengths: number[], which = "") => {
      const sentences = text.map((sentence) => sentence.split(" "));
      const got = await code.drive("batch", sentences, words);
      const batch = fields(got.batch, ["ids", "lengths"], "the result of toBatch");
      same(batch.ids, ids, { what: `ids${which}`, hint });
      same(batch.lengths, lengths, { what: `lengths${which}`, hint });
      unchanged(got.sentences, sentences, {
        what: "the list of sentences",
        hint: "Fill up the rows that you make, not the caller's sentences.",
      });
    };
    await compare(["good", "not good"], tokens, [[2, 0], [3, 2]], [1, 2]); // prettier-ignore
    await compare(
      ["the soup was good", "good", "not the food"],
      tokens,
      [[1, 6, 4, 2], [2, 0, 0, 0], [3, 1, 5, 0]],
      [4, 1, 3],
      " with an unknown word (6)",
    ); // prettier-ignore
    await compare(["food food"], tokens, [[5, 5]], [2], " of one sentence");
    const others = ["(nothing)", "good", "not"]; // PAD is the number 0, whatever word the vocabulary has there
    await compare(["not good", "good"], others, [[2, 1], [1, 0]], [2, 1], " where the vocabulary has no word <pad>"); // prettier-ignore
  });

  it("has the layers, by name and size", async () => {
    const expected = [
      "embedding.weight [9, 4]",
      "gru.weight_ih_l0 [15, 4]",
      "gru.weight_hh_l0 [15, 5]",
      "gru.bias_ih_l0 [15]",
      "gru.bias_hh_l0 [15]",
      "fc.weight [2, 5]",
      "fc.bias [2]",
    ];
    const hint = "embedding: V words, E numbers; gru: E in, H out; fc: H in, 2 out.";
    same(await code.drive("parameters", [9, 4, 5]), expected, {
      what: "the list of parameters for V = 9, E = 4, H = 5",
      hint,
    });
  });

  it("judges by the state after the last word, as PyTorch does", async () => {
    for (const { scores, ...input } of torch) {
      const what = `the scores of sentences of ${input.lengths.join(", ")} words`;
      const hint = "The last state of gru.forward with { lengths }, then fc.";
      close(await code.drive("forward", input), scores, { what, hint, atol: 1e-5 });
    }
  });

  it("does not care what stands behind the last word", async () => {
    const { scores, ...input } = torch[0];
    const hint = "Not the state of the last column: the shorter sentences have only padding there.";
    const wide = input.ids.map((row) => [...row, 0, 0, 0]);
    close(await code.drive("forward", { ...input, ids: wide }), scores, { what: "the scores with three more columns", hint, atol: 1e-5 }); // prettier-ignore
    const other = input.ids.map((row, i) => row.map((id, t) => (t < input.lengths[i] ? id : 7)));
    close(await code.drive("forward", { ...input, ids: other }), scores, { what: "the scores with other padding", hint, atol: 1e-5 }); // prettier-ignore
  });

  it("cares about the order of words", async () => {
    const { weights, sizes } = torch[2];
    const [there, back] = await code.drive("forward", { weights, sizes, ids: [[1, 2, 3, 4], [4, 3, 2, 1]], lengths: [4, 4] }); // prettier-ignore
    const hint = "A mean of the words' vectors knows no order. It is the network that reads.";
    const apart = Math.max(...there.map((score: number, i: number) => Math.abs(score - back[i])));
    between(apart, 1e-3, 10, { what: "how far apart a sentence and the same words in another order are", hint });
  });

  it("judges each sentence by itself", async () => {
    const { scores, ids, lengths, weights, sizes } = torch[0];
    for (const i of [1, 2, 0]) {
      const alone = await code.drive("forward", { weights, sizes, ids: [ids[i].slice(0, lengths[i])], lengths: [lengths[i]] }); // prettier-ignore
      close(alone, [scores[i]], {
        what: `the scores of sentence ${i} alone`,
        hint: "[B, 2], also for B = 1",
        atol: 1e-5,
      });
    }
  });

  it("learns to judge sentences it has never seen", async () => {
    const { losses, accuracy } = await code.drive("train", { opinions, seed: 1, steps: 80 });
    // Seeds 0 to 11, each with another split: 0.67 to 0.73 before, 0.013 to 0.021 after 80 steps, 0.87 to 1.00 judged rightly.
    between(losses[0], 0.5, 1, { what: "the loss before training", hint: "It should be about ln 2 = 0.69." });
    atMost(losses.at(-1), 0.2, { what: "the loss after 80 steps", hint: "Look at the tests above first." });
    const hint = "Counting words gives about 0.3 here (twins of the same words have opposite labels), guessing 0.5.";
    between(accuracy, 0.7, 1, { what: "the share of 60 new sentences judged rightly", hint });
  });
});
