/**
 * What happens to a gradient on its way back through time, and to a memory on its way forward: norms per step, one
 * panel per matrix; initialisations compared; accuracy against distance. The numbers come from the scratch room.
 */
import { bar } from "./bar";
import { merge, type Figure, type FigureOptions } from "./figure";
import { grid } from "./grid";
import { line, toSeries, type ReferenceLine, type SeriesInput } from "./line";
import { palette, seriesColors } from "./theme";

/** One matrix W_hh and the norms of its gradient, step by step back in time. */
export interface GradientFlowCase {
  /** "Vanishing gradients" */
  title: string;
  /** ‖(W_hhᵀ)ᵏ‖ for k = 0 … T. */
  norms: ArrayLike<number>;
  /** ‖W_hh‖₂, its largest singular value: written under the title. */
  spectralNorm?: number;
  log?: boolean;
  yRange?: readonly [number, number];
  /** Where the norm stops being useful, dashed. */
  threshold?: ReferenceLine;
  color?: string;
}

const flowColors = [palette.blue, palette.vermillion, palette.green, palette.purple, palette.orange];

/** One panel for each case: the norm of the gradient against the steps back in time, `[T + 1]` numbers each. */
export function gradientFlow(cases: readonly GradientFlowCase[], options: FigureOptions = {}): Figure {
  const { title = "Gradient flow in an RNN", xTitle = "Time steps back", height = 400 } = options;
  const panels = cases.map(({ title: name, norms, spectralNorm, log = true, yRange, threshold, color }, index) =>
    line([{ y: norms, color: color ?? flowColors[index % flowColors.length] }], {
      title: spectralNorm === undefined ? name : `<b>${name}</b><br>‖W<sub>hh</sub>‖₂ = ${spectralNorm.toFixed(3)}`,
      xTitle,
      yTitle: index === 0 ? "Gradient norm" : "",
      log,
      yRange,
      format: ".3~g",
      lines: threshold ? [{ position: "start", side: "below", ...threshold }] : [],
      layout: { hovermode: "closest" },
    }),
  );
  panels.forEach((panel) => (panel.data[0]!.hovertemplate = "%{x} steps back<br>norm %{y:.3~g}<extra></extra>"));
  return grid(panels, { ...options, title, height, gap: [0.09, 0.24] });
}

/** What one initialisation of W_hh does. */
export interface Initialisation {
  /** Largest singular value of W_hh. */
  maxSingularValue: number;
  /** ‖(W_hhᵀ)ᵏ‖ for k = 0 … T. */
  gradientNorms: ArrayLike<number>;
}

/**
 * Two panels for named initialisations: the largest singular value of each (1 keeps norms as they are), and the norm
 * of the gradient on its way back, on a log axis. Curves differ in dash too: orthogonal and identity lie on each other.
 */
export function initialisationComparison(results: Record<string, Initialisation>, options: FigureOptions = {}): Figure {
  const { title = "Initialising the recurrent weights", height = 430 } = options;
  const names = Object.keys(results);
  const dashes = ["solid", "dash", "solid", "dot"] as const;
  const values = Object.fromEntries(names.map((name) => [name, results[name]!.maxSingularValue]));
  const bars = bar(values, {
    title: "<b>Largest singular value</b>",
    yTitle: "‖W<sub>hh</sub>‖₂",
    color: names.map((_, i) => seriesColors[i % seriesColors.length]!),
    format: ".2f",
    lines: [{ y: 1, label: "1 keeps the norm", color: palette.black, position: "start" }],
  });
  const curves = line(
    names.map((name, i) => ({
      name,
      y: results[name]!.gradientNorms,
      color: seriesColors[i % seriesColors.length],
      dash: dashes[i % dashes.length],
    })),
    {
      title: "<b>Gradient on its way back</b>",
      xTitle: "Time steps back",
      yTitle: "Gradient norm",
      log: true,
      format: ".3~g",
      layout: {
        legend: { orientation: "v", x: 0.03, xanchor: "left", y: 0.03, yanchor: "bottom" },
        hovermode: "closest",
      },
    },
  );
  curves.data.forEach((trace) => (trace.line = merge(trace.line as object, { width: 2.5 })));
  return grid([bars, curves], { ...options, title, height, gap: [0.11, 0.24] });
}

export interface MemoryCurveOptions extends FigureOptions {
  /** Accuracy of guessing, drawn dashed. */
  chance?: number;
}

/** Later curves are broken: those that lie on each other, as perfect memories do, stay visible. */
const memoryDashes = ["solid", "solid", "solid", "dash", "dot", "dashdot"] as const;

/**
 * Accuracy against how far back the remembered symbol lies, for one model or several by name; single curves carry
 * their percentages. Throws when there is not one accuracy per length.
 */
export function memoryCurve(
  lengths: ArrayLike<number>,
  accuracies: SeriesInput,
  options: MemoryCurveOptions = {},
): Figure {
  const { chance = 0.1, title = "Remembering the first character until the end" } = options;
  const { xTitle = "Sequence length (distance to remember)", yTitle = "Accuracy", height = 420 } = options;
  const series = toSeries(accuracies);
  for (const { name, y } of series) {
    if (y.length === lengths.length) continue;
    throw new Error(`memoryCurve: expected ${lengths.length} accuracies for "${name ?? "the model"}", got ${y.length}`);
  }
  const percent = (value: number): string => `${Math.round(value * 100)}%`;
  return line(
    series.map((one, index) => ({
      dash: memoryDashes[index % memoryDashes.length],
      ...one,
      x: lengths,
      markers: true,
      ...(series.length === 1 ? { labels: Array.from(one.y, percent) } : {}),
    })),
    {
      ...options,
      title,
      xTitle,
      yTitle,
      height,
      format: ".0%",
      yRange: [0, 1.12],
      lines: [{ y: chance, label: `guessing (${percent(chance)})`, position: "start" }],
      layout: merge({ yaxis: { tickformat: ".0%", dtick: 0.2 } }, options.layout ?? {}),
    },
  );
}
