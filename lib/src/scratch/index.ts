/** The from-scratch chapter: a small matrix, a recurrent network with its gradients by hand, and what happens to them. */
export { Matrix } from "./matrix";
export { VanillaRNN, type VanillaRNNGradients, type VanillaRNNParameters } from "./vanilla-rnn";
export { CharRNN, type GenerateOptions } from "./char-rnn";
export { qr, singularValues, spectralNorm, spectralRadius } from "./linalg";
export {
  compareInitializations,
  gradientFlowMatrices,
  simulateGradientFlow,
  type InitializationResult,
} from "./gradient-flow";
