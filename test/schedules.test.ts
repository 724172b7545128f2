import { strict as assert } from "node:assert";
import { optim, tf } from "unrolled";
import { assertClose } from "./close";
import pytorch from "./fixtures/optim.json";

type Options = Record<string, never>;
const schedules: Record<
  string,
  (optimizer: optim.Optimizer, options: Options) => optim.Schedule | optim.ReduceLROnPlateau
> = {
  LambdaLR: (o) => new optim.LambdaLR(o, (t) => 0.5 + 1 / (t + 1)),
  StepLR: (o, options) => new optim.StepLR(o, { ...options, stepSize: options.step_size }),
  ExponentialLR: (o, options) => new optim.ExponentialLR(o, options as unknown as { gamma: number }),
  CosineAnnealingLR: (o, { T_max, eta_min }) => new optim.CosineAnnealingLR(o, { tMax: T_max, etaMin: eta_min }),
  OneCycleLR: (o, options) =>
    new optim.OneCycleLR(o, {
      maxLr: options.max_lr,
      totalSteps: options.total_steps,
      annealStrategy: options.anneal_strategy,
      pctStart: options.pct_start,
      cycleMomentum: options.cycle_momentum,
      divFactor: options.div_factor,
      finalDivFactor: options.final_div_factor,
    }),
  ReduceLROnPlateau: (o, options) =>
    new optim.ReduceLROnPlateau(o, {
      ...options,
      minLr: options.min_lr,
      thresholdMode: options.threshold_mode,
    }),
};

function makeOptimizer(kind: string, settings: object): optim.Optimizer {
  const parameter = tf.variable(tf.zeros([1]));
  return kind === "Adam"
    ? new optim.Adam([parameter], { lr: 0.1 })
    : new optim.SGD([parameter], { lr: 0.1, ...settings });
}

describe("learning-rate schedules", () => {
  for (const { name, options, optimizer: kind, settings, lrs, momenta } of pytorch.schedules) {
    it(`${name} ${JSON.stringify(options).replaceAll('"', "")} sets PyTorch's rates`, () => {
      const optimizer = makeOptimizer(kind, settings);
      const schedule = schedules[name](optimizer, options as unknown as Options);
      const momentum = () => (optimizer instanceof optim.Adam ? optimizer.betas[0] : (optimizer as optim.SGD).momentum);
      const got = [[optimizer.lr, momentum()]];
      for (let t = 0; t < lrs.length - 1; t++) {
        schedule.step(pytorch.plateau[t]);
        got.push([optimizer.lr, momentum()]);
        assert.equal(schedule.getLastLr(), optimizer.lr);
      }
      assertClose(
        got.map(([lr]) => lr),
        lrs,
        "rates",
        1e-14,
      );
      assertClose(
        got.map(([, momentum]) => momentum),
        momenta,
        "momenta",
        1e-14,
      );
    });
  }

  it("continue from a saved state", () => {
    const first = makeOptimizer("SGD", {});
    const schedule = new optim.StepLR(first, { stepSize: 2, gamma: 0.5 });
    for (let t = 0; t < 5; t++) schedule.step();
    const saved = JSON.parse(JSON.stringify(schedule.stateDict())) as optim.ScheduleState;
    const second = makeOptimizer("SGD", {});
    second.lr = 7;
    const restored = new optim.StepLR(second, { stepSize: 2, gamma: 0.5 });
    restored.loadStateDict(saved);
    assert.equal(second.lr, first.lr);
    restored.step();
    schedule.step();
    assert.equal(second.lr, first.lr);
  });

  it("say what does not fit", () => {
    const optimizer = makeOptimizer("SGD", {});
    assert.throws(() => new optim.StepLR(optimizer, { stepSize: 0 }), /StepLR: expected stepSize .* got 0/);
    assert.throws(() => new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 3 }), /no momentum to cycle/);
    const short = new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 1, cycleMomentum: false });
    short.step();
    assert.throws(() => short.step(), /OneCycleLR.step: expected at most 1 steps, got 2/);
  });
});
