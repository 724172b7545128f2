/**
 * Learning-rate schedules: after each epoch (or step) `schedule.step()` sets `optimizer.lr`. Each rate is computed from the
 * rate that the optimizer had when the schedule was made and the number of calls, so a schedule can be saved as that number.
 */
import type { Optimizer } from "./optimizer";

/** What a schedule remembers, as plain JSON. */
export interface ScheduleState {
  lastEpoch: number;
  baseLr: number;
}

/** Base class: `lrAt(t)` is the rate after `t` calls of `step()`. */
export abstract class Schedule {
  /** How often `step()` was called. */
  lastEpoch = 0;
  protected baseLr: number;

  constructor(protected readonly optimizer: Optimizer) {
    this.baseLr = optimizer.lr;
  }

  /** The learning rate after `t` steps of the schedule. */
  abstract lrAt(t: number): number;

  /** Goes on by one and sets the optimizer's learning rate. */
  step(): void {
    this.set(this.lastEpoch + 1);
  }

  /** The learning rate that was set last. */
  getLastLr(): number {
    return this.lrAt(this.lastEpoch);
  }

  stateDict(): ScheduleState {
    return { lastEpoch: this.lastEpoch, baseLr: this.baseLr };
  }

  /** Continues from a saved state, and sets the optimizer's learning rate to that of the saved moment. */
  loadStateDict({ lastEpoch, baseLr }: ScheduleState): void {
    this.baseLr = baseLr;
    this.set(lastEpoch);
  }

  /** Called by the constructors that change the rate at once, and by `step`. */
  protected set(t: number): void {
    this.lastEpoch = t;
    this.optimizer.lr = this.lrAt(t);
  }
}

/** lr = base · factor(t). https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html */
export class LambdaLR extends Schedule {
  constructor(
    optimizer: Optimizer,
    private readonly factor: (t: number) => number,
  ) {
    super(optimizer);
    this.set(0);
  }

  lrAt(t: number): number {
    return this.baseLr * this.factor(t);
  }
}

/** lr = base · gamma^⌊t / stepSize⌋. https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html */
export class StepLR extends Schedule {
  private readonly stepSize: number;
  private readonly gamma: number;

  constructor(optimizer: Optimizer, { stepSize, gamma = 0.1 }: { stepSize: number; gamma?: number }) {
    super(optimizer);
    this.stepSize = wholeNumber("StepLR", "stepSize", stepSize);
    this.gamma = gamma;
  }

  lrAt(t: number): number {
    return this.baseLr * this.gamma ** Math.floor(t / this.stepSize);
  }
}

/** lr = base · gamma^t. https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html */
export class ExponentialLR extends Schedule {
  private readonly gamma: number;

  constructor(optimizer: Optimizer, { gamma }: { gamma: number }) {
    super(optimizer);
    this.gamma = gamma;
  }

  lrAt(t: number): number {
    return this.baseLr * this.gamma ** t;
  }
}

/**
 * lr = etaMin + (base − etaMin)·(1 + cos(π t / tMax)) / 2 (Loshchilov and Hutter 2017).
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export class CosineAnnealingLR extends Schedule {
  private readonly tMax: number;
  private readonly etaMin: number;

  constructor(optimizer: Optimizer, { tMax, etaMin = 0 }: { tMax: number; etaMin?: number }) {
    super(optimizer);
    this.tMax = wholeNumber("CosineAnnealingLR", "tMax", tMax);
    this.etaMin = etaMin;
  }

  lrAt(t: number): number {
    return this.etaMin + ((this.baseLr - this.etaMin) * (1 + Math.cos((Math.PI * t) / this.tMax))) / 2;
  }
}

/** Settings of OneCycleLR. */
export interface OneCycleOptions {
  maxLr: number;
  totalSteps: number;
  /** The share of the steps in which the rate rises. */
  pctStart?: number;
  annealStrategy?: "cos" | "linear";
  /** Whether momentum (or Adam's β₁) falls while the rate rises, and back. */
  cycleMomentum?: boolean;
  baseMomentum?: number;
  maxMomentum?: number;
  /** The first rate is maxLr / divFactor … */
  divFactor?: number;
  /** … and the last one that divided by finalDivFactor. */
  finalDivFactor?: number;
}

/**
 * From maxLr / divFactor up to maxLr, then down to almost nothing (Smith and Topin 2018); one call per batch.
 * Throws if called more often than `totalSteps`, or if momentum is to be cycled in an optimizer that has none.
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 */
export class OneCycleLR extends Schedule {
  private readonly options: Required<OneCycleOptions>;

