/**
 * The inside of one LSTM and one GRU cell, as wiring: gates, candidate, pointwise operations, and the paths of the two
 * states through them. Formulas on hover are PyTorch's (https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 * and …/torch.nn.GRU.html), gates in its order. What the cells compute lives in the nn room.
 */
import { captions, canvas, edges, nodes, type Caption, type Point } from "./diagram";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { faint, ink } from "./theme";

/** A square: a layer with its own weights. */
interface Gate {
  at: Point;
  label: string;
  kind: "gate" | "candidate";
  hover: string;
}

/** A small circle: an operation on each element. */
interface Operation {
  at: Point;
  label: string;
  hover: string;
}

interface Wiring {
  gates: readonly Gate[];
  operations: readonly Operation[];
  /** The long-lived state, drawn thick. */
  state: { name: string; paths: readonly (readonly Point[])[] };
  /** Everything else; the last point of a path is where its arrow head stands. */
  wires: readonly (readonly Point[])[];
  captions: readonly Caption[];
}

const t = "<sub>t</sub>";
const before = "<sub>t−1</sub>";

/** `W_if x_t + b_if + W_hf h_(t−1) + b_hf`, the sum each gate takes. */
function sum(gate: string): string {
  const w = (from: string): string => `W<sub>${from}${gate}</sub>`;
  return `${w("i")} x${t} + b<sub>i${gate}</sub> + ${w("h")} h${before} + b<sub>h${gate}</sub>`;
}

/**
 * An LSTM cell: forget f, input i, candidate g, output o; c_t = f ⊙ c_(t−1) + i ⊙ g, h_t = o ⊙ tanh(c_t).
 * The cell state c runs straight through and is only scaled and added to, which is why gradients survive.
 */
export function lstmCell(options: FigureOptions = {}): Figure {
  const gate = (x: number, symbol: string, name: string): Gate => ({
    at: [x, 2.2],
    label: `${symbol}${t}`,
    kind: symbol === "g" ? "candidate" : "gate",
    hover: `${name}<br>${symbol}${t} = ${symbol === "g" ? "tanh" : "σ"}(${sum(symbol)})`,
  });
  const bus = 1.1;
  const wiring: Wiring = {
    gates: [
      gate(2.6, "f", "Forget gate: how much of the old cell state stays"),
      gate(4.1, "i", "Input gate: how much of the candidate is written"),
      gate(5.5, "g", "Candidate: what could be written"),
      gate(6.9, "o", "Output gate: how much of the cell state is shown"),
    ],
    operations: [
      { at: [2.6, 4.5], label: "×", hover: `f${t} ⊙ c${before}` },
      { at: [5.5, 4.5], label: "+", hover: `c${t} = f${t} ⊙ c${before} + i${t} ⊙ g${t}` },
      { at: [5.5, 3.35], label: "×", hover: `i${t} ⊙ g${t}` },
      { at: [8.2, 3.75], label: "tanh", hover: `tanh(c${t}), without weights` },
      { at: [8.2, 2.85], label: "×", hover: `h${t} = o${t} ⊙ tanh(c${t})` },
    ],
    state: {
      name: "Cell state c",
      paths: [
        [[0.2, 4.5], [2.6, 4.5]],
        [[2.6, 4.5], [5.5, 4.5]],
        [[5.5, 4.5], [9.9, 4.5]],
      ], // prettier-ignore
    },
    wires: [
      [[0.2, bus], [6.9, bus], [6.9, 2.2]],
      [[1.5, 0.1], [1.5, bus]],
      ...[2.6, 4.1, 5.5].map((x): Point[] => [[x, bus], [x, 2.2]]),
      [[2.6, 2.2], [2.6, 4.5]],
      [[4.1, 2.2], [4.1, 3.35], [5.5, 3.35]],
      [[5.5, 2.2], [5.5, 3.35]],
      [[5.5, 3.35], [5.5, 4.5]],
      [[6.9, 2.2], [6.9, 2.85], [8.2, 2.85]],
      [[8.2, 4.5], [8.2, 3.75]],
      [[8.2, 3.75], [8.2, 2.85]],
      [[8.2, 2.85], [8.2, bus], [9.9, bus]],
    ], // prettier-ignore
    captions: [
      { at: [-0.15, 4.5], text: `c${before}` },
      { at: [10.25, 4.5], text: `c${t}` },
      { at: [-0.15, bus], text: `h${before}` },
      { at: [10.25, bus], text: `h${t}` },
      { at: [1.5, -0.2], text: `x${t}` },
    ],
  };
  const description =
    "The cell state runs along the top through a forget gate and an addition; below, four small layers read the input and the last hidden state";
  return draw(wiring, { description, title: "Inside an LSTM cell", ...options });
}

/**
 * A GRU cell: reset r, update z, candidate n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)); h_t = (1 − z) ⊙ n + z ⊙ h_(t−1).
 * One state only; the update gate does what forget and input gate do in an LSTM.
 */
