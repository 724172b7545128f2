/**
 * A recurrent network unrolled in time, drawn flat: one column per time step, curved recurrent edges between them.
 * With or without an embedding layer; for the same network in depth see layers3d, for training it see bpttGraph.
 */
import { bezier, captions, canvas, edges, nodes, sub, type Node, type Point } from "./diagram";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { ink, roles, type Role } from "./theme";

export interface UnrolledNetworkOptions extends FigureOptions {
  /** Time steps drawn. */
  steps?: number;
}

/** One row of the drawing: a layer of the network, and the weights that lead up to it. */
interface Row {
  role: Role;
  name: string;
  symbol: string;
  formula: (t: number) => string;
  /** Size and activation, written beside the nodes. */
  note?: string;
  weight?: { name: string; hover: string };
}

/**
 * The vanilla RNN: hₜ = tanh(W_xh xₜ + W_hh hₜ₋₁ + b_h), yₜ = σ(W_hy hₜ + b_y), every formula on hover.
 * Throws when `steps` is not a positive whole number.
 */
export function unrolledNetwork(options: UnrolledNetworkOptions = {}): Figure {
  const { title = "Recurrent neural network, unrolled in time" } = options;
  const rows: Row[] = [
    { role: "input", name: "Input", symbol: "x", formula: (t) => `Input at time t = ${t}` },
    {
      role: "hidden",
      name: "Hidden state",
      symbol: "h",
      formula: (t) =>
        `${sub("h", t)} = tanh(${sub("W", "xh")} ${sub("x", t)} + ${sub("W", "hh")} ${sub("h", t - 1)} + ${sub("b", "h")})`,
      note: "<i>tanh</i>",
      weight: { name: sub("W", "xh"), hover: "input to hidden" },
    },
    {
      role: "output",
      name: "Output",
      symbol: "y",
      formula: (t) => `${sub("y", t)} = σ(${sub("W", "hy")} ${sub("h", t)} + ${sub("b", "y")})`,
      note: "<i>σ</i>",
      weight: { name: sub("W", "hy"), hover: "hidden to output" },
    },
  ];
  return draw(rows, "unrolledNetwork", { height: 460, ...options, title });
}

export interface EmbeddingNetworkOptions extends UnrolledNetworkOptions {
  vocabSize?: number;
  embeddingSize?: number;
  hiddenSize?: number;
}

/**
 * The character model: index → embedding [E] → RNN [H] → scores of the V characters, unrolled in time.
 * eₜ = E[xₜ], hₜ = tanh(W_ih eₜ + W_hh hₜ₋₁ + b_h), ŷₜ = softmax(W_ho hₜ + b_o).
 */
export function embeddingNetwork(options: EmbeddingNetworkOptions = {}): Figure {
  const { vocabSize = 29, embeddingSize = 64, hiddenSize = 128, title = "RNN with an embedding layer" } = options;
  const rows: Row[] = [
    {
      role: "input",
      name: "Input",
      symbol: "x",
      formula: (t) => `Input character at t = ${t}<br>an index from 0 to ${vocabSize - 1}`,
      note: `0…${vocabSize - 1}`,
    },
    {
      role: "embedding",
      name: "Embedding",
      symbol: "e",
      formula: (t) => `${sub("e", t)} = E[${sub("x", t)}]<br>row of a ${vocabSize} × ${embeddingSize} table`,
      note: `[${embeddingSize}]`,
      weight: { name: "E", hover: `embedding table, ${vocabSize} × ${embeddingSize}` },
    },
    {
      role: "hidden",
      name: "Hidden state",
      symbol: "h",
      formula: (t) =>
        `${sub("h", t)} = tanh(${sub("W", "ih")} ${sub("e", t)} + ${sub("W", "hh")} ${sub("h", t - 1)} + ${sub("b", "h")})`,
      note: `[${hiddenSize}]  <i>tanh</i>`,
      weight: { name: sub("W", "ih"), hover: `embedding to hidden, ${hiddenSize} × ${embeddingSize}` },
    },
    {
      role: "output",
      name: "Output",
      symbol: "ŷ",
      formula: (t) => `${sub("ŷ", t)} = softmax(${sub("W", "ho")} ${sub("h", t)} + ${sub("b", "o")})`,
      note: `[${vocabSize}]  <i>softmax</i>`,
      weight: { name: sub("W", "ho"), hover: `hidden to output, ${vocabSize} × ${hiddenSize}` },
    },
  ];
  return draw(rows, "embeddingNetwork", { height: 560, ...options, title });
}

