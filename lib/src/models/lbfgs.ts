/**
 * L-BFGS: minimises a smooth function of many numbers by its gradient, with a memory of the last steps in place of second
 * derivatives (Liu and Nocedal 1989; Nocedal and Wright, Numerical Optimization, algorithm 7.4). Made for convex functions:
 * the line search only shortens steps.
 */

export interface LbfgsOptions {
  /** Stops when no entry of the gradient is larger. */
  tolerance: number;
  maxIterations: number;
  /** How many steps are remembered. */
  memory?: number;
}

export interface LbfgsResult {
  value: number;
  iterations: number;
  /** Whether the gradient became as small as was asked. */
  converged: boolean;
}

/** The share of the promised descent that a step must bring. */
const ARMIJO = 1e-4;
/** How often a step is shortened before the search ends: by then it is lost in rounding. */
const SHORTENINGS = 30;

/**
 * Minimises `f` from `x`, which is changed in place. `f` returns its value at x and writes its gradient into `g`.
 */
export function lbfgs(
  f: (x: Float64Array, g: Float64Array) => number,
  x: Float64Array,
  { tolerance, maxIterations, memory = 10 }: LbfgsOptions,
): LbfgsResult {
  const n = x.length;
  let g = new Float64Array(n);
  let nextG = new Float64Array(n);
  const start = new Float64Array(n);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  let value = f(x, g);
  let gamma = 1;
  for (let iteration = 0; ; iteration++) {
    if (largest(g) <= tolerance) return { value, iterations: iteration, converged: true };
    if (iteration === maxIterations) return { value, iterations: iteration, converged: false };
    const d = direction(g, steps, gamma);
    const slope = -dot(d, g); // the step is −d
    // Without a memory nothing tells how far to go.
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(g, g))) : 1;
    start.set(x);
    let next: number;
    for (let tries = 0; ; tries++, length /= 2) {
      for (let i = 0; i < n; i++) x[i] = start[i]! - length * d[i]!;
      next = f(x, nextG);
      if (next <= value + ARMIJO * length * slope + 4 * Number.EPSILON * Math.abs(value)) break;
      if (tries === SHORTENINGS) {
        x.set(start);
        return { value, iterations: iteration, converged: false };
      }
    }
    const { s, y } = steps.length === memory ? steps.shift()! : { s: new Float64Array(n), y: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      s[i] = -length * d[i]!;
      y[i] = nextG[i]! - g[i]!;
    }
    const curvature = dot(s, y);
    if (curvature > 0) {
      steps.push({ s, y, rho: 1 / curvature });
      gamma = curvature / dot(y, y);
    }
    value = next;
    [g, nextG] = [nextG, g];
  }
}

/** The product of the remembered inverse second derivatives with the gradient (the two-loop recursion). */
function direction(
  g: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
  gamma: number,
): Float64Array {
  const d = g.slice();
  const alphas = new Float64Array(steps.length);
  for (let k = steps.length - 1; k >= 0; k--) {
    const { s, y, rho } = steps[k]!;
    alphas[k] = rho * dot(s, d);
    addScaled(d, y, -alphas[k]!);
  }
  for (let i = 0; i < d.length; i++) d[i]! *= gamma;
  steps.forEach(({ s, y, rho }, k) => addScaled(d, s, alphas[k]! - rho * dot(y, d)));
  return d;
}

function addScaled(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * other[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]!));
  return most;
}
