// @ts-nocheck: jsdom and plotly.js come without types
// A still picture of a three-dimensional figure: its lines, faces and texts seen from the figure's camera, as a flat
// figure that needs no WebGL. Knows what our 3-D figures use: scatter3d, mesh3d, scene annotations.

/** Whether a figure has anything in three dimensions. */
export function isSpatial(figure) {
  return figure.data.some((trace) => /3d$/.test(trace.type ?? ""));
}

/** The same figure, projected: scatter3d becomes scatter, faces become filled outlines, far things are drawn first. */
export function project(figure) {
  const { scene = {}, ...layout } = figure.layout;
  const view = camera(scene, figure.data);
  const pieces = figure.data.flatMap((trace, index) => {
    const drawn = trace.type === "mesh3d" ? faces(trace, view) : strokes(trace, view);
    return drawn.map((piece) => ({ ...piece, trace: { ...piece.trace, legendrank: index + 1 } }));
  });
  pieces.sort((a, b) => b.depth - a.depth);
  const annotations = (scene.annotations ?? []).map(({ x, y, z, ...rest }) => {
    const [px, py] = view([x, y, z]);
    return { ...rest, x: px, y: py, xref: "x", yref: "y" };
  });
  const range = (axis) => {
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

/** The function that takes [x, y, z] to [right, up, depth], as plotly.js places its camera. */
function camera(scene, data) {
  const axes = ["x", "y", "z"];
  const aspect = scene.aspectratio ?? { x: 1, y: 1, z: 1 };
  const ranges = axes.map(
    (axis) => scene[`${axis}axis`]?.range ?? extent(data.flatMap((trace) => [...(trace[axis] ?? [])])),
  );
  const cube = (point) =>
    point.map((value, k) => ((value - ranges[k][0]) / (ranges[k][1] - ranges[k][0] || 1) - 0.5) * aspect[axes[k]]);
  const vector = (value, fallback) => axes.map((axis, k) => value?.[axis] ?? fallback[k]);
  const eye = vector(scene.camera?.eye, [1.25, 1.25, 1.25]);
  const center = vector(scene.camera?.center, [0, 0, 0]);
  const forward = unit(minus(center, eye));
  const right = unit(cross(forward, vector(scene.camera?.up, [0, 0, 1])));
  const up = cross(right, forward);
  const orthographic = scene.camera?.projection?.type === "orthographic";
  return (point) => {
    const from = minus(cube(point), eye);
    const depth = dot(from, forward);
    const scale = orthographic ? 1 : 1 / Math.max(depth, 1e-3);
    return [dot(from, right) * scale, dot(from, up) * scale, depth];
  };
}

function strokes(trace, view) {
  const points = trace.x.map((x, i) => (x === null ? null : view([x, trace.y[i], trace.z[i]])));
  const seen = points.filter(Boolean);
  const flat = {
    ...trace,
    type: "scatter",
    x: points.map((point) => point && point[0]),
    y: points.map((point) => point && point[1]),
    // WebGL lines of width n look about half as thick.
    ...(trace.line ? { line: { ...trace.line, width: Math.max(1, (trace.line.width ?? 2) / 2) } } : {}),
    hoverinfo: "skip",
  };
  delete flat.z;
  const depth = seen.reduce((sum, point) => sum + point[2], 0) / (seen.length || 1);
  return [{ depth: depth - 0.01, trace: flat }]; // a touch nearer than the faces they outline
}

function faces(trace, view) {
  const corners = trace.x.map((x, i) => view([x, trace.y[i], trace.z[i]]));
  const solid = (trace.opacity ?? 1) >= 1;
  return trace.i.map((_, n) => {
    const three = [trace.i[n], trace.j[n], trace.k[n]].map((index) => corners[index]);
    return {
      depth: three.reduce((sum, point) => sum + point[2], 0) / 3,
      trace: {
        type: "scatter",
        mode: "lines",
        x: [...three, three[0]].map((point) => point[0]),
        y: [...three, three[0]].map((point) => point[1]),
        fill: "toself",
        fillcolor: shaded(
          trace.color,
          solid ? 1 - 0.12 * (Math.floor(n / 2) % 3) : 1,
          (trace.opacity ?? 1) * (solid ? 1 : 0.8),
        ),
        // Solid faces are outlined in their own colour, or hairlines show between the triangles.
        line: { width: solid ? 0.5 : 0, color: shaded(trace.color, 1 - 0.12 * (Math.floor(n / 2) % 3), solid ? 1 : 0) },
        showlegend: false,
        hoverinfo: "skip",
      },
    };
  });
}

function shaded(color, light, opacity) {
  const [r, g, b] = [1, 3, 5].map((i) => Math.round(Number.parseInt(color.slice(i, i + 2), 16) * light));
  return `rgba(${r},${g},${b},${opacity})`;
}

function extent(values) {
  const numbers = values.filter(Number.isFinite);
  return numbers.length ? [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))] : [0, 1];
}

const minus = (a, b) => a.map((value, k) => value - b[k]);
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const cross = ([a, b, c], [d, e, f]) => [b * f - c * e, c * d - a * f, a * e - b * d];
const unit = (v) => v.map((value) => value / Math.hypot(...v));
