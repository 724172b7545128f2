/**
 * `nn`: modules, layers, losses, initialisers and gradients, with PyTorch's names and numbers.
 */
export { Module, ModuleList, Sequential, type Layer } from "./module";
export type { StateDict } from "./state-dict";
export { Linear } from "./linear";
export { Embedding, embeddingOf, type EmbeddingSource } from "./embedding";
export { GRU, LSTM, RNN, type LSTMState, type RNNOptions } from "./rnn";
export { GRUCell, LSTMCell, RNNCell, unroll, type Cell, type CellOptions } from "./cells";
export { stepper, stepperOf, type StepperParts } from "./stepper";
export type { Stepper, StepperState } from "../kernels";
export type { RecurrentForwardOptions, RecurrentOptions } from "./recurrent";
export { Dropout, Flatten, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from "./activations";
export {
  CrossEntropyLoss,
  MSELoss,
  NLLLoss,
  crossEntropy,
  nllLoss,
  type CrossEntropyLossOptions,
  type NLLLossOptions,
  type Reduction,
} from "./loss";
export { clipGradNorm, clipGradValue, item, valueAndGrads, type Gradients } from "./grad";
export { loadSafetensors, saveSafetensors } from "./safetensors";
export * as init from "./init";
export { compile, guard, host, hostTensor, type Compiled, type CompileOptions, type CompileStats } from "../compile";
