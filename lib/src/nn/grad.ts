/**
 * Forward and backward in one call, and clipping of gradients. Gradients are a plain record from state-dict names to
 * tensors. Nothing here keeps a tensor: inside `tf.tidy` or a compiled step nothing leaks.
 */
import * as tf from "@tensorflow/tfjs";
import { dropTape, tidy } from "../kernels/tape";
import { flatten, unflatten } from "./flat";
import type { Module } from "./module";

/** Gradients by the state-dict name of their parameter; a parameter that the loss does not reach has no entry. */
export type Gradients = Record<string, tf.Tensor>;

/** Which parameter each gradient of a record belongs to: names alone are not unique across models. */
const owners = new WeakMap<Gradients, ReadonlyMap<tf.Variable, string>>();

/** The parameters behind a record made by `valueAndGrads`, with their names in it. */
export function parametersOf(grads: Gradients): ReadonlyMap<tf.Variable, string> | undefined {
  return owners.get(grads);
}

/**
 * Computes a loss and its gradients with respect to the model's trainable parameters. Both are the caller's: a step that is
 * not compiled runs inside `tf.tidy`, which frees them.
 *
 * Throws if `lossFn` does not return a scalar, or if no parameter influences the loss; then all that it made is freed.
 */
export function valueAndGrads(model: Module, lossFn: () => tf.Tensor): { loss: tf.Scalar; grads: Gradients } {
  const named = model.namedParameters().filter(([, variable]) => variable.trainable);
  if (named.length === 0) throw new Error("valueAndGrads: the model has no trainable parameters");
  const scalarLoss = () => {
    const loss = lossFn();
    if (!(loss instanceof tf.Tensor)) {
      throw new TypeError(`valueAndGrads: expected lossFn to return a scalar tensor, got ${typeof loss}`);
    }
    if (loss.size !== 1) {
      throw new Error(
        `valueAndGrads: expected lossFn to return a scalar, got a tensor of shape [${loss.shape.join(", ")}]; ` +
          "take its mean() or sum()",
      );
    }
    return (loss.rank === 0 ? loss : tf.reshape(loss, [])) as tf.Scalar;
  };
  const { value, grads: byVariable } = gradientsOf(scalarLoss, named);
  const grads: Gradients = {};
  for (const [name, variable] of named) {
    const gradient = byVariable[variable.name];
    if (gradient) grads[name] = gradient;
  }
  owners.set(grads, new Map(named.map(([name, variable]) => [variable, name])));
  return { loss: value, grads };
}

function gradientsOf(loss: () => tf.Scalar, named: [string, tf.Variable][]) {
  const variables = named.map(([, variable]) => variable);
  try {
    return tidy(() => tf.variableGrads(loss, variables)); // frees the loss, too, when it turns out to have no gradients
  } catch (error) {
    dropTape();
    if (!(error instanceof Error && error.message.startsWith("Cannot find a connection"))) throw error;
    throw new Error(
      `valueAndGrads: the loss does not depend on any of ${named.map(([name]) => name).join(", ")}; compute it from the ` +
        "model's output, inside lossFn, without reading values out of tensors",
      { cause: error },
    );
  }
}

/**
 * Scales all gradients of the record so that their common norm is at most `maxNorm`; returns the norm before (a scalar).
 *
 * norm = √Σ g², g ← g·min(1, maxNorm / (norm + 1e-6)); always multiplied, so that no value has to be read.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function clipGradNorm(grads: Gradients, maxNorm: number): tf.Scalar {
  const names = Object.keys(grads);
  if (names.length === 0) return tf.scalar(0);
  const before = names.map((name) => grads[name]!);
  const [norm, ...after] = tf.tidy(() => {
    const flat = flatten(before); // one product instead of one for each gradient
    const norm = tf.sqrt(tf.sum(tf.square(flat))) as tf.Scalar;
    const coefficient = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
    return [norm, ...unflatten(tf.mul(flat, coefficient), before)] as const;
  });
  names.forEach((name, i) => {
    grads[name] = after[i]!;
    before[i]!.dispose(); // its place in the record is taken
  });
  return norm;
}

/**
 * Limits every number of every gradient to [−clipValue, clipValue], in the record.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue(grads: Gradients, clipValue: number): void {
  for (const [name, before] of Object.entries(grads)) {
    grads[name] = tf.clipByValue(before, -clipValue, clipValue);
    before.dispose();
  }
}

/** The number in a tensor with one element, like PyTorch's `.item()`. Waits for the computation: call it outside the step. */
export function item(tensor: tf.Tensor): number {
  if (tensor.size !== 1) {
    throw new Error(`item: expected a tensor with one element, got shape [${tensor.shape.join(", ")}]`);
  }
  return tensor.dataSync()[0]!;
}
