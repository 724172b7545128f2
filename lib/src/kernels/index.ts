/** The fused recurrent kernels: whole sequences as one operation with a hand-derived gradient. */
export { withChains } from "./chains";
export { gruCell } from "./gru";
export { lstmCell } from "./lstm";
export { reluCell, tanhCell } from "./rnn";
export { takeRows } from "./rows";
export { sequence, type SequenceInput, type SequenceOptions, type SequenceWeights } from "./sequence";
export { fusedOp, isOnTape, isTaping } from "./tape";
export { makeStepper, type Stepper, type StepperState, type StepperWeights } from "./stepper";
export { versionOf, watch } from "./version";
export type { CellKernel, CellName } from "./cell";
