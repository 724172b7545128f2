/** The fused recurrent kernels: whole sequences as one operation with a hand-derived gradient. */
export { withChains } from "./chains.js";
export { reluCell, tanhCell } from "./rnn.js";
export { sequence, type SequenceInput, type SequenceOptions, type SequenceWeights } from "./sequence.js";
