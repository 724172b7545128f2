/**
 * Why gradients vanish and explode: on its way back through time the gradient is multiplied by W_hhᵀ once a step. Here
 * the slope of tanh, at most 1, is left out, so that the matrix alone is seen. Numbers only; figures are in `plot`.
 *
 * Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
 */
import { np, type RandomState } from "../random";
import { qr, spectralNorm } from "./linalg";
import { Matrix } from "./matrix";

/** ‖(W_hhᵀ)ᵏ‖ for k = 0 … numSteps: how large a gradient of norm ‖I‖ = √H is k steps back. Throws unless W is square. */
export function simulateGradientFlow(Whh: Matrix, numSteps = 50): number[] {
  if (Whh.rows !== Whh.cols) throw new RangeError(`simulateGradientFlow: expected a square matrix, got ${Whh}`);
  if (!Number.isInteger(numSteps) || numSteps < 0) {
    throw new RangeError(`simulateGradientFlow: expected a whole number of steps >= 0, got ${numSteps}`);
  }
  const WhhT = Whh.transpose();
  let grad = Matrix.eye(Whh.rows);
  const norms = [grad.norm()];
  for (let k = 0; k < numSteps; k++) {
    grad = WhhT.matmul(grad);
    norms.push(grad.norm());
  }
  return norms;
}

/** A [n, n] matrix of standard normals times `scale`. */
function randomMatrix(n: number, scale: number, random: RandomState): Matrix {
  return new Matrix(n, n, random.randn(n, n)).scale(scale);
}

/**
 * Three recurrent matrices [H, H]: one whose spectral norm is 1 / 1.2 (gradients must vanish), one where it is 1 / 0.8
 * (they may grow, but need not: see `spectralRadius`), and an orthogonal one (they keep their norm).
 */
export function gradientFlowMatrices(
  hiddenDim = 10,
  { random = np.random }: { random?: RandomState } = {},
): { vanishing: Matrix; exploding: Matrix; stable: Matrix } {
  const vanishing = randomMatrix(hiddenDim, 0.5, random);
  vanishing.scale(1 / (spectralNorm(vanishing) * 1.2));
  const exploding = randomMatrix(hiddenDim, 1.5, random);
  exploding.scale(1 / (spectralNorm(exploding) * 0.8));
  const [stable] = qr(randomMatrix(hiddenDim, 1, random));
  return { vanishing, exploding, stable };
}

/** What one way to initialise W_hh does to gradients. */
export interface InitializationResult {
  name: string;
  /** ‖W‖₂. */
  maxSingularValue: number;
  /** As `simulateGradientFlow` gives them. */
  gradientNorms: number[];
}

/** Compares four initialisations of W_hh [H, H]: small normals, Xavier, orthogonal and identity. */
export function compareInitializations(
  hiddenDim = 100,
  { numSteps = 50, random = np.random }: { numSteps?: number; random?: RandomState } = {},
): InitializationResult[] {
  const initializations: [name: string, W: Matrix][] = [
    ["Random Normal", randomMatrix(hiddenDim, 0.01, random)],
    ["Xavier", randomMatrix(hiddenDim, Math.sqrt(2 / (hiddenDim + hiddenDim)), random)],
    ["Orthogonal", qr(randomMatrix(hiddenDim, 1, random))[0]],
    ["Identity", Matrix.eye(hiddenDim)],
  ];
  return initializations.map(([name, W]) => ({
    name,
    maxSingularValue: spectralNorm(W),
    gradientNorms: simulateGradientFlow(W, numSteps),
  }));
}
