/** Generating text from trained models: sampling from scores, and the loop that feeds tokens back. */
export { probabilities, sample, type SampleOptions } from "./sampling";
export {
  generateText,
  generateTexts,
  stepOf,
  type GenerateOptions,
  type ModelState,
  type Step,
  type TextModel,
} from "./text";
export {
  generateNames,
  NameGenerator,
  type GenerateNamesOptions,
  type NameGeneratorOptions,
  type NameModel,
} from "./names";
