/**
 * The difference a loop makes: a feed-forward network beside an unrolled recurrent one, and one recurrent network
 * folded beside its unfolding in time. For the formulas on hover see unrolled-network.
 */
import { bezier, captions, canvas, edges, nodes, sub, type Point } from "./diagram";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { grid } from "./grid";
import { faint, ink, roles, type Role } from "./theme";

export interface FeedforwardVersusRecurrentOptions extends FigureOptions {
  /** Neurons in each layer of the feed-forward network. */
  layers?: readonly [number, number, number];
  /** Time steps of the recurrent one. */
  steps?: number;
}

/** Left: input, hidden, output layer, fully connected, no memory. Right: the same three, once per time step, linked in time. */
export function feedforwardVersusRecurrent(options: FeedforwardVersusRecurrentOptions = {}): Figure {
  const { layers = [4, 5, 3], steps = 4, title = "What a loop adds", height = 410 } = options;
  const description =
    `Left, a feed-forward network of ${layers.join(", ")} neurons in three layers: fixed input size, no memory. ` +
    `Right, a recurrent network over ${steps} time steps: arrows between hidden states carry the memory`;
  return grid([feedforward(layers), recurrent(steps)], {
    description,
    layout: { margin: { b: 16 } },
    ...options,
    title,
    height,
    gap: [0.04, 0],
  });
}

const layerRoles: Role[] = ["input", "hidden", "output"];
const layerNames = ["Input", "Hidden", "Output"];

function feedforward(sizes: readonly number[]): Figure {
  const at = (layer: number, i: number): Point => [layer, 1.5 + (sizes[layer]! - 1) / 2 - i];
  const neurons = sizes.map((size, layer) => Array.from({ length: size }, (_, i) => at(layer, i)));
  const links = neurons
    .slice(0, -1)
    .flatMap((from, layer) => from.flatMap((a) => neurons[layer + 1]!.map((b) => [a, b])));
  const traces: Trace[] = [
    ...edges(links, { role: "weight", name: "Weights", width: 0.8, color: "#BBBBBB", showlegend: false }),
    ...neurons.map((layer, index) =>
      nodes(
        layer.map((place) => ({ at: place, label: "", hover: `${layerNames[index]} layer, ${layer.length} neurons` })),
        { role: layerRoles[index]!, name: `${layerNames[index]}`, size: 26, showlegend: false },
      ),
    ),
    captions(
      layerNames.map((text, index) => ({ at: [index, -1.25] as const, text })),
      { color: ink, size: 14 },
    ),
    captions([{ at: [1, -1.95], text: "<i>fixed input size, no memory</i>" }], { color: faint }),
  ];
  const layout = canvas([-0.45, 2.45], [-2.3, 3.9], 440);
  return figure(traces, { ...layout, showlegend: false }, { title: "<b>Feed-forward network</b>" });
}

function recurrent(steps: number): Figure {
  const columns = Array.from({ length: steps }, (_, t) => t);
  const rows: [Role, string, number][] = [
    ["input", "x", -0.6],
    ["hidden", "h", 1.5],
    ["output", "y", 3.4],
  ];
  const traces: Trace[] = [
    ...edges(
      columns.flatMap((t) => [
        [
          [t, rows[0]![2]],
          [t, rows[1]![2]],
        ],
        [
          [t, rows[1]![2]],
          [t, rows[2]![2]],
        ],
      ]),
      { role: "weight", name: "Within a step", color: ink, standoff: 20, showlegend: false },
    ),
    ...edges(
      columns.slice(1).map((t) => [
        [t - 1, 1.5],
        [t, 1.5],
      ]),
      {
        role: "recurrent",
        name: "Recurrent",
        hover: "The hidden state, handed to the next step",
        width: 3,
        standoff: 22,
        showlegend: false,
      },
    ),
    ...rows.map(([role, symbol, y], index) =>
      nodes(
        columns.map((t) => ({
          at: [t, y] as const,
          label: sub(symbol, t),
          hover: `${layerNames[index]} at time step ${t}`,
        })),
        { role, name: layerNames[index]!, size: role === "hidden" ? 42 : 38, fontSize: 15, showlegend: false },
      ),
    ),
    captions([{ at: [0.5, 1.18], text: "recurrent<br>connection" }], {
      color: roles.recurrent,
      size: 12,
      position: "bottom center",
    }),
    captions([{ at: [(steps - 1) / 2, -1.95], text: "<i>one set of weights, a state that remembers</i>" }], {
      color: faint,
    }),
  ];
  const layout = canvas([-0.45, steps - 0.55], [-2.3, 3.9], 440);
  return figure(traces, { ...layout, showlegend: false }, { title: "<b>Recurrent network, unrolled</b>" });
}

