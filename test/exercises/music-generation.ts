import { readFileSync } from "node:fs";
import path from "node:path";
import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, between, close, same } from "../../scripts/grade/expect.mjs";
import torch from "./music-generation.expected.json";

/** The tunes of the course, as datasets/README.md describes them. */
function readTunes() {
  const [, ...rows] = readFileSync(path.join(__dirname, "../../datasets/melodies.tsv"), "utf8").trim().split("\n");
  return rows.map((row) => {
    const words = row.split("\t")[2].split(" ").filter((word) => word !== "|"); // prettier-ignore
    const semitones: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
    const notes = words.map((word) => {
      const [, letter, octave, beats] = /^([A-GR])(\d?):(.+)$/.exec(word)!;
      return { pitch: letter === "R" ? null : semitones[letter] + 12 * (Number(octave) + 1), beats: Number(beats) };
    });
    return { words, notes };
  });
}

describe("music-generation", () => {
  const code = learner("music-generation");

  /** The MIDI standard: 60 is C4, 69 is A4, 0 is C-1. */
  const notes = [
    { pitch: 60, beats: 1 },
    { pitch: null, beats: 0.5 },
    { pitch: 66, beats: 1.5 },
    { pitch: 69, beats: 4 },
    { pitch: 0, beats: 0.25 },
  ];
  const words = ["C4:1", "R:0.5", "F#4:1.5", "A4:4", "C-1:0.25"];

  it("writes notes as words, with the end after them", async () => {
    const hint = "`${name}:${beats}` for each note; the name is R only where the pitch is null; END comes last.";
    same(await code.call("toTokens", notes), [...words, "end"], { what: "toTokens(notes)", hint });
    same(await code.call("toTokens", []), ["end"], { what: "toTokens([])", hint });
  });

  it("reads words as notes, up to the end", async () => {
    const hint = 'Cut each word at the colon; Number("0.5") is 0.5; R is null.';
    same(await code.call("toNotes", words), notes, { what: "toNotes of words without an end", hint });
    same(await code.call("toNotes", [...words, "end"]), notes, { what: "toNotes of words with an end", hint });
    const cut = [words[0], "end", words[1], "end"];
    same(await code.call("toNotes", cut), notes.slice(0, 1), { what: "toNotes of words after an end, too", hint: "Stop at the first END." }); // prettier-ignore
  });

  it("gets every note back as it was", async () => {
    const all = Array.from({ length: 130 }, (_, i) => ({
      pitch: i < 128 ? i : null,
      beats: [0.5, 1 / 3, 2, 1.75][i % 4],
    }));
    const { value, args } = await code.inspect("toTokens", all);
    same(await code.call("toNotes", value), all, { what: "toNotes(toTokens(notes))" });
    same(args[0], all, { what: "the notes after the call", hint: "Make new words, and leave the notes as they are." });
    same(new Set(value).size, 131, { what: "how many different words 130 different notes and the end make" });
  });

  it("has the layers, by name and size", async () => {
    const expected = [
      "embedding.weight [9, 4]",
      "lstm.weight_ih_l0 [20, 4]",
      "lstm.weight_hh_l0 [20, 5]",
      "lstm.bias_ih_l0 [20]",
      "lstm.bias_hh_l0 [20]",
      "fc.weight [9, 5]",
      "fc.bias [9]",
    ];
    const hint = "embedding: V words, E numbers; lstm: E in, H out; fc: H in, V out.";
    same(await code.drive("parameters", [9, 4, 5]), expected, {
      what: "the list of parameters for V = 9, E = 4, H = 5",
      hint,
    });
  });

  it("scores the next word as PyTorch does", async () => {
    for (const { scores, last, ...input } of torch.forward.slice(0, 2)) {
      const got = await code.drive("forward", input);
      const what = `for x [${input.x.length}, ${input.x[0].length}]`;
      close(got.scores, scores, { what: `the scores ${what}`, hint: "embedding, then lstm, then fc", atol: 1e-5 });
      close(got.state, last, {
        what: `the state ${what}`,
        hint: "return the pair that lstm.forward returns",
        atol: 1e-5,
      });
    }
  });

  it("goes on from the pair of states it is given", async () => {
    const { scores, last, ...input } = torch.forward[2];
    const got = await code.drive("forward", input);
    const hint = "Hand the pair on: this.lstm.forward(words, state).";
    close(got.scores, scores, { what: "the scores after a given state", hint, atol: 1e-5 });
    close(got.state, last, { what: "the state after a given state", hint, atol: 1e-5 });
  });

  it("reads the whole seed first, each word once", async () => {
    const seed = [7, 3, 3, 5];
    const got = await code.drive("continueScripted", { seed, script: [1, 2, 0], end: 0 });
    const hint = "Read all numbers of the seed; draw only after the last; then read what was drawn.";
    same(got.read.slice(0, 6), [7, 3, 3, 5, 1, 2], { what: "the numbers read, in order", hint });
    same(got.seed, seed, { what: "the seed after the call", hint: "Leave the caller's seed as it is." });
    const states = got.states.slice(0, 6).map((state: string | undefined) => state ?? "none");
    const expected = ["none", "after 1", "after 2", "after 3", "after 4", "after 5"];
    same(states, expected, {
      what: "the states given to the steps",
      hint: "Give each step the state of the step before.",
    });
  });

  it("returns what it wrote, up to the end or the length", async () => {
    const write = async (more: object) =>
      (await code.drive("continueScripted", { seed: [9], end: 0, ...more })).written;
    same(await write({ script: [4, 4, 2, 0] }), [4, 4, 2], {
      what: "what is written",
      hint: "Neither the seed nor the end.",
    });
    same(await write({ script: [0] }), [], { what: "what is written when the end comes at once" });
    same(await write({ script: [4, 5], length: 3 }), [4, 5, 4], { what: "what is written with length 3" });
    same(await write({ seed: [6, 9], script: [4, 0, 2, 6], end: 6 }), [4, 0, 2], {
      what: "what is written where the end is 6",
      hint: "The number of the end is `end`; 0 may be any word, and the seed may hold an end.",
    });
    same((await write({ script: [4] })).length, 60, { what: "how much is written if no length is given" });
  });

  it("draws what PyTorch draws, at each temperature", async () => {
    for (const { written, ...draw } of torch.drawn) {
      const hint = "sample(scores, sampling) once for each word, with the caller's sampling.";
      const got = await code.drive("continueDrawn", { table: torch.table, ...draw });
      same(got, written, { what: `what is written at temperature ${draw.temperature}`, hint });
    }
  });

  it("learns eight tunes by heart", async () => {
    const tunes = readTunes().slice(0, 8);
    const { tokens, losses, written } = await code.drive("train", { tunes: tunes.map(({ notes }) => notes), seed: 3, steps: 60, given: 4 }); // prettier-ignore
    same(tokens[0], [...tunes[0].words, "end"], { what: "the words of the first tune" });
    // Seeds 0 to 11: 3.65 to 3.69 before, 0.021 to 0.027 after 60 steps, and always 8 of 8 tunes right.
    between(losses[0], 3.4, 4, { what: "the loss before training", hint: "It should be about ln 39 = 3.66." });
    atMost(losses.at(-1), 0.15, { what: "the loss after 60 steps", hint: "Look at the tests above first." });
    const right = tunes.filter(({ notes }, i) => JSON.stringify(written[i]) === JSON.stringify(notes)).length;
    const hint = "The model is always given the first four notes, and the likeliest word is taken.";
    between(right, 6, 8, { what: "how many of 8 tunes it completes note by note", hint });
  });
});
