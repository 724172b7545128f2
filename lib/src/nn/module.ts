/**
 * The base of every layer and model: finds parameters and submodules among its own fields, in order of assignment, and
 * from them makes names, state dicts and PyTorch's printed form. Does no maths and knows no layer.
 *
 * A field counts when its value is a `tf.Variable` (a parameter) or a `Module`; arrays are not searched, as in PyTorch: put
 * submodules into a `ModuleList`.
 */
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { guard } from "../compile/host";
import { checkStateDict, type StateDict } from "./state-dict";

/** The name under which each parameter was last listed by its model. */
const parameterNames = new WeakMap<tf.Variable, string>();

/** The state-dict name of a parameter, or undefined if no module has listed it yet. */
export function parameterName(parameter: tf.Variable): string | undefined {
  return parameterNames.get(parameter);
}

const shapeText = (shape: readonly number[]) => `[${shape.join(", ")}]`;
const indent = (text: string) => text.replaceAll("\n", "\n  ");

/**
 * Base class of layers and models.
 *
 * ```ts
 * class Classifier extends nn.Module {
 *   hidden = new nn.Linear(4, 8);
 *   out = new nn.Linear(8, 2);
 *   forward(x: tf.Tensor) { return this.out.forward(this.hidden.forward(x).tanh()); }
 * }
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
 */
export abstract class Module {
  private isTraining = true;

  /** Whether layers such as Dropout behave as in training; set by `train()` and `eval()`. A compiled step follows it. */
  get training(): boolean {
    return guard(() => this.isTraining);
  }

  set training(mode: boolean) {
    this.isTraining = mode;
  }

  /** The submodules of this module by field name, in order of assignment. */
  namedChildren(): [string, Module][] {
    return Object.entries(this).filter((field): field is [string, Module] => field[1] instanceof Module);
  }

  /** This module and all modules below it, parents first. */
  modules(): Module[] {
    return [this, ...this.namedChildren().flatMap(([, child]) => child.modules())];
  }

  /** Every (name, parameter) below this module; own parameters first, a shared one under each of its names. */
  private namedVariables(): [string, tf.Variable][] {
    const own = Object.entries(this).filter((field): field is [string, tf.Variable] => field[1] instanceof tf.Variable);
    const below = this.namedChildren().flatMap(([prefix, child]) =>
      child.namedVariables().map(([name, variable]): [string, tf.Variable] => [`${prefix}.${name}`, variable]),
    );
    return [...own, ...below];
  }

  /** Parameters with their state-dict names, in PyTorch's order; a shared parameter appears once. */
  namedParameters(): [string, tf.Variable][] {
    const seen = new Set<tf.Variable>();
    return this.namedVariables().filter(([name, variable]) => {
      if (seen.has(variable)) return false;
      seen.add(variable);
      parameterNames.set(variable, name);
      return true;
    });
  }

  /** The parameters, for an optimizer. To freeze one, set its `trainable` to false. */
  parameters(): tf.Variable[] {
    return this.namedParameters().map(([, variable]) => variable);
  }

