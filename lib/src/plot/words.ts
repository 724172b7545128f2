/** Words in rows, coloured by what they are: what a model wrote for each class, say. For numbers there is the heatmap. */
import { figure, type Figure, type FigureOptions } from "./figure";
import { legendAbove } from "./line";
import { seriesColors } from "./theme";

/** A word and the group that gives it its colour. */
export interface Word {
  text: string;
  group: string;
}

export interface WordsOptions extends FigureOptions {
  /** The colour of each group, and their order in the legend; by default the groups as they appear. */
  colors?: Readonly<Record<string, string>>;
}

/** One row for each entry of `{ Irish: [{ text: "Brannan", group: "new" }] }`, first row on top. */
export function words(rows: Readonly<Record<string, readonly Word[]>>, options: WordsOptions = {}): Figure {
  const names = Object.keys(rows);
  const found = [...new Set(Object.values(rows).flatMap((row) => row.map(({ group }) => group)))];
  const colors =
    options.colors ?? Object.fromEntries(found.map((name, i) => [name, seriesColors[i % seriesColors.length]!]));
  const unknown = found.find((group) => !(group in colors));
  if (unknown !== undefined) throw new Error(`words: expected a colour for each group, got none for ${unknown}`);
  const traces = Object.entries(colors).map(([group, color]) => {
    const places = names.flatMap((name) =>
      rows[name]!.flatMap((word, x) => (word.group === group ? [{ x, y: name, text: word.text }] : [])),
    );
    return {
      type: "scatter",
      mode: "text",
      name: group,
      x: places.map(({ x }) => x),
      y: places.map(({ y }) => y),
      text: places.map(({ text }) => text),
      textposition: "middle right",
      textfont: { color, size: 13 },
      hovertemplate: `%{text}: ${group}<extra>%{y}</extra>`,
    };
  });
  const longest = Math.max(1, ...names.map((name) => rows[name]!.length));
  const layout = {
    height: 100 + 24 * Math.max(1, names.length),
    xaxis: { visible: false, range: [-0.05, longest], fixedrange: true },
    yaxis: {
      type: "category",
      categoryorder: "array",
      categoryarray: names,
      range: [names.length - 0.5, -0.5],
      dtick: 1,
      showgrid: false,
      zeroline: false,
      fixedrange: true,
    },
    margin: { b: 16 },
    hovermode: "closest",
    ...legendAbove(true),
  };
  const counts = Object.keys(colors).map((group) => {
    const count = Object.values(rows).reduce((sum, row) => sum + row.filter((word) => word.group === group).length, 0);
    return `${count} ${group}`;
  });
  const description = `words in ${names.length} rows: ${counts.join(", ")}`;
  return figure(traces, layout, { description, ...options });
}
