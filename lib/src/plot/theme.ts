/**
 * The look of every figure: colours that colour-blind readers can tell apart, quiet grids, one font.
 * The paper is white and not transparent on purpose: dark ink stays readable in JupyterLab's dark theme, in exported
 * HTML and in print, where a transparent figure would lose its text.
 */

/**
 * The Okabe–Ito palette (Okabe & Ito 2008, https://jfly.uni-koeln.de/color/), distinguishable with any common form of
 * colour blindness.
 */
export const palette = {
  black: "#000000",
  orange: "#E69F00",
  skyBlue: "#56B4E9",
  green: "#009E73",
  yellow: "#F0E442",
  blue: "#0072B2",
  vermillion: "#D55E00",
  purple: "#CC79A7",
} as const;

/** Text, secondary text and hairlines. */
export const ink = "#222222";
export const faint = "#767676";
export const hairline = "#DDDDDD";

/** Series take these in turn; yellow is left out, it vanishes on white. */
export const seriesColors: readonly string[] = [
  palette.blue,
  palette.vermillion,
  palette.green,
  palette.purple,
  palette.orange,
  palette.skyBlue,
  palette.black,
];

/** The colour of each part of a network, the same in every diagram. */
export const roles = {
  input: palette.skyBlue,
  embedding: palette.green,
  hidden: palette.blue,
  output: palette.orange,
  loss: palette.yellow,
  weight: "#8A8A8A",
  recurrent: palette.vermillion,
  backward: palette.purple,
} as const;

/** The part of a network a colour stands for. */
export type Role = keyof typeof roles;

/** Black or white, whichever reads better on `color` (`#rrggbb`), by the luminance of WCAG 2. */
export function inkOn(color: string): string {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return 1.05 / (luminance + 0.05) >= 4.5 ? "#FFFFFF" : ink;
}

const axis = {
  gridcolor: "#E8E8E8",
  linecolor: "#BBBBBB",
  zerolinecolor: "#BBBBBB",
  automargin: true,
  title: { standoff: 8 },
};

/** The layout template every figure carries (https://plotly.com/javascript/layout-template/). */
export const theme = {
  layout: {
    font: { family: "Arial, Helvetica, sans-serif", size: 13, color: ink },
    // The title hangs a fixed way below the upper edge, so panels and legends know where it ends.
    title: { x: 0.02, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 16 }, font: { size: 17 } },
    paper_bgcolor: "#FFFFFF",
    plot_bgcolor: "#FFFFFF",
    colorway: seriesColors,
    xaxis: axis,
    yaxis: axis,
    margin: { l: 60, r: 24, t: 56, b: 52 },
    hoverlabel: { align: "left", font: { size: 13 } },
    legend: { bgcolor: "rgba(255,255,255,0.85)" },
  },
};
