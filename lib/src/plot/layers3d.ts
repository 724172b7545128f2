/**
 * The character RNN in depth: one box per layer, as long as the sequence, as high as the layer has features (on a log
 * scale), and inside the RNN layer its cells, unrolled along the sequence with the recurrence in its own colour.
 * Flat versions: unrolled-network. Where no WebGL runs, the baked SVG shows a projection of it (scripts/bake.mjs).
 */
import { bezier } from "./diagram";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { ink, palette, roles } from "./theme";

export interface Layers3dOptions extends FigureOptions {
  /** T, the characters in a window. */
  sequenceLength?: number;
  /** E */
  embeddingSize?: number;
  /** H */
  hiddenSize?: number;
  /** V */
  vocabSize?: number;
}

interface Layer {
  name: string;
  size: string;
  features: number;
  color: string;
  hover: string;
  /** What leads to the next layer. */
  next?: string;
}

type Point3 = readonly [x: number, y: number, z: number];

const pitch = 2; // from one layer to the next, along x
const thickness = 0.9;
const halfLength = 1.9; // half the sequence, along y

/** Input [T] → Embedding [T, E] → RNN [T, H] → Linear [T, V] → Output [T, V]; turn it with the mouse. */
export function layers3d(options: Layers3dOptions = {}): Figure {
  const { sequenceLength = 40, embeddingSize = 64, hiddenSize = 128, vocabSize = 29 } = options;
  const { title = "The character RNN, layer by layer", height = 560 } = options;
  const layers: Layer[] = [
    {
      name: "Input",
      size: `[${sequenceLength}]`,
      features: 1,
      color: roles.input,
      hover: `Input: ${sequenceLength} characters, each an index from 0 to ${vocabSize - 1}`,
      next: "look up",
    },
    {
      name: "Embedding",
      size: `[${sequenceLength}, ${embeddingSize}]`,
      features: embeddingSize,
      color: roles.embedding,
      hover: `Embedding: every index becomes a vector of ${embeddingSize} numbers`,
      next: "read in order",
    },
    {
      name: "RNN, tanh",
      size: `[${sequenceLength}, ${hiddenSize}]`,
      features: hiddenSize,
      color: roles.hidden,
      hover: `RNN: hₜ = tanh(W_ih eₜ + W_hh hₜ₋₁ + b), ${hiddenSize} numbers at every step`,
      next: "project",
    },
    {
      name: "Linear",
      size: `[${hiddenSize} → ${vocabSize}]`,
      features: vocabSize,
      color: palette.purple,
      hover: `Linear: every hidden state becomes ${vocabSize} scores, the same weights at every step`,
      next: "score",
    },
    {
      name: "Output",
      size: `[${sequenceLength}, ${vocabSize}]`,
      features: vocabSize,
      color: roles.output,
      hover: `Output: for each of the ${sequenceLength} places, scores (logits) of the next character`,
    },
  ];
  const tall = Math.max(...layers.map(heightOf));
  const middle = tall / 2;
  const data: Trace[] = layers.flatMap((layer, i) => box(layer, i * pitch, middle));
  data.push(...cells(2 * pitch, middle));
  data.push(...layers.slice(0, -1).map((layer, i) => connection(i * pitch, middle, layer, layers[i + 1]!)));

  const label = (text: string, [x, y, z]: Point3, size = 13, color: string = ink): object => {
    return {
      text,
      x,
      y,
      z,
      showarrow: false,
      font: { size, color },
      bgcolor: color !== "#FFFFFF" ? "rgba(255,255,255,0.75)" : undefined,
    };
  };
  const hidden = { visible: false, showspikes: false };
  const scene = {
    xaxis: { ...hidden, range: [-0.5, 4 * pitch + 1.4] },
    yaxis: { ...hidden, range: [-halfLength - 0.2, halfLength + 0.2] },
    zaxis: { ...hidden, range: [-0.7, tall + 0.3] },
    aspectmode: "manual",
    aspectratio: { x: 3.1, y: 1.6, z: 0.85 },
    camera: {
      eye: { x: 0.42, y: -1.2, z: 0.62 },
      center: { x: 0, y: 0, z: 0 },
      up: { x: 0, y: 0, z: 1 },
      projection: { type: "orthographic" },
    },
    dragmode: "orbit",
    annotations: [
      ...layers.map((layer, i) =>
        label(`<b>${layer.name}</b><br>${layer.size}`, [
          i * pitch + thickness / 2,
          -halfLength,
          middle - heightOf(layer) / 2 - 0.42,
        ]),
      ),
      ...layers
        .slice(0, -1)
        .map((layer, i) => label(layer.next!, [i * pitch + (thickness + pitch) / 2, 0, middle + 0.3], 12)),
      label("⋯", [2 * pitch + 0.12, 0.98, middle + 0.2], 13, roles.recurrent),
      ...cellPlaces().map((y, i) =>
        label(
          ["h₁", "h₂", "h₃", `h<sub>${sequenceLength}</sub>`][i]!,
          [2 * pitch + thickness / 2, y, middle],
          12,
          "#FFFFFF",
        ),
      ),
    ],
  };
  const layout = {
    height,
    margin: { l: 0, r: 0, t: 44, b: 40 },
    scene,
    legend: { orientation: "h", x: 0.5, xanchor: "center", y: 0, yanchor: "top" },
  };
  const description =
    `Five boxes in a row: input of ${sequenceLength} characters, embedding of ${embeddingSize}, RNN of ${hiddenSize}, ` +
    `linear layer and output of ${vocabSize}; inside the RNN box, cells linked one to the next along the sequence`;
  return figure(data, layout, { description, ...options, title });
}

