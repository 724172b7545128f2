/**
 * A line chart as a small SVG text, for curves that change while one watches: an SVG is cheap to make and JupyterLab
 * exchanges it in place, while its Plotly renderer keeps the first figure it drew. Looks like `plot.line` and knows a
 * part of its options; the figure that stays is a real `plot.line`.
 */
import { describe, plainText, type Figure } from "../plot/figure";
import { numbers, type LineOptions, type Series } from "../plot/line";
import { ink, seriesColors } from "../plot/theme";
import type { MimeBundle } from "./bundle";
import { escapeHtml } from "./display";

const width = 860;
const height = 380;
const area = { left: 64, right: width - 20, top: 56, bottom: height - 52 };

/** The bundle of a growing chart: the picture, and the line of text that the finished figure has. */
export function chartBundle(series: readonly Series[], options: LineOptions, figure: Figure): MimeBundle {
  return { "image/svg+xml": chartSvg(series, options), "text/plain": `[${describe(figure)}]` };
}

/** The chart as SVG, 860 × 380 pixels. Numbers that are not finite, and on a log axis those ≤ 0, leave gaps. */
export function chartSvg(series: readonly Series[], options: LineOptions = {}): string {
  const { title = "", xTitle = "x", yTitle = "y", log = false, start = 0 } = options;
  const curves = series.map(({ name, x, y, color }, index) => ({
    name,
    color: color ?? seriesColors[index % seriesColors.length]!,
    points: numbers(y).map((value, i) => {
      const shown = log ? (value !== null && value > 0 ? Math.log10(value) : null) : value;
      return [x ? x[i]! : start + i, shown] as const;
    }),
  }));
  const drawn = curves.flatMap(({ points }) => points.filter(([, y]) => y !== null));
  const [left, right] = extent(drawn.map(([x]) => x));
  const [low, high] = extent(drawn.map(([, y]) => y!));
  const base = log || low < 0 ? low - 0.05 * (high - low) : 0;
  const across = scale([left, right], [area.left, area.right]);
  const up = scale([base, high + 0.05 * (high - base)], [area.bottom, area.top]);
  const text = (x: number, y: number, words: string, more = ""): string =>
    `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${escapeHtml(plainText(words))}</text>`;

  const parts = [
    ...ticks(left, right, 8, !series.some((one) => one.x)).map(
      (x) => vertical(across(x)) + text(across(x), area.bottom + 18, label(x), `text-anchor="middle"`),
    ),
    ...ticks(base, high, 6, log).map(
      (y) => horizontal(up(y)) + text(area.left - 6, up(y) + 4, log ? label(10 ** y) : label(y), `text-anchor="end"`),
    ),
    ...curves.map(
      ({ points, color }) => `<path d="${path(points, across, up)}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ),
    ...legend(curves),
    text(18, 30, title, `font-size="17"`),
    text((area.left + area.right) / 2, height - 12, xTitle, `text-anchor="middle" font-size="15"`),
    text(
      0,
      0,
      yTitle,
      `text-anchor="middle" font-size="15" transform="translate(16,${(area.top + area.bottom) / 2}) rotate(-90)"`,
    ),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="Arial, Helvetica, sans-serif" font-size="13" fill="${ink}">` +
    `<rect width="${width}" height="${height}" fill="#FFFFFF"/>${parts.join("")}</svg>`
  );
}

function legend(curves: readonly { name?: string | undefined; color: string }[]): string[] {
  const named = curves.filter(({ name }) => name);
  const step = 130;
  return named.map(({ name, color }, i) => {
    const x = area.right - step * (named.length - i);
    return (
      `<path d="M${x},36h24" stroke="${color}" stroke-width="2"/>` +
      `<text x="${x + 30}" y="40">${escapeHtml(name!.slice(0, 16))}</text>`
    );
  });
}

function path(
  points: readonly (readonly [number, number | null])[],
  across: (x: number) => number,
  up: (y: number) => number,
): string {
  let pen = "M";
  return points
    .map(([x, y]) => {
      if (y === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${fixed(across(x))},${fixed(up(y))}`;
      pen = "L";
      return step;
    })
    .join("");
}

/** Round numbers in a range, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number, count: number, whole: boolean): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    whole ? 1 : 0,
    [1, 2, 5, 10].map((n) => n * power).find((size) => size >= rough)!,
  );
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** Smallest and largest, never the same: a single point still has a place. */
function extent(values: readonly number[]): [number, number] {
  if (!values.length) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return high > low ? [low, high] : [low, low + 1];
}

function scale([from, to]: [number, number], [start, end]: [number, number]): (value: number) => number {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

const vertical = (x: number): string => `<path d="M${fixed(x)},${area.top}V${area.bottom}" stroke="#E8E8E8"/>`;
const horizontal = (y: number): string => `<path d="M${area.left},${fixed(y)}H${area.right}" stroke="#E8E8E8"/>`;
const label = (value: number): string => String(Number(value.toPrecision(6)));
const fixed = (value: number): string => String(Number(value.toFixed(1)));
