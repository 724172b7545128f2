/** Matrices as colours: weights, hidden states over time, similarities, and the confusion matrix of a classifier. */
import { figure, type Figure, type FigureOptions, type Layout } from "./figure";
import { numbers } from "./line";

/** White to the palette's blue: reads in print and with any colour blindness. */
const sequential: [number, string][] = [
  [0, "#FFFFFF"],
  [0.25, "#BBD6E8"],
  [0.5, "#74AFD3"],
  [0.75, "#2E87BC"],
  [1, "#00466E"],
];

/** Blue below zero, white at zero, vermillion above. */
const diverging: [number, string][] = [
  [0, "#0072B2"],
  [0.25, "#74AFD3"],
  [0.5, "#FFFFFF"],
  [0.75, "#EBA271"],
  [1, "#D55E00"],
];

/** Rows of numbers `[rows, columns]`. */
export type MatrixLike = ArrayLike<ArrayLike<number>>;

export interface HeatmapOptions extends FigureOptions {
  xLabels?: readonly string[];
  yLabels?: readonly string[];
  /** Colours around zero, for weights and activations. */
  diverging?: boolean;
  /** The numbers the colours span; with `diverging` it is made symmetric. */
  range?: readonly [number, number];
  /** Writes the numbers into the cells. */
  annotate?: boolean;
  /** d3 format of the numbers. */
  format?: string;
}

/** A matrix as a grid of colours, first row on top. Throws when rows differ in length or labels do not fit. */
export function heatmap(matrix: MatrixLike, options: HeatmapOptions = {}): Figure {
  const { xLabels, yLabels, format = ".3~g", annotate = false, xTitle = "Column", yTitle = "Row" } = options;
  const z = rowsOf("heatmap", matrix, xLabels, yLabels);
  const flat = z.flat().filter((value): value is number => value !== null);
  const low = flat.reduce((a, b) => Math.min(a, b), Infinity);
  const high = flat.reduce((a, b) => Math.max(a, b), -Infinity);
  const [zmin, zmax] = options.range ?? (options.diverging ? symmetric(low, high) : [low, high]);
  const trace = {
    type: "heatmap",
    z,
    ...(xLabels ? { x: [...xLabels] } : {}),
    ...(yLabels ? { y: [...yLabels] } : {}),
    ...(flat.length ? { zmin, zmax } : {}),
    colorscale: options.diverging ? diverging : sequential,
    colorbar: { thickness: 14, outlinewidth: 0 },
    ...(annotate ? { texttemplate: `%{z:${format}}` } : {}),
    hovertemplate: `${yTitle} %{y}, ${xTitle} %{x}<br>%{z:${format}}<extra></extra>`,
  };
  const description = `${z.length} × ${z[0]?.length ?? 0} matrix, values from ${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
  return figure([trace], matrixLayout(z.length, Boolean(xLabels), Boolean(yLabels)), { description, ...options });
}

export interface ConfusionMatrixOptions extends FigureOptions {
  labels?: readonly string[];
}

/**
 * Counts `[true class, predicted class]` with each row coloured by its share of that class, so that small classes
 * are as visible as large ones. Counts and shares on hover; counts in the cells up to 12 classes.
 */
export function confusionMatrix(counts: MatrixLike, options: ConfusionMatrixOptions = {}): Figure {
  const { labels, title = "Confusion matrix", xTitle = "Predicted", yTitle = "True" } = options;
  const rows = rowsOf("confusionMatrix", counts, labels, labels).map((row) => row.map((count) => count ?? 0));
  if (rows.some((row) => row.length !== rows.length)) {
    throw new Error(`confusionMatrix: expected a square matrix, got [${rows.length}, ${rows[0]?.length ?? 0}]`);
  }
  const shares = rows.map((row) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (total ? Number((count / total).toFixed(4)) : 0));
  });
  const names = labels ? [...labels] : rows.map((_, i) => String(i));
  const trace = {
    type: "heatmap",
    z: shares,
    x: names,
    y: names,
    zmin: 0,
    zmax: 1,
    colorscale: sequential,
    text: rows.map((row) => row.map(String)),
    colorbar: {
      title: { text: "share<br>of row", font: { size: 12 } },
      tickformat: ".0%",
      thickness: 14,
      outlinewidth: 0,
    },
    ...(rows.length <= 12 ? { texttemplate: "%{text}" } : {}),
    hovertemplate: "true %{y}, predicted %{x}<br>%{text}, %{z:.1%} of the row<extra></extra>",
    xgap: 1,
    ygap: 1,
  };
  const right = rows.reduce((sum, row, i) => sum + row[i]!, 0);
  const all = rows.flat().reduce((a, b) => a + b, 0);
  const description = `${rows.length} classes, ${right} of ${all} on the diagonal`;
  return figure([trace], matrixLayout(rows.length, true, true), { description, ...options, title, xTitle, yTitle });
}

function matrixLayout(rows: number, xCategories: boolean, yCategories: boolean): Layout {
  const category = { type: "category", tickmode: "linear", dtick: 1 };
  return {
    height: Math.min(760, Math.max(300, 160 + 26 * rows)),
    xaxis: { showgrid: false, ...(xCategories ? { ...category, tickangle: "auto" } : {}) },
    yaxis: { showgrid: false, autorange: "reversed", ...(yCategories ? category : {}) },
  };
}

function rowsOf(
  caller: string,
  matrix: MatrixLike,
  xLabels: readonly string[] | undefined,
  yLabels: readonly string[] | undefined,
): (number | null)[][] {
  const rows = Array.from(matrix, (row) => numbers(row));
  const width = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0) throw new Error(`${caller}: expected rows of ${width} numbers, got ${rows[odd]!.length} in row ${odd}`);
  if (xLabels && xLabels.length !== width) {
    throw new Error(`${caller}: expected ${width} labels for the columns, got ${xLabels.length}`);
  }
  if (yLabels && yLabels.length !== rows.length) {
    throw new Error(`${caller}: expected ${rows.length} labels for the rows, got ${yLabels.length}`);
  }
  return rows;
}

function symmetric(low: number, high: number): [number, number] {
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return [-most, most];
}