function draw(rows: readonly Row[], caller: string, options: UnrolledNetworkOptions): Figure {
  const { steps = 3 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`${caller}: expected steps to be a positive whole number, got ${steps}`);
  }
  const size = 46;
  const standoff = size / 2 + 1;
  const columns = Array.from({ length: steps }, (_, t) => t);
  const hiddenRow = rows.findIndex((row) => row.role === "hidden");

  const traces: Trace[] = [];
  let first = true;
  rows.forEach(({ weight }, y) => {
    if (!weight) return;
    const paths = columns.map((x): Point[] => [
      [x, y - 1],
      [x, y],
    ]);
    traces.push(
      ...edges(paths, {
        role: "weight",
        name: "Weights",
        hover: `${weight.name}: ${weight.hover}<br>the same at every time step`,
        standoff,
        showlegend: first,
      }),
      captions(
        columns.map((x) => ({ at: [x, y - 0.5] as const, text: weight.name })),
        { position: "middle right", clear: 10, legendgroup: "weight" },
      ),
    );
    first = false;
  });

  // The recurrent edges dip below the row: h₀ → h₁ → h₂ …
  const curve = (x: number): Point[] =>
    bezier([
      [x, hiddenRow],
      [x + 0.5, hiddenRow - 0.62],
      [x + 1, hiddenRow],
    ]);
  traces.push(
    ...edges(
      [-1, ...columns.slice(0, -1)].map((x) => curve(x)),
      {
        role: "recurrent",
        name: "Recurrent weights",
        hover: `${sub("W", "hh")}: hidden to hidden<br>the same at every time step`,
        dash: "dot",
        width: 2.5,
        standoff,
      },
    ),
    captions(
      [-1, ...columns.slice(0, -1)].map((x) => ({ at: [x + 0.5, hiddenRow - 0.4] as const, text: sub("W", "hh") })),
      { color: roles.recurrent, legendgroup: "recurrent", position: "bottom center" },
    ),
  );

  rows.forEach(({ role, name, symbol, formula, note }, y) => {
    const list: Node[] = columns.map((x) => ({ at: [x, y], label: sub(symbol, x + 1), hover: formula(x + 1) }));
    traces.push(nodes(list, { role, name, size }));
    if (note) {
      const notes = columns.map((x) => ({ at: [x, y] as const, text: note }));
      traces.push(captions(notes, { position: "middle right", clear: size + 8, legendgroup: role, color: ink }));
    }
  });
  traces.push(
    nodes([{ at: [-1, hiddenRow], label: sub("h", 0), hover: "Initial state: zeros" }], {
      role: "hidden",
      name: "Initial state",
      size: size * 0.72,
      fontSize: 13,
      showlegend: false,
    }),
    captions(
      columns.map((x) => ({ at: [x, -0.62] as const, text: `t = ${x + 1}` })),
      { size: 14, color: ink },
    ),
  );

  const layout = canvas([-1.3, steps - 0.35], [-0.85, rows.length - 0.6], options.height ?? 460);
  const chain = rows.map((row) => row.name.toLowerCase()).join(" → ");
  const description = `${steps} time steps side by side; in each, ${chain}; dotted curves carry the hidden state from one step to the next`;
  return figure(traces, layout, { description, ...options });
}