  constructor(
    optimizer: Optimizer,
    {
      maxLr,
      totalSteps,
      pctStart = 0.3,
      annealStrategy = "cos",
      cycleMomentum = true,
      baseMomentum = 0.85,
      maxMomentum = 0.95,
      divFactor = 25,
      finalDivFactor = 1e4,
    }: OneCycleOptions,
  ) {
    super(optimizer);
    wholeNumber("OneCycleLR", "totalSteps", totalSteps);
    if (!(pctStart >= 0 && pctStart <= 1))
      throw new RangeError(`OneCycleLR: expected pctStart in [0, 1], got ${pctStart}`);
    this.options = {
      maxLr,
      totalSteps,
      pctStart,
      annealStrategy,
      cycleMomentum,
      baseMomentum,
      maxMomentum,
      divFactor,
      finalDivFactor,
    };
    this.set(0);
  }

  lrAt(t: number): number {
    const { maxLr, divFactor, finalDivFactor } = this.options;
    const first = maxLr / divFactor;
    return this.anneal(t, first, maxLr, first / finalDivFactor);
  }

  protected override set(t: number): void {
    const { totalSteps, cycleMomentum, baseMomentum, maxMomentum } = this.options;
    if (t > totalSteps) throw new RangeError(`OneCycleLR.step: expected at most ${totalSteps} steps, got ${t}`);
    if (cycleMomentum) setMomentum(this.optimizer, this.anneal(t, maxMomentum, baseMomentum, maxMomentum));
    super.set(t);
  }

  /** From `start` to `peak` in the first part of the steps, then to `end`. */
  private anneal(t: number, start: number, peak: number, end: number): number {
    const { totalSteps, pctStart, annealStrategy } = this.options;
    const turn = pctStart * totalSteps - 1;
    const rising = t <= turn;
    const [from, to, share] = rising ? [start, peak, t / turn] : [peak, end, (t - turn) / (totalSteps - 1 - turn)];
    if (annealStrategy === "linear") return (to - from) * share + from;
    return to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);
  }
}

function setMomentum(optimizer: Optimizer, value: number): void {
  const settings = optimizer as unknown as { betas?: [number, number]; momentum?: number };
  if (settings.betas) settings.betas[0] = value;
  else if (settings.momentum) settings.momentum = value;
  else
    throw new Error(
      "OneCycleLR: the optimizer has no momentum to cycle; give it one, or pass { cycleMomentum: false }",
    );
}

/** Settings of ReduceLROnPlateau. */
export interface PlateauOptions {
  mode?: "min" | "max";
  factor?: number;
  patience?: number;
  threshold?: number;
  thresholdMode?: "rel" | "abs";
  cooldown?: number;
  minLr?: number;
  eps?: number;
}

/**
 * Multiplies the rate by `factor` when a measure has not improved for more than `patience` epochs.
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class ReduceLROnPlateau {
  lastEpoch = 0;
  best: number;
  numBadEpochs = 0;
  private cooldownCounter = 0;
  private readonly options: Required<PlateauOptions>;

  constructor(
    private readonly optimizer: Optimizer,
    {
      mode = "min",
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      thresholdMode = "rel",
      cooldown = 0,
      minLr = 0,
      eps = 1e-8,
    }: PlateauOptions = {},
  ) {
    if (!(factor < 1)) throw new RangeError(`ReduceLROnPlateau: expected a factor below 1, got ${factor}`);
    this.options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    this.best = mode === "min" ? Infinity : -Infinity;
  }

  /** Takes this epoch's measure, such as the validation loss. */
  step(measure: number): void {
    const { factor, patience, cooldown, minLr, eps } = this.options;
    this.lastEpoch++;
    if (this.isBetter(measure)) {
      this.best = measure;
      this.numBadEpochs = 0;
    } else {
      this.numBadEpochs++;
    }
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > patience) {
      const lr = Math.max(this.optimizer.lr * factor, minLr);
      if (this.optimizer.lr - lr > eps) this.optimizer.lr = lr;
      this.cooldownCounter = cooldown;
      this.numBadEpochs = 0;
    }
  }

  getLastLr(): number {
    return this.optimizer.lr;
  }

  private isBetter(measure: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    const sign = mode === "min" ? -1 : 1;
    const bar = thresholdMode === "rel" ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return mode === "min" ? measure < bar : measure > bar;
  }
}

function wholeNumber(name: string, setting: string, value: number): number {
  if (!(Number.isInteger(value) && value > 0)) {
    throw new RangeError(`${name}: expected ${setting} to be a whole number above 0, got ${value}`);
  }
  return value;
}
