/** The judge's tests of "index-error": windows against NumPy's, and what must hold for any sequence. */
import { RandomState } from "../../lib/dist/random";
import { holds, same, unchanged } from "../../scripts/grade/expect.mjs";
import { kindOf } from "../../scripts/grade/describe.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import { fields } from "./support/fields";
import cases from "./index-error.expected.json";

const show = (sequence: readonly number[], length: number) => `makeWindows([${sequence.join(", ")}], ${length})`;

describe("index-error", () => {
  const code = learner("index-error");

  /** The windows, unless a label was read beyond the end: that says more than a wrong shape. */
  async function windows(sequence: readonly number[], length: number) {
    const result = await code.call("makeWindows", sequence, length);
    const i = Array.isArray(result?.labels) ? result.labels.indexOf(undefined) : -1;
    holds(i < 0, `${show(sequence, length)}.labels[${i}] is undefined: nothing stands at the index that was read`, {
      hint: `A sequence of ${sequence.length} numbers has nothing at index ${sequence.length} or above.`,
    });
    return fields(result, ["data", "labels"], `the result of ${show(sequence, length)}`);
  }

  it("makes the two pairs of the notebook", async () => {
    const hint = "What is the largest index that the loop reads, and what is the largest one there is?";
    const expected = { data: [[0, 1], [1, 2]], labels: [2, 3] }; // prettier-ignore
    same(await windows([0, 1, 2, 3], 2), expected, { what: show([0, 1, 2, 3], 2), hint });
  });

  it("makes windows of any length, as NumPy does", async () => {
    for (const { sequence, length, data, labels } of cases) {
      const hint = "Where does the loop have to end for a window of this length?";
      same(await windows(sequence, length), { data, labels }, { what: show(sequence, length), hint });
    }
  });

  it("makes no window where nothing follows", async () => {
    const hint = "A window counts only if there is a number after it.";
    for (const sequence of [[], [5], [5, 6], [5, 6, 7]]) {
      same(await windows(sequence, 3), { data: [], labels: [] }, { what: show(sequence, 3), hint });
    }
  });

  it("has a label from the sequence for every window", async () => {
    const random = new RandomState(1);
    for (let run = 0; run < 20; run++) {
      const length = random.randint(1, 6);
      const sequence = Array.from(random.randint(10, 99, random.randint(0, 14)));
      const what = show(sequence, length);
      const result: Record<"data" | "labels", unknown> = await windows(sequence, length);
      for (const [name, value] of Object.entries(result))
        holds(
          Array.isArray(value),
          `${what}: ${name} is ${kindOf(value).replace(/^a (?=Int)/, "an ")}, expected an array`,
        );
      const { data, labels } = result as Record<"data" | "labels", unknown[]>;
      holds(
        data.length === labels.length,
        `${what}: expected as many labels as windows, got ${labels.length} and ${data.length}`,
      );
      const count = Math.max(0, sequence.length - length);
      same(data.length, count, { what: `the number of windows of ${what}`, hint: "T − length" });
      for (let i = 0; i < count; i++) {
        same(data[i], sequence.slice(i, i + length), { what: `data[${i}] of ${what}` });
        same(labels[i], sequence[i + length], { what: `labels[${i}] of ${what}` });
      }
    }
  });

  it("leaves the sequence as it was", async () => {
    const sequence = [3, 1, 4, 1, 5, 9];
    const { value, args } = await code.inspect("makeWindows", sequence, 2);
    const what = show(sequence, 2);
    const got = fields(value, ["data", "labels"], `the result of ${what}`);
    same(got, { data: [[3, 1], [1, 4], [4, 1], [1, 5]], labels: [4, 1, 5, 9] }, { what }); // prettier-ignore
    unchanged(args[0], sequence, { what: "the sequence", hint: "`slice` copies a part, `splice` takes it out." });
    same(await code.call("makeWindows", sequence, 2), value, { what: "a second call with the same sequence" });
  });
});
