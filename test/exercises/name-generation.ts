import { learner } from "../../scripts/grade/learner.mjs";
import { atMost, between, close, holds, same } from "../../scripts/grade/expect.mjs";
import torch from "./name-generation.expected.json";

/** The twenty names of the second notebook. */
const names = [
  "emma", "olivia", "ava", "sophia", "isabella", "mia", "charlotte", "amelia", "harper", "evelyn",
  "liam", "noah", "william", "james", "oliver", "benjamin", "elijah", "lucas", "mason", "logan",
]; // prettier-ignore

describe("name-generation", () => {
  const code = learner("name-generation");

  it("pairs each letter with the one that follows, from ^ to $", async () => {
    const hint = "x begins with ^ and lacks $; y is the same one place further: it lacks ^ and ends with $.";
    const emma = await code.drive("pair", "emma", ["emma"]); // $ ^ a e m
    same(Array.from(emma.x), [1, 3, 4, 4, 2], { what: 'x of namePair("emma")', hint });
    same(Array.from(emma.y), [3, 4, 4, 2, 0], { what: 'y of namePair("emma")', hint });
    for (const name of ["o", ...names.slice(4, 8)]) {
      const { x, y } = await code.drive("pair", name, names);
      const known = [...new Set(`^$${names.join("")}`)].sort();
      same(Array.from(x, (id) => known[id as number]), [..."^" + name], { what: `the letters of x for "${name}"`, hint }); // prettier-ignore
      same(Array.from(y, (id) => known[id as number]), [...name + "$"], { what: `the letters of y for "${name}"`, hint }); // prettier-ignore
    }
  });

  it("scores the next letter as PyTorch does", async () => {
    for (const { scores, last, ...input } of torch.forward.slice(0, 2)) {
      const got = await code.drive("forward", input);
      const what = `for x [${input.x.length}, ${input.x[0].length}]`;
      close(got.scores, scores, { what: `the scores ${what}`, hint: "embedding, then rnn, then fc", atol: 1e-5 });
      close(got.state, last, {
        what: `the state ${what}`,
        hint: "return the second result of rnn.forward",
        atol: 1e-5,
      });
    }
  });

  it("goes on from the state it is given", async () => {
    const { scores, last, ...input } = torch.forward[2];
    const hint = "Hand the state on: this.rnn.forward(letters, state).";
    const got = await code.drive("forward", input);
    close(got.scores, scores, { what: "the scores after a given state", hint, atol: 1e-5 });
    close(got.state, last, { what: "the state after a given state", hint, atol: 1e-5 });
    // Reading two halves must be the same as reading the whole.
    const whole = { weights: input.weights, sizes: input.sizes, x: input.x };
    const all = await code.drive("forward", whole);
    const first = await code.drive("forward", { ...whole, x: whole.x.map((row) => row.slice(0, 1)) });
    const rest = await code.drive("forward", { ...whole, x: whole.x.map((row) => row.slice(1)), state: first.state });
    close(rest.scores, all.scores.map((row: number[][]) => row.slice(1)), { what: "the scores of the second half", hint, atol: 1e-5 }); // prettier-ignore
  });

  it("takes the mean over letters, not over what is filled in", async () => {
    const hint = "Reshape to [B·T, V] and [B·T], and ignore the class −1.";
    for (const { scores, y, loss } of torch.losses) {
      close(await code.drive("loss", scores, y), loss, { what: "the loss", hint, atol: 1e-5 });
      const wider = await code.drive(
        "loss",
        scores.map((row) => [...row, row[0].map((_, i) => 9 * i)]),
        y.map((row) => [...row, -1]),
      );
      close(wider, loss, { what: "the loss with one more filled-in place in each name", hint, atol: 1e-5 });
    }
  });

  it("writes what is drawn, from ^ to $, without the marks", async () => {
    for (const name of ["ava", "o", "isabella"]) {
      const got = await code.drive("writeScripted", `${name}$`, names);
      same(got.read[0], "^", { what: "the first letter that is read", hint: "A name begins after ^." });
      same(got.name, name, { what: "the name", hint: "Stop at $; neither mark belongs to the name." });
      same(got.read.join(""), `^${name}`, { what: "what is read", hint: "Each letter that was drawn is read next." });
    }
    same((await code.drive("writeScripted", "$", names)).name, "", { what: "a name that ends at once" });
  });

  it("hands the state from letter to letter", async () => {
    const { states } = await code.drive("writeScripted", "mia$", names);
    const hint = "The first step gets no state (undefined), each further one the state that the step before returned.";
    holds(states[0] === undefined, `the first step got a state: ${JSON.stringify(states[0])}`, { hint });
    same(states.slice(1), [1, 2, 3], { what: "the states given to the steps after the first", hint });
  });

  it("stops at maxLength letters", async () => {
    const hint = "A network that never says $ must not write for ever.";
    same((await code.drive("writeScripted", "ab", ["ab"], 7)).name, "abababa", { what: "the name with maxLength 7", hint }); // prettier-ignore
    same((await code.drive("writeScripted", "abc$", ["abc"], 3)).name, "abc", { what: "the name with maxLength 3", hint }); // prettier-ignore
    same((await code.drive("writeScripted", "ab", ["ab"])).name.length, 20, { what: "the length if nothing is said", hint }); // prettier-ignore
  });

  it("draws the names that PyTorch draws, at each temperature", async () => {
    const { table, letters } = torch;
    for (const { names: expected, ...draw } of torch.drawn) {
      const got = await code.drive("writeDrawn", { table, letters, ...draw });
      const hint = "sample(scores, sampling) once for each letter, with the caller's sampling.";
      same(got, expected, { what: `the names at temperature ${draw.temperature}`, hint });
    }
  });

  it("learns twenty names by heart", async () => {
    // All that a perfect memory cannot know is which of the twenty comes: ln 20 for each name, spread over its letters and $.
    const least = (names.length * Math.log(names.length)) / (names.join("$") + "$").length;
    const { losses, written } = await code.drive("train", { names, seed: 7, steps: 70 });
    // Seeds 0 to 11: 3.06 to 3.12 before, 0.465 to 0.472 after 70 steps, with 0.454 the least possible; 30 of 30 names are known, 12 to 18 different.
    between(losses[0], 2.9, 3.4, { what: "the loss before training", hint: "It should be about ln 24 = 3.18." });
    const [last] = losses.slice(-1);
    atMost(last, 0.5, { what: "the loss after 70 steps", hint: "Look at the tests above first." });
    between(last, least - 1e-3, 0.5, {
      what: "the loss after 70 steps",
      hint: `Below ${least.toFixed(3)} the model must have seen what it was to say.`,
    });
    const known = written.filter((name: string) => names.includes(name));
    const hint = `It wrote: ${written.slice(0, 8).join(", ")}.`;
    between(known.length, 20, 30, { what: "how many of 30 written names are among the twenty", hint });
    between(new Set(known).size, 5, 20, { what: "how many different ones", hint });
  });
});
