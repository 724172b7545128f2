/** Data: where it comes from, how text becomes numbers, how numbers become batches. */
export { cleanText, isAlpha, isSpace, keepLettersAndSpaces } from "./text";
export { compareCodePoints, Vocabulary, type VocabularyOptions } from "./vocabulary";
export { Subset, TensorDataset, type Column, type Columns, type Dataset } from "./dataset";
export { prepareSequences, WindowDataset, type WindowOptions } from "./windows";
export { DataLoader, type BatchSampler, type DataLoaderOptions } from "./loader";
export { toBatch, toTensor, toTensors, type Batch } from "./tensors";