export interface UnfoldingOptions extends FigureOptions {
  /** Time steps shown of the unfolded network. */
  steps?: number;
}

/**
 * A recurrent network folded (a loop on the hidden state) and the same network unfolded: one copy per time step,
 * h_t = f(W_h h_(t−1) + W_x x_t + b) with the same W_x, W_h, W_y in every copy.
 */
export function unfolding(options: UnfoldingOptions = {}): Figure {
  const { steps = 3, title = "Unfolding a recurrent network in time", height = 440 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`unfolding: expected steps to be a positive whole number, got ${steps}`);
  }
  const folded = -2.6;
  const times = Array.from({ length: steps }, (_, i) => i - Math.floor(steps / 2));
  const index = (offset: number): string => (offset === 0 ? "t" : `t${offset > 0 ? "+" : "−"}${Math.abs(offset)}`);
  const columns = [folded, ...times.map((_, i) => i)];
  const label = (symbol: string, i: number): string => (i === 0 ? symbol : sub(symbol, index(times[i - 1]!)));
  const size = 48;

  const up = (from: number): Point[][] =>
    columns.map((x) => [
      [x, from],
      [x, from + 1],
    ]);
  const loop = bezier(
    [
      [folded, 1],
      [folded + 1.05, 1.95],
      [folded + 1.05, 0.05],
      [folded, 1],
    ],
    30,
  );
  const chain = Array.from({ length: steps + 1 }, (_, i): [Point, Point] => [
    [i - 1, 1],
    [i === steps ? i - 0.15 : i, 1],
  ]);
  const beside = (y: number, weight: string): { at: Point; text: string }[] =>
    columns.map((x) => ({ at: [x, y], text: weight }));

  const traces: Trace[] = [
    ...edges([...up(0), ...up(1)], { role: "weight", name: "Within a step", color: ink, standoff: size / 2 }),
    ...edges([loop], {
      role: "recurrent",
      name: "From step to step",
      width: 2.5,
      standoff: size / 2,
      hover: "The state comes back at the next step",
    }),
    ...edges(chain.slice(0, -1), {
      role: "recurrent",
      name: "From step to step",
      width: 2.5,
      standoff: size / 2,
      hover: "The state goes to the next copy",
      showlegend: false,
    }),
    ...edges(chain.slice(-1), {
      role: "recurrent",
      name: "From step to step",
      width: 2.5,
      standoff: 0,
      showlegend: false,
    }),
    captions([...beside(0.5, sub("W", "x")), ...beside(1.5, sub("W", "y"))], { position: "middle right", clear: 10 }),
    captions([{ at: [folded + 0.79, 1], text: sub("W", "h") }], {
      color: roles.recurrent,
      position: "middle right",
      clear: 12,
      legendgroup: "recurrent",
    }),
    captions(
      chain.map(([from]) => ({ at: [from[0] + 0.45, 1.03] as const, text: sub("W", "h") })),
      { color: roles.recurrent, position: "top center", legendgroup: "recurrent" },
    ),
    nodes(
      columns.map((x, i) => ({ at: [x, 0] as const, label: label("x", i), hover: "input" })),
      { role: "input", name: "Input", size, fontSize: 15 },
    ),
    nodes(
      columns.map((x, i) => ({
        at: [x, 1] as const,
        label: label("h", i),
        hover:
          i === 0
            ? "hidden state: depends on itself, one step earlier"
            : `${label("h", i)} = f(${sub("W", "h")} ${sub("h", index(times[i - 1]! - 1))} + ${sub("W", "x")} ${label("x", i)} + b)`,
      })),
      { role: "hidden", name: "Hidden state", size, fontSize: 15 },
    ),
    nodes(
      columns.map((x, i) => ({ at: [x, 2] as const, label: label("y", i), hover: "output" })),
      { role: "output", name: "Output", size, fontSize: 15 },
    ),
    captions(
      [
        { at: [folded, -0.55], text: "folded" },
        { at: [(steps - 1) / 2, -0.55], text: "unfolded: one copy per time step, the same weights in each" },
      ],
      { color: ink, size: 14 },
    ),
    captions([{ at: [-1.4, 1.72], text: "unfold" }], { color: ink, size: 14 }),
    ...edges(
      [
        [
          [-1.7, 1.55],
          [-1.1, 1.55],
        ],
      ],
      {
        role: "weight",
        name: "unfold",
        color: ink,
        width: 3,
        standoff: 0,
        showlegend: false,
      },
    ),
  ];
  const layout = canvas([folded - 0.45, steps - 0.1], [-0.75, 2.3], height);
  const description = `A network with a loop on its hidden state, and beside it the same network as ${steps} linked copies, one per time step`;
  return figure(traces, layout, { description, ...options, title });
}
