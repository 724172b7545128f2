/** Models of the course that are more than layers: they know their letters and classes, and are judged alike. */
export { evaluate, topClasses, type Evaluation, type Guess, type TextClassifier } from "./classifier";
export { NameClassifier, type NameClassifierOptions } from "./name-classifier";
export { trainClassifier, type ClassifierTraining } from "./train-classifier";
export { Ensemble, MajorityClassifier } from "./combine";
export { ngrams, NgramClassifier, type NgramOptions } from "./ngrams";
export { LogisticRegression, type FeatureCounts, type LogisticRegressionOptions } from "./logistic-regression";
export { lbfgs, type LbfgsOptions, type LbfgsResult } from "./lbfgs";
