/** Random numbers as PyTorch's CPU generator and NumPy's `RandomState` draw them. */
export { RandomState, np, type ChoiceOptions, type RandomStateState, type Size } from "./numpy";
export { TorchGenerator, defaultGenerator, manualSeed, type TorchGeneratorState } from "./torch";
export type { MT19937State } from "./mt19937";
