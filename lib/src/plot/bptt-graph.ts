/**
 * Backpropagation through time as a graph: the forward pass in solid arrows, the gradients dashed beside them, back
 * from every loss and through every earlier hidden state. For the network alone see unrolled-network.
 */
import { captions, canvas, edges, nodes, sub, type Point } from "./diagram";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { ink, palette, type Role } from "./theme";

export interface BpttGraphOptions extends FigureOptions {
  /** Time steps drawn. */
  steps?: number;
}

const rows: { role: Role; symbol: string; name: string; hover: (t: number) => string }[] = [
  { role: "input", symbol: "x", name: "Input", hover: (t) => `input at step ${t}` },
  {
    role: "hidden",
    symbol: "h",
    name: "Hidden state",
    hover: (t) =>
      `${sub("h", t)} = tanh(${sub("W", "hh")} ${sub("h", t - 1)} + ${sub("W", "xh")} ${sub("x", t)} + ${sub("b", "h")})`,
  },
  {
    role: "output",
    symbol: "y",
    name: "Output",
    hover: (t) => `${sub("y", t)} = ${sub("W", "hy")} ${sub("h", t)} + ${sub("b", "y")}`,
  },
  { role: "loss", symbol: "L", name: "Loss", hover: (t) => `${sub("L", t)}: cross entropy of softmax(${sub("y", t)})` },
];

/** Forward arrows (black within a step, vermillion through time) and the dashed gradients (purple, orange) against them. */
export function bpttGraph(options: BpttGraphOptions = {}): Figure {
  const { steps = 4, title = "Backpropagation through time (BPTT)", height = 560 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`bpttGraph: expected steps to be a positive whole number, got ${steps}`);
  }
  const columns = Array.from({ length: steps }, (_, t) => t);
  const size = 46;
  const standoff = size / 2 + 1;
  const aside = 0.075; // half the distance between a forward arrow and its gradient
  const above = 0.1;
  const up = (t: number, row: number): Point[] => [
    [t - aside, row],
    [t - aside, row + 1],
  ];
  const down = (t: number, row: number): Point[] => [
    [t + aside, row + 1],
    [t + aside, row],
  ];
  const onward = (t: number): Point[] => [
    [t, 1 - above],
    [t + 1, 1 - above],
  ];
  const back = (t: number): Point[] => [
    [t + 1, 1 + above],
    [t, 1 + above],
  ];
  const earlier = columns.slice(0, -1);

  const traces: Trace[] = [
    ...edges(
      columns.flatMap((t) => [
        [
          [t, 0],
          [t, 1],
        ],
        up(t, 1),
        up(t, 2),
      ]),
      {
        role: "weight",
        name: "Forward, within a step",
        color: ink,
        standoff,
        legendgroup: "forward",
      },
    ),
    ...edges([-1, ...earlier].map(onward), {
      role: "recurrent",
      name: "Forward, through time",
      hover: `${sub("W", "hh")}: hidden state to the next step`,
      width: 2.5,
      standoff,
    }),
    ...edges(
      columns.flatMap((t) => [down(t, 2), down(t, 1)]),
      {
        role: "backward",
        name: "Backward, within a step",
        hover: "∂L/∂y, then ∂L/∂h",
        dash: "dash",
        standoff,
        color: palette.purple,
        legendgroup: "backward",
      },
    ),
    ...edges(earlier.map(back), {
      role: "backward",
      name: "Backward, through time",
      hover: `∂${sub("h", "t+1")}/∂${sub("h", "t")} = diag(1 − h²) ${sub("W", "hh")}`,
      dash: "dash",
      width: 2.5,
      color: palette.orange,
      standoff,
      legendgroup: "backward through time",
    }),
    ...rows.map(({ role, symbol, name, hover }, y) =>
      nodes(
        columns.map((t) => ({ at: [t, y] as const, label: sub(symbol, t), hover: hover(t) })),
        { role, name, size, symbol: role === "loss" ? "square" : "circle", showlegend: false },
      ),
    ),
    nodes([{ at: [-1, 1], label: sub("h", "−1"), hover: "initial state: zeros" }], {
      role: "hidden",
      name: "Initial state",
      size: size * 0.76,
      fontSize: 12,
      showlegend: false,
    }),
    captions(
      columns.map((t) => ({ at: [t, -0.5] as const, text: `step ${t}` })),
      { color: ink },
    ),
  ];
  const layout = canvas([-1.3, steps - 0.55], [-0.7, 3.45], height);
  const description =
    `${steps} time steps; solid arrows lead from inputs through hidden states and outputs to one loss per step, ` +
    "dashed arrows lead back from each loss and on through all earlier hidden states";
  return figure(traces, layout, { description, ...options, title });
}