  /** How many numbers the parameters hold. */
  numParameters(): number {
    return this.parameters().reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * The parameters by name. They are the live tensors, as in PyTorch: what is trained later shows here too;
   * `clone()` those to be kept.
   */
  stateDict(): StateDict {
    return Object.fromEntries(this.namedVariables());
  }

  /**
   * Copies values into the parameters. Throws one error that lists every missing, unexpected and misshapen entry, and then
   * nothing has been changed.
   */
  loadStateDict(dict: Readonly<StateDict>): void {
    const own = this.namedVariables();
    checkStateDict(this.constructor.name, dict, new Map(own.map(([name, { shape }]) => [name, shape])));
    tf.tidy(() => own.forEach(([name, variable]) => variable.assign(tf.cast(dict[name]!, variable.dtype))));
  }

  /** Puts this module and all below into training mode (or, with false, evaluation mode). */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Puts this module and all below into evaluation mode: Dropout does nothing. */
  eval(): this {
    return this.train(false);
  }

  /** Frees the memory of all parameters; the module is of no use afterwards. */
  dispose(): void {
    for (const variable of this.parameters()) variable.dispose();
  }

  /** What stands between the brackets of the printed form: `in_features=4, out_features=8, bias=True`. */
  protected extraRepr(): string {
    return "";
  }

  /** The lines for the submodules in the printed form. */
  protected childLines(): string[] {
    return this.namedChildren().map(([name, child]) => `(${name}): ${indent(String(child))}`);
  }

  /** The module as PyTorch prints it. */
  toString(): string {
    const extra = this.extraRepr();
    const children = this.childLines();
    const name = this.constructor.name;
    if (children.length === 0) return `${name}(${extra})`;
    return `${name}(\n  ${[...(extra ? [extra] : []), ...children].join("\n  ")}\n)`;
  }

  /** `console.log(model)` prints the same. */
  [inspect.custom](): string {
    return this.toString();
  }

  /** In a notebook: the printed form, and a table of the parameters. */
  [Symbol.for("Jupyter.display")](): { "text/plain": string; "text/html": string } {
    return { "text/plain": this.toString(), "text/html": this.toHtml() };
  }

  private toHtml(): string {
    const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const count = (n: number) => n.toLocaleString("en-US");
    const rows = this.namedParameters().map(
      ([name, { shape, size, trainable }]) =>
        `<tr><td style="text-align:left">${escape(name)}${trainable ? "" : " (frozen)"}</td>` +
        `<td style="text-align:left">${shapeText(shape)}</td><td>${count(size)}</td></tr>`,
    );
    return (
      `<pre style="font-family:var(--jp-code-font-family,monospace)">${escape(this.toString())}</pre>\n` +
      `<table>\n<thead><tr><th style="text-align:left">parameter</th>` +
      `<th style="text-align:left">shape</th><th>numbers</th></tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n` +
      `<tfoot><tr><th style="text-align:left">all</th><th></th><th>${count(this.numParameters())}</th></tr></tfoot>\n</table>`
    );
  }
}

/** Runs with a module and all below in evaluation mode; afterwards, also after an error, each is in the mode it was in. */
export function inEvaluation<T>(module: Module, run: () => T): T {
  const modes = module.modules().map((part) => [part, part.training] as const);
  module.eval();
  try {
    return run();
  } finally {
    for (const [part, training] of modes) part.training = training;
  }
}

/** A module that maps one tensor to one tensor. */
export type Layer = Module & { forward(x: tf.Tensor): tf.Tensor };

/**
 * Modules under the names "0", "1", …, so that a list of layers is registered.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends Module implements Iterable<M> {
  [index: number]: M;

  constructor(modules: Iterable<M> = []) {
    super();
    this.push(...modules);
  }

  get length(): number {
    return this.namedChildren().length;
  }

  /** Appends modules; returns the new length. */
  push(...modules: M[]): number {
    let { length } = this;
    for (const module of modules) this[length++] = module;
    return length;
  }

  *[Symbol.iterator](): Iterator<M> {
    for (const [, module] of this.namedChildren()) yield module as M;
  }

  /** Equal neighbours are printed once, `(0-2): 3 x Linear(…)`, as in PyTorch. */
  protected override childLines(): string[] {
    const groups: { text: string; first: number; last: number }[] = [];
    [...this].forEach((module, index) => {
      const text = String(module);
      const group = groups.at(-1);
      if (group?.text === text) group.last = index;
      else groups.push({ text, first: index, last: index });
    });
    return groups.map(({ text, first, last }) => {
      const repeated = last > first;
      return `(${repeated ? `${first}-${last}` : first}): ${repeated ? `${last - first + 1} x ` : ""}${indent(text)}`;
    });
  }
}

/**
 * Layers one after another: each takes what the one before returns.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 */
export class Sequential extends Module {
  [index: number]: Layer;

  constructor(...layers: Layer[]) {
    super();
    layers.forEach((layer, index) => {
      this[index] = layer;
    });
  }

  forward(x: tf.Tensor): tf.Tensor {
    return this.namedChildren().reduce((value, [, layer]) => (layer as Layer).forward(value), x);
  }
}
