/**
 * What all optimizers share: matching gradients to parameters, state that can be saved, and numbers that change per step.
 * The formulas are in the files beside this one.
 *
 * All parameters of a group are updated as one long vector: about 16 + 3n native calls for n parameters instead of 13n.
 */
import * as tf from "@tensorflow/tfjs";
import { host } from "../compile/host";
import { flatten, unflatten } from "../nn/flat";
import { parametersOf, type Gradients } from "../nn/grad";
import { parameterName } from "../nn/module";
import { checkStateDict, type StateDict } from "../nn/state-dict";

/** Parameters that have had the same number of steps, with their state as flat vectors. */
interface Group {
  readonly parameters: tf.Variable[];
  /** How many steps were taken. */
  t: number;
  readonly state: Record<string, tf.Variable>;
}

/** What a formula gets: everything flat, all parameters of a group one after another. */
export interface UpdateInput<State extends string> {
  /** The gradients. */
  g: tf.Tensor;
  /** The parameters before the step (made when asked for). */
  p: () => tf.Tensor;
  state: Record<State, tf.Tensor>;
  /** The numbers of this step, as `numbers` returned them. */
  n: tf.Scalar[];
}

/** What a formula returns: p ← p·decay + delta, and the state after the step. */
export interface UpdateResult<State extends string> {
  delta: tf.Tensor;
  decay?: tf.Scalar | undefined;
  state: Record<State, tf.Tensor>;
}

/** Base class of the optimizers. https://docs.pytorch.org/docs/stable/optim.html */
export abstract class Optimizer<State extends string = string> {
  private readonly parameters: tf.Variable[];
  private readonly names: Map<tf.Variable, string>;
  private groups: Group[];

  /** Throws if there is nothing to optimize or a parameter comes twice. */
  protected constructor(
    parameters: Iterable<tf.Variable>,
    /** The learning rate; may be changed at any time, as schedules do. */
    public lr: number,
    private readonly initialState: Record<State, number>,
  ) {
    const name = this.constructor.name;
    this.parameters = [...parameters];
    if (this.parameters.length === 0) throw new Error(`${name}: expected at least one parameter, got an empty list`);
    if (!this.parameters.every((parameter) => parameter instanceof tf.Variable)) {
      throw new TypeError(`${name}: expected tf.Variables, such as model.parameters()`);
    }
    if (new Set(this.parameters).size < this.parameters.length) throw new Error(`${name}: a parameter comes twice`);
    checkNumber(name, "lr", lr);
    const named = this.parameters.map((parameter, index) => parameterName(parameter) ?? String(index));
    const unique = new Set(named).size === named.length;
    this.names = new Map(this.parameters.map((parameter, i) => [parameter, unique ? named[i]! : String(i)]));
    this.groups = [this.newGroup(this.parameters, 0)];
  }

  /** The numbers that step `t` (1, 2, …) needs, from `lr` and the other settings of that moment. */
  protected abstract numbers(t: number): number[];

  /** The formula. */
  protected abstract update(input: UpdateInput<State>): UpdateResult<State>;

  /**
   * Changes the parameters by one step. Parameters without a gradient in the record stay as they are. The gradients are not
   * freed: call it inside `tf.tidy` or `nn.compile`. Throws if no gradient belongs to a parameter of this optimizer.
   */
  step(grads: Gradients): void {
    const owners = parametersOf(grads);
    const gradientOf = (parameter: tf.Variable): tf.Tensor | undefined => {
      if (!owners) return grads[this.names.get(parameter)!] ?? grads[parameter.name]; // tf.variableGrads names them so
      const name = owners.get(parameter);
      return name === undefined ? undefined : grads[name];
    };
    this.refine((parameter) => gradientOf(parameter) !== undefined);
    const active = this.groups.filter(({ parameters }) => gradientOf(parameters[0]!) !== undefined);
    if (active.length === 0) {
      const got = Object.keys(grads).join(", ") || "an empty record";
      throw new Error(
        `${this.constructor.name}.step: expected gradients of ${[...this.names.values()].join(", ")}, got ${got}`,
      );
    }
    for (const group of active) {
      const gradients = group.parameters.map((parameter) => gradientOf(parameter)!);
      tf.tidy(() => this.stepGroup(group, gradients));
    }
  }