function heightOf({ features }: Layer): number {
  return Number((0.28 * Math.log2(1 + features)).toFixed(3));
}

/** Edges and pale faces of the box of one layer. */
function box(layer: Layer, x: number, middle: number): Trace[] {
  const height = heightOf(layer);
  const shared = { name: layer.name, legendgroup: layer.name, hoverinfo: "text", hovertext: layer.hover };
  return [
    {
      ...faces([x, -halfLength, middle - height / 2], [thickness, 2 * halfLength, height], layer.color, 0.16),
      ...shared,
    },
    {
      type: "scatter3d",
      mode: "lines",
      ...lines(outline([x, -halfLength, middle - height / 2], [thickness, 2 * halfLength, height])),
      line: { color: layer.color, width: 4 },
      ...shared,
    },
  ];
}

/** Where along the sequence the four drawn cells stand: the first three and, after a gap, the last. */
function cellPlaces(): number[] {
  return [-1.5, -0.6, 0.3, 1.5];
}

/** The cells inside the RNN layer, and the recurrence that leads from each to the next. */
function cells(x: number, middle: number): Trace[] {
  const side = 0.36;
  const places = cellPlaces();
  const centre = x + thickness / 2;
  const cubes: Trace[] = places.map((y) => ({
    ...faces([centre - side / 2, y - side / 2, middle - side / 2], [side, side, side], roles.hidden, 1),
    hoverinfo: "text",
    hovertext: "One RNN cell: the same weights at every step",
    legendgroup: "RNN, tanh",
  }));
  const arcs = places.slice(1).flatMap((to, i) => [...arc(centre, places[i]!, to, middle + side / 2 + 0.02), null]);
  arcs.pop();
  return [
    ...cubes,
    {
      type: "scatter3d",
      mode: "lines",
      name: "Recurrence",
      ...lines(arcs),
      line: { color: roles.recurrent, width: 7 },
      hoverinfo: "text",
      hovertext: "The hidden state goes on to the next step",
    },
  ];
}

/** An arc from one cell to the next, bulging out of the row to be seen, with an arrow head drawn as two strokes. */
function arc(x: number, from: number, to: number, z: number): (Point3 | null)[] {
  const side = x - 0.16;
  const path = bezier(
    [
      [from, side],
      [(from + to) / 2 + 0.1, x - 0.85],
      [to, side],
    ],
    16,
  ).map(([y, across]): Point3 => [round(across), round(y), z]);
  const tip = path[path.length - 1]!;
  const barb = (dx: number, dy: number): Point3 => [round(tip[0] + dx), round(tip[1] + dy), z];
  return [...path, null, barb(-0.24, 0.05), tip, barb(-0.03, -0.26)];
}

function connection(x: number, middle: number, from: Layer, to: Layer): Trace {
  const [start, end] = [x + thickness, x + pitch];
  const tip: Point3 = [end, 0, middle];
  return {
    type: "scatter3d",
    mode: "lines",
    ...lines([[start, 0, middle], tip, null, [end - 0.14, 0, middle + 0.07], tip, [end - 0.14, 0, middle - 0.07]]),
    line: { color: "#777777", width: 5 },
    hoverinfo: "text",
    hovertext: `${from.name} → ${to.name}: ${from.next}`,
    showlegend: false,
  };
}

/** The eight corners of a box: bit 0 of the index is x, bit 1 y, bit 2 z. */
function corners([x, y, z]: Point3, [dx, dy, dz]: Point3): Point3[] {
  return Array.from({ length: 8 }, (_, i): Point3 => [
    round(x + (i & 1 ? dx : 0)),
    round(y + (i & 2 ? dy : 0)),
    round(z + (i & 4 ? dz : 0)),
  ]);
}

/** The twelve edges, as pairs of corners that differ in one bit. */
function outline(at: Point3, size: Point3): (Point3 | null)[] {
  const points = corners(at, size);
  const pairs = points.flatMap((_, a) => [1, 2, 4].filter((bit) => !(a & bit)).map((bit) => [a, a | bit] as const));
  return pairs.flatMap(([a, b]) => [points[a]!, points[b]!, null]).slice(0, -1);
}

function faces(at: Point3, size: Point3, color: string, opacity: number): Trace {
  const points = corners(at, size);
  // Two triangles for each of the six sides.
  const sides = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5];
  const triangles = [0, 4, 8, 12, 16, 20].flatMap((s) => [
    [sides[s]!, sides[s + 1]!, sides[s + 2]!],
    [sides[s]!, sides[s + 2]!, sides[s + 3]!],
  ]);
  return {
    type: "mesh3d",
    ...lines(points),
    i: triangles.map((one) => one[0]),
    j: triangles.map((one) => one[1]),
    k: triangles.map((one) => one[2]),
    color,
    opacity,
    flatshading: true,
    showlegend: false,
  };
}

function lines(points: readonly (Point3 | null)[]): { x: unknown[]; y: unknown[]; z: unknown[] } {
  const axis = (k: 0 | 1 | 2): unknown[] => points.map((point) => (point ? point[k] : null));
  return { x: axis(0), y: axis(1), z: axis(2) };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