export function gruCell(options: FigureOptions = {}): Figure {
  const wiring: Wiring = {
    gates: [
      {
        at: [2.9, 2.2],
        label: `r${t}`,
        kind: "gate",
        hover: `Reset gate: how much of the old state the candidate sees<br>r${t} = σ(${sum("r")})`,
      },
      {
        at: [6.6, 2.2],
        label: `z${t}`,
        kind: "gate",
        hover: `Update gate: how much of the old state stays<br>z${t} = σ(${sum("z")})`,
      },
      {
        at: [4.9, 2.2],
        label: `n${t}`,
        kind: "candidate",
        hover:
          `Candidate: the new state, if nothing stayed<br>n${t} = tanh(W<sub>in</sub> x${t} + b<sub>in</sub> + ` +
          `r${t} ⊙ (W<sub>hn</sub> h${before} + b<sub>hn</sub>))`,
      },
    ],
    operations: [
      { at: [2.9, 3.35], label: "×", hover: `r${t} ⊙ (W<sub>hn</sub> h${before} + b<sub>hn</sub>)` },
      { at: [6.6, 4.5], label: "×", hover: `z${t} ⊙ h${before}` },
      { at: [8.2, 2.2], label: "1−", hover: `1 − z${t}` },
      { at: [8.2, 3.35], label: "×", hover: `(1 − z${t}) ⊙ n${t}` },
      { at: [8.2, 4.5], label: "+", hover: `h${t} = (1 − z${t}) ⊙ n${t} + z${t} ⊙ h${before}` },
    ],
    state: {
      name: "Hidden state h",
      paths: [
        [[0.2, 4.5], [6.6, 4.5]],
        [[6.6, 4.5], [8.2, 4.5]],
        [[8.2, 4.5], [9.9, 4.5]],
      ], // prettier-ignore
    },
    wires: [
      [[1.5, 0.1], [1.5, 0.85], [6.75, 0.85], [6.75, 2.2]],
      ...[3.05, 4.9].map((x): Point[] => [[x, 0.85], [x, 2.2]]),
      [[0.9, 4.5], [0.9, 1.3], [6.45, 1.3], [6.45, 2.2]],
      [[2.75, 1.3], [2.75, 2.2]],
      [[2.9, 4.5], [2.9, 3.35]],
      [[2.9, 2.2], [2.9, 3.35]],
      [[2.9, 3.35], [4.1, 3.35], [4.1, 2.2], [4.9, 2.2]],
      [[4.9, 2.2], [4.9, 3.35], [8.2, 3.35]],
      [[6.6, 2.2], [6.6, 4.5]],
      [[6.6, 2.2], [8.2, 2.2]],
      [[8.2, 2.2], [8.2, 3.35]],
      [[8.2, 3.35], [8.2, 4.5]],
    ], // prettier-ignore
    captions: [
      { at: [-0.15, 4.5], text: `h${before}` },
      { at: [10.25, 4.5], text: `h${t}` },
      { at: [1.5, -0.2], text: `x${t}` },
    ],
  };
  const description =
    "The hidden state runs along the top, scaled by the update gate and added to the candidate; the reset gate decides what the candidate sees of it";
  return draw(wiring, { description, title: "Inside a GRU cell", ...options });
}

/** Pixels from the middle of a thing to where an arrow ends that points at it. */
const radius = { gate: 21, operation: 16, open: 2 };

function draw(wiring: Wiring, options: FigureOptions): Figure {
  const { gates, operations, state, wires } = wiring;
  const near = (list: readonly { at: Point }[], [x, y]: Point): boolean =>
    list.some(({ at }) => Math.abs(at[0] - x) <= 0.2 && at[1] === y); // beside the middle counts too
  const room = (path: readonly Point[]): keyof typeof radius => {
    const end = path[path.length - 1]!;
    return near(gates, end) ? "gate" : near(operations, end) ? "operation" : "open";
  };
  const kinds = ["gate", "operation", "open"] as const;
  const wireTraces = kinds.flatMap((kind) => {
    const paths = wires.filter((path) => room(path) === kind);
    const style = { role: "weight", name: "Signal", color: ink, width: 1.6, standoff: radius[kind] } as const;
    return paths.length ? edges(paths, { ...style, showlegend: kind === "gate" }) : [];
  });
  const stateTraces = state.paths.flatMap((path, index) =>
    edges([path], {
      role: "recurrent",
      name: state.name,
      width: 4,
      standoff: radius[room(path)],
      showlegend: index === 0,
      hover: `${state.name}: only scaled and added to`,
    }),
  );
  const squares = (kind: Gate["kind"], name: string, role: "embedding" | "hidden"): Trace =>
    nodes(
      gates.filter((gate) => gate.kind === kind),
      { role, name, size: 40, symbol: "square", fontSize: 15 },
    );
  const traces: Trace[] = [
    ...wireTraces,
    ...stateTraces,
    squares("gate", "Gate: σ(weights)", "hidden"),
    squares("candidate", "Candidate: tanh(weights)", "embedding"),
    nodes(operations, {
      role: "output",
      name: "Pointwise operation",
      size: 30,
      fontSize: operations.map(({ label }) => (label === "tanh" ? 12 : 17)),
    }),
    captions(wiring.captions, { size: 16, color: ink }),
  ];
  const layout = canvas([-0.5, 10.6], [-0.5, 5.4], 460);
  const frame = {
    type: "rect",
    layer: "below",
    x0: 0.5,
    x1: 9.4,
    y0: 0.5,
    y1: 5.15,
    fillcolor: "#F5F5F5",
    line: { color: faint, width: 1 },
  };
  return figure(traces, { ...layout, shapes: [frame] }, options);
}