  private stepGroup(group: Group, grads: tf.Tensor[]): void {
    const { parameters, state } = group;
    grads.forEach((gradient, i) => {
      if (!tf.util.arraysEqual(gradient.shape, parameters[i]!.shape)) {
        throw new Error(
          `${this.constructor.name}.step: expected a gradient of shape [${parameters[i]!.shape.join(", ")}] for ` +
            `${this.names.get(parameters[i]!)}, got [${gradient.shape.join(", ")}]`,
        );
      }
    });
    let now: number[] = [];
    const n = Array.from({ length: this.numbers(1).length }, (_, i) =>
      host(() => {
        if (i === 0) now = this.numbers(++group.t); // counted here, so that a replayed step counts too
        return now[i]!;
      }),
    );
    // Joining pays if there is state; without it there are but two or three operations for each parameter.
    const isJoined = Object.keys(state).length > 0;
    const parts = isJoined
      ? [{ parameters, grads }]
      : parameters.map((p, i) => ({ parameters: [p], grads: [grads[i]!] }));
    for (const { parameters, grads } of parts) {
      const result = this.update({
        g: flatten(grads),
        p: () => flatten(parameters),
        state: state as Record<State, tf.Tensor>,
        n,
      });
      const deltas = unflatten(result.delta, parameters);
      parameters.forEach((parameter, i) => {
        const kept = result.decay ? tf.mul(parameter, result.decay) : parameter;
        parameter.assign(tf.add(kept, deltas[i]!));
      });
      for (const [key, value] of Object.entries<tf.Tensor>(result.state)) state[key]!.assign(value);
    }
  }

  /**
   * A copy of the state by parameter and PyTorch's name for it, as in `fc.weight.exp_avg`, and of the number of steps,
   * `fc.weight.step`; ready for `saveSafetensors`. Settings such as the learning rate are not in it.
   */
  stateDict(): StateDict {
    const parts = new Map<tf.Variable, StateDict>();
    for (const { parameters, t, state } of this.groups) {
      const whole = Object.entries(state).map(([key, flat]) => ({
        key,
        values: tf.tidy(() => copies(flat, parameters)),
      }));
      parameters.forEach((parameter, i) => {
        const own: StateDict = { step: tf.scalar(t, "int32") };
        for (const { key, values } of whole) own[key] = values[i]!;
        parts.set(parameter, own);
      });
    }
    const entries = this.parameters.flatMap((parameter) =>
      Object.entries(parts.get(parameter)!).map(([key, value]) => [`${this.names.get(parameter)}.${key}`, value]),
    );
    return Object.fromEntries(entries) as StateDict;
  }

  /** Continues from a saved state. Throws, and changes nothing, if entries are missing, unexpected or misshapen. */
  loadStateDict(dict: Readonly<StateDict>): void {
    const keys = Object.keys(this.initialState);
    const shapes = new Map<string, number[]>();
    for (const [parameter, name] of this.names) {
      shapes.set(`${name}.step`, []);
      for (const key of keys) shapes.set(`${name}.${key}`, parameter.shape);
    }
    checkStateDict(this.constructor.name, dict, shapes);
    const steps = new Map([...this.names].map(([p, name]) => [p, dict[`${name}.step`]!.dataSync()[0]!]));
    this.refine((parameter) => steps.get(parameter)!);
    for (const group of this.groups) {
      group.t = steps.get(group.parameters[0]!)!;
      for (const key of keys) {
        const parts = group.parameters.map((parameter) => dict[`${this.names.get(parameter)}.${key}`]!);
        tf.tidy(() => group.state[key]!.assign(tf.cast(flatten(parts), "float32")));
      }
    }
  }

  /** Frees the state. */
  dispose(): void {
    for (const { state } of this.groups) tf.dispose(state);
  }

  private newGroup(parameters: tf.Variable[], t: number): Group {
    const size = parameters.reduce((sum, parameter) => sum + parameter.size, 0);
    const shape = parameters.length === 1 ? parameters[0]!.shape : [size];
    const state: Record<string, tf.Variable> = {};
    for (const [key, value] of Object.entries<number>(this.initialState)) {
      state[key] = tf.tidy(() => tf.variable(tf.fill(shape, value)));
    }
    return { parameters, t, state };
  }

  /** Splits groups so that `keyOf` is equal within each; usually it is already, and nothing happens. */
  private refine(keyOf: (parameter: tf.Variable) => unknown): void {
    this.groups = this.groups.flatMap((group) => {
      const parts = new Map<unknown, tf.Variable[]>();
      for (const parameter of group.parameters) {
        const key = keyOf(parameter);
        parts.set(key, [...(parts.get(key) ?? []), parameter]);
      }
      if (parts.size === 1) return [group];
      const split = [...parts.values()].map((parameters) => this.newGroup(parameters, group.t));
      tf.tidy(() => {
        for (const [key, flat] of Object.entries(group.state)) {
          const whole = unflatten(flat, group.parameters);
          for (const { parameters, state } of split) {
            state[key]!.assign(flatten(parameters.map((parameter) => whole[group.parameters.indexOf(parameter)]!)));
          }
        }
      });
      tf.dispose(group.state);
      return split;
    });
  }
}

/** As `unflatten`, but the tensors are the caller's. */
function copies(flat: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  return unflatten(flat, like).map((part) => tf.clone(part));
}

/** Throws unless a setting is a number of at least `low` (and below `high`). */
export function checkNumber(name: string, setting: string, value: number, low = 0, high = Infinity): void {
  if (!(value >= low && value < high)) {
    throw new RangeError(
      `${name}: expected ${setting} ${high === Infinity ? `of at least ${low}` : `in [${low}, ${high})`}, got ${value}`,
    );
  }
}
