/** Writing text one character at a time with a carried state, from a model of Alice's size; each draws the same characters. */
import { data, generateText, manualSeed, stepOf } from "unrolled";
import type { Contender, Workload } from "../types";
import { pytorch, TextModel } from "./models";

const [E, H, V, length] = [64, 128, 39, 200];

/** Any 39 characters, in order. */
const characters = Array.from({ length: V }, (_, i) => String.fromCharCode(48 + i));

function contender(name: string, label: string, threads: number, asStep: boolean): Contender {
  return {
    name,
    label,
    party: "Unrolled",
    threads,
    checks: 1,
    tolerance: 0,
    run: () => {
      manualSeed(0);
      const model = new TextModel(V, E, H);
      const vocabulary = data.Vocabulary.fromText(characters.join(""));
      const writer = asStep ? stepOf(model) : model;
      const seed = characters[0]!;
      return { step: () => [...vocabulary.encode(generateText(writer as never, vocabulary, seed, { length }))] };
    },
  };
}

export const workloads: Workload[] = [
  {
    name: "generate",
    title: `Generation with a carried state: E ${E}, H ${H}, V ${V}, ${length} characters at a time`,
    unit: "character",
    flops: 2 * H * (H + V), // the input product is a row of a table
    perStep: length,
    reference: ["torch-1", "torch-2"],
    contenders: [
      contender("generate", "Unrolled, generateText", 1, false),
      contender("forward", "Unrolled, through forward in TensorFlow", 2, true),
      pytorch(2, "generate.py"),
      pytorch(1, "generate.py"),
    ],
  },
];
