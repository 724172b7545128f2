/** Data: where it comes from, how text becomes numbers, how numbers become batches. */
export { cleanText, isAlpha, isSpace, keepLettersAndSpaces } from "./text";
export { compareCodePoints, Vocabulary, type VocabularyOptions } from "./vocabulary";
export { Subset, TensorDataset, type Column, type Columns, type Dataset } from "./dataset";
export { prepareSequences, WindowDataset, type WindowOptions } from "./windows";
export { DataLoader, type BatchSampler, type DataLoaderOptions } from "./loader";
export { toBatch, toTensor, toTensors, type Batch } from "./tensors";
export { readZip, type ReadZipOptions } from "./archive";
export { datasets, type DatasetInfo, type DatasetName, type TextFiles } from "./datasets";
export { download, type Download, type DownloadOptions } from "./download";
export { decodeText, detectEncoding, type Encoding } from "./encoding";
export { loadFiles, loadText, readText, type LoadedFiles, type LoadedText, type LoadOptions } from "./load";
export { allLetters, nLetters, unicodeToAscii } from "./letters";
export {
  letterToIndex,
  letterToTensor,
  loadNames,
  nameToTensor,
  parseNames,
  readNames,
  type Names,
  type NamesOptions,
} from "./names";
export {
  bucketByLength,
  lengthBounds,
  NextTokenDataset,
  padSequences,
  SequenceDataset,
  type BucketOptions,
  type PadOptions,
  type SequenceDatasetOptions,
} from "./sequences";
export { splitNames, type NameExample, type NameSplit, type NameSplitOptions } from "./name-split";
export { loadMelodies, parseMelodies, type Melody } from "./melodies";
export { loadOpinions, parseOpinions, type Opinion } from "./sentiment";
export { datePairs, reversalPairs, type DateOptions, type ReversalOptions, type TextPair } from "./pairs";
export { trainTestSplit, type Split, type SplitOptions } from "./split";
