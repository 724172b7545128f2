/**
 * `optim`: optimizers and learning-rate schedules, with PyTorch's formulas and names.
 */
export { Optimizer } from "./optimizer";
export { Adam, AdamW, type AdamOptions } from "./adam";
export { SGD, type SGDOptions } from "./sgd";
export { RMSprop, type RMSpropOptions } from "./rmsprop";
export { Adagrad, type AdagradOptions } from "./adagrad";
export {
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  OneCycleLR,
  ReduceLROnPlateau,
  Schedule,
  StepLR,
  type OneCycleOptions,
  type PlateauOptions,
  type ScheduleState,
} from "./schedules";
