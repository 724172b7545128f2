/** docs/names.md from the results. */
import { rows, type Result } from "./rows";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

/** "0.841 ± 0.004": mean and standard deviation over the splits; the mean alone if there is one. */
function spread(values: readonly number[]): string {
  const middle = mean(values);
  if (values.length < 2) return middle.toFixed(3);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return `${middle.toFixed(3)} ± ${Math.sqrt(variance).toFixed(3)}`;
}

function table(results: readonly Result[]): string {
  const lines = rows.flatMap(({ key, title }) => {
    const own = results.filter(({ row }) => row === key);
    if (own.length === 0) return [];
    const cells = (["top1", "top2", "macroF1", "arabic"] as const).map((what) => spread(own.map((one) => one[what])));
    return [`| ${[title, ...cells, own.length].join(" | ")} |`];
  });
  if (lines.length === 0) return "Not run yet.";
  return [
    "| model | top-1 | top-2 | macro-F1 | Arabic recall | splits |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

const byName = (results: readonly Result[]) => table(results.filter(({ by }) => by === "name"));
const byLine = (results: readonly Result[]) => table(results.filter(({ by }) => by === "line"));

/** The cell of notebook 4 that shows the tables, as Markdown. */
export function notebookCell(results: readonly Result[]): string {
  return `### All of them, on several splits

One run is one run. \`npm run names\` trains all classifiers of this chapter on several splits of the full set and writes this table (and [docs/names.md](../docs/names.md)): mean ± standard deviation over the splits.

**By distinct name:**

${byName(results)}

**By line**, where the test asks for what training has already told:

${byLine(results)}

Read it from top to bottom. A network that only reads forwards stays behind the n-grams; reading from both ends and the three changes bring it level, and only the large network and the three networks together are ahead of them.`;
}

/** The page as Markdown. */
export function page(results: readonly Result[], total: number): string {
  return `# Names: which language is it?

<!-- Written by \`npm run names\`. Do not edit. -->

${total.toLocaleString("en")} lines, 18 languages. Each figure is the mean over the splits, ± their standard deviation; split and weights come from
seeds 0, 1, 2 … Four fifths are for training, one for testing. Settings were chosen on validation names cut from the training part of the first
three splits; the models here are trained on the whole training part for 14 epochs, and tested once.

## By name

No name stands on both sides, whatever its language and case, and each pair of name and language counts once. This is what a
model knows about names it never saw.

${byName(results)}

## By line

Lines are dealt out at random, so that a name that stands in many lines is on both sides: the 2,000 Arabic lines hold 108 names. These
figures say how well names are remembered. Figures such as 73 % and 80.5 % that are published for these names come from splits
like this one, or from the training names themselves: they can be compared with this table only.

${byLine(results)}

## The models

All networks: embedding of 64, batches of 64 names of about equal length, lower-cased, with marks at begin and end; dropout
0.4; AdamW with a one-cycle rate up to 5e-3 (RNN: 1e-3), gradients clipped to norm 1, 14 epochs. What helped, one after the other: the mean and
the maximum over all steps in place of the last states; hiding one letter in ten; telling each letter from its neighbours, as a second task;
256 states. What did not: smoothed labels, more weight decay, a lower rate, dropout of embeddings, an LSTM in place of the GRU.
`;
}
