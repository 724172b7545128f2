// A still picture of a three-dimensional figure: its lines, faces and texts seen from the figure's camera, as a flat
// figure that needs no WebGL. Knows what our 3-D figures use: scatter3d, mesh3d, scene annotations.

/** @typedef {import("./render.mjs").Figure} Figure */
/** @typedef {[number, number, number]} Vector */
/** @typedef {(point: Vector) => Vector} View */
/** @typedef {{ depth: number, trace: Record<string, any> }} Piece */

/** Whether a figure has anything in three dimensions. */
export function isSpatial(/** @type {Figure} */ figure) {
  return figure.data.some((trace) => /3d$/.test(trace.type ?? ""));
}

/**
 * The same figure, projected: scatter3d becomes scatter, faces become filled outlines, far things are drawn first.
 * @param {Figure} figure
 * @returns {Figure}
 */
export function project(figure) {
  const { scene = {}, ...layout } = figure.layout;
  const view = camera(scene, figure.data);
  /** @type {Piece[]} */
  const pieces = figure.data.flatMap((trace, index) => {
    const drawn = trace.type === "mesh3d" ? faces(trace, view) : strokes(trace, view);
    return drawn.map((piece) => ({ ...piece, trace: { ...piece.trace, legendrank: index + 1 } }));
  });
  pieces.sort((a, b) => b.depth - a.depth);
  const annotations = (scene.annotations ?? []).map((/** @type {any} */ { x, y, z, ...rest }) => {
    const [px, py] = view([x, y, z]);
    return { ...rest, x: px, y: py, xref: "x", yref: "y" };
  });
  const range = (/** @type {"x" | "y"} */ axis) => {
    const [low, high] = extent(pieces.flatMap((piece) => piece.trace[axis]));
    return { visible: false, range: [low - 0.05 * (high - low), high + 0.05 * (high - low)] };
  };
  // Both axes keep one scale, or the view would be stretched.
  return {
    data: pieces.map((piece) => piece.trace),
    layout: {
      ...layout,
      xaxis: range("x"),
      yaxis: { ...range("y"), scaleanchor: "x" },
      annotations: [...(layout.annotations ?? []), ...annotations],
    },
  };
}

/**
 * The function that takes [x, y, z] to [right, up, depth], as plotly.js places its camera.
 * @param {any} scene
 * @param {any[]} data
 * @returns {View}
 */
function camera(scene, data) {
  const { x: wide = 1, y: deep = 1, z: tall = 1 } = scene.aspectratio ?? {};
  const range = (/** @type {"x" | "y" | "z"} */ axis) =>
    scene[`${axis}axis`]?.range ?? extent(data.flatMap((trace) => [...(trace[axis] ?? [])]));
  const scale = (
    /** @type {number} */ value,
    /** @type {[number, number]} */ [low, high],
    /** @type {number} */ size,
  ) => ((value - low) / (high - low || 1) - 0.5) * size;
  const [xs, ys, zs] = [range("x"), range("y"), range("z")];
  const vector = (/** @type {any} */ given, /** @type {Vector} */ [x, y, z]) =>
    /** @type {Vector} */ ([given?.x ?? x, given?.y ?? y, given?.z ?? z]);
  const eye = vector(scene.camera?.eye, [1.25, 1.25, 1.25]);
  const forward = unit(minus(vector(scene.camera?.center, [0, 0, 0]), eye));
  const right = unit(cross(forward, vector(scene.camera?.up, [0, 0, 1])));
  const up = cross(right, forward);
  const orthographic = scene.camera?.projection?.type === "orthographic";
  return ([x, y, z]) => {
    const from = minus([scale(x, xs, wide), scale(y, ys, deep), scale(z, zs, tall)], eye);
    const depth = dot(from, forward);
    const shrink = orthographic ? 1 : 1 / Math.max(depth, 1e-3);
    return [dot(from, right) * shrink, dot(from, up) * shrink, depth];
  };
}

/**
 * Lines, markers and texts in space, as a flat trace.
 * @param {any} trace
 * @param {View} view
 * @returns {Piece[]}
 */
function strokes({ z, ...trace }, view) {
  /** @type {(Vector | null)[]} */
  const points = trace.x.map((/** @type {number | null} */ x, /** @type {number} */ i) =>
    x === null ? null : view([x, trace.y[i], z[i]]),
  );
  const depths = points.flatMap((point) => (point ? [point[2]] : []));
  const flat = {
    ...trace,
    type: "scatter",
    x: points.map((point) => point && point[0]),
    y: points.map((point) => point && point[1]),
    // WebGL lines of width n look about half as thick.
    ...(trace.line ? { line: { ...trace.line, width: Math.max(1, (trace.line.width ?? 2) / 2) } } : {}),
    hoverinfo: "skip",
  };
  return [{ depth: mean(depths) - 0.01, trace: flat }]; // a touch nearer than the faces they outline
}

/**
 * The triangles of a mesh, each a filled outline; neighbouring pairs make one side of a box and share a shade.
 * @param {any} trace
 * @param {View} view
 * @returns {Piece[]}
 */
function faces(trace, view) {
  const { color, opacity = 1 } = trace;
  const corner = (/** @type {number} */ index) => view([trace.x[index], trace.y[index], trace.z[index]]);
  return trace.i.map((/** @type {number} */ first, /** @type {number} */ n) => {
    const three = [first, trace.j[n], trace.k[n]].map(corner);
    const light = opacity < 1 ? 1 : 1 - 0.12 * (Math.floor(n / 2) % 3);
    const ring = [...three, ...three.slice(0, 1)];
    return {
      depth: mean(three.map((point) => point[2])),
      trace: {
        type: "scatter",
        mode: "lines",
        x: ring.map((point) => point[0]),
        y: ring.map((point) => point[1]),
        fill: "toself",
        fillcolor: shaded(color, light, opacity < 1 ? 0.8 * opacity : 1),
        // Solid faces are outlined in their own colour, or hairlines show between the triangles.
        line: opacity < 1 ? { width: 0, color: "rgba(0,0,0,0)" } : { width: 0.5, color: shaded(color, light, 1) },
        showlegend: false,
        hoverinfo: "skip",
      },
    };
  });
}

function shaded(/** @type {string} */ color, /** @type {number} */ light, /** @type {number} */ opacity) {
  const [r, g, b] = [1, 3, 5].map((i) => Math.round(Number.parseInt(color.slice(i, i + 2), 16) * light));
  return `rgba(${r},${g},${b},${opacity})`;
}

/** Smallest and largest of the finite numbers. */
function extent(/** @type {(number | null)[]} */ values) {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value)).map(Number);
  return /** @type {[number, number]} */ ([
    numbers.reduce((a, b) => Math.min(a, b), Infinity),
    numbers.reduce((a, b) => Math.max(a, b), -Infinity),
  ]);
}

const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / (values.length || 1);

/** @type {(a: Vector, b: Vector) => Vector} */
const minus = ([a, b, c], [d, e, f]) => [a - d, b - e, c - f];

/** @type {(a: Vector, b: Vector) => number} */
const dot = ([a, b, c], [d, e, f]) => a * d + b * e + c * f;

/** @type {(a: Vector, b: Vector) => Vector} */
const cross = ([a, b, c], [d, e, f]) => [b * f - c * e, c * d - a * f, a * e - b * d];

/** @type {(v: Vector) => Vector} */
const unit = ([a, b, c]) => {
  const length = Math.hypot(a, b, c);
  return [a / length, b / length, c / length];
};
