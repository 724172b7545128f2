/**
 * Fast single steps of a trained recurrent model, for generating text: the same numbers as `forward` to rounding, without
 * TensorFlow (`kernels/stepper.ts` has the maths). Finds the parts of a model by itself and checks that it got them right.
 */
import * as tf from "@tensorflow/tfjs";
import { makeStepper, versionOf, watch, type Stepper } from "../kernels";
import { defaultGenerator } from "../random";
import { Dropout } from "./activations";
import { Embedding } from "./embedding";
import { Linear } from "./linear";
import type { Module } from "./module";
import { Recurrent } from "./recurrent";

/** The parts of a network from token numbers to scores. */
export interface StepperParts {
  /** Without one, a token is its one-hot vector. */
  embedding?: Embedding | undefined;
  rnn: Recurrent;
  /** Without one, the scores are the top layer's hidden state. */
  head?: Linear | undefined;
}

/** Above this many multiplications in a step (0.1 to 0.3 ms) TensorFlow with all its threads wins. */
const MOST_WORK = 1e6;

/**
 * One time step of embedding → recurrent layers → linear layer: tokens [B] and the state before → scores [B, O] and the state
 * after. It follows the weights: a step after they have changed uses the new ones. Dropout is off, as in evaluation.
 *
 * ```ts
 * const step = nn.stepper({ embedding: model.embedding, rnn: model.rnn, head: model.fc });
 * let { scores, state } = step([7], undefined);
 * ({ scores, state } = step([3], state));
 * ```
 *
 * Throws if the parts do not fit each other, on a bidirectional layer, on a token outside 0..V−1 and on a state of another batch.
 */
export function stepper({ embedding, rnn, head }: StepperParts): Stepper {
  const { inputSize, hiddenSize, numLayers } = rnn;
  if (rnn.bidirectional) throw new Error("stepper: a bidirectional layer needs the whole sequence");
  if (embedding && embedding.embeddingDim !== inputSize) {
    throw new Error(`stepper: expected an embedding of ${inputSize} numbers, got ${embedding.embeddingDim}`);
  }
  if (head && head.inFeatures !== hiddenSize) {
    throw new Error(`stepper: expected a head for ${hiddenSize} numbers, got one for ${head.inFeatures}`);
  }
  const parameters = [embedding, rnn, head].flatMap((part) => part?.parameters() ?? []);
  const values = (parameter: tf.Tensor | null | undefined) => parameter?.dataSync<"float32">();
  const build = () =>
    makeStepper({
      table: values(embedding?.weight),
      layers: Array.from({ length: numLayers }, (_, l) => ({
        cell: rnn.cell.name,
        hiddenSize,
        inputSize: l === 0 ? inputSize : hiddenSize,
        weightIh: values(rnn[`weight_ih_l${l}`])!,
        weightHh: values(rnn[`weight_hh_l${l}`])!,
        biasIh: values(rnn[`bias_ih_l${l}`]),
        biasHh: values(rnn[`bias_hh_l${l}`]),
      })),
      head: head && { weight: values(head.weight)!, bias: values(head.bias) },
    });
  const haveChanged = watch(parameters);
  let step: Stepper;
  return (ids, state) => {
    if (haveChanged()) step = build();
    return step(ids, state);
  };
}

/** A model of text: token numbers [B, 1] and the state before → scores [B, 1, V] or [B, V], and the state after. */
type TextModel = Module & { forward(x: tf.Tensor, state?: unknown): unknown };

/**
 * The step that was found for a model, and what the model held then. Building and checking it takes 0.7 ms (Alice's model), as
 * long as a hundred steps.
 */
const found = new WeakMap<Module, { held: unknown[]; step: Stepper }>();

/**
 * A fast step for a small model, if it is nothing but an embedding, recurrent layers of one module and perhaps a linear layer,
 * and if two steps from `ids` (in evaluation mode) give what its `forward` gives; else undefined. The step is found once, and
 * again when any field of the model's modules has changed or the values of a parameter have.
 */
export function stepperOf(model: TextModel, ids: Int32Array): Stepper | undefined {
  const parts = partsOf(model);
  if (!parts || ids.length * (parts.rnn.numParameters() + (parts.head?.numParameters() ?? 0)) > MOST_WORK)
    return undefined;
  const held = heldBy(model);
  const before = found.get(model);
  if (before?.held.length === held.length && held.every((value, i) => Object.is(value, before.held[i])))
    return before.step;
  const step = stepper(parts);
  const generator = defaultGenerator.getState();
  try {
    if (!tf.tidy(() => agrees(model, step, ids))) return undefined;
    found.set(model, { held: heldBy(model), step }); // asked again: a parameter's first use counts as a change
    return step;
  } catch {
    return undefined; // whoever runs `forward` itself gets its error
  } finally {
    defaultGenerator.setState(generator);
  }
}

/** All that the modules of a model hold, and their `forward`; of a parameter, its version. */
function heldBy(model: Module): unknown[] {
  return model
    .modules()
    .flatMap((module) => [
      (module as TextModel).forward,
      ...Object.values(module).map((value: unknown) => (value instanceof tf.Variable ? versionOf(value) : value)),
    ]);
}

function partsOf(model: Module): StepperParts | undefined {
  const parts: { embedding?: Embedding; rnn?: Recurrent; head?: Linear } = {};
  for (const [, child] of model.namedChildren()) {
    if (child instanceof Embedding && !parts.embedding) parts.embedding = child;
    else if (child instanceof Recurrent && !parts.rnn) parts.rnn = child;
    else if (child instanceof Linear && !parts.head) parts.head = child;
    else if (!(child instanceof Dropout)) return undefined;
  }
  const { embedding, rnn, head } = parts;
  if (!rnn || rnn.bidirectional) return undefined;
  if (embedding && embedding.embeddingDim !== rnn.inputSize) return undefined;
  if (head && head.inFeatures !== rnn.hiddenSize) return undefined;
  const known = [embedding, rnn, head].flatMap((part) => part?.parameters() ?? []).length;
  return model.parameters().length === known ? { embedding, rnn, head } : undefined;
}

/** Whether two steps in a row give the model's own scores. */
function agrees(model: TextModel, step: Stepper, ids: Int32Array): boolean {
  let state: unknown;
  let fastState: ReturnType<Stepper>["state"] | undefined;
  // The second step's tokens stand in another order, so that a state that is not carried shows.
  for (const present of [ids, ids.slice().reverse()]) {
    const result = model.forward(tf.tensor2d(present, [present.length, 1], "int32"), state);
    if (!Array.isArray(result) || !(result[0] instanceof tf.Tensor) || result[1] === undefined) return false;
    const expected = result[0].dataSync<"float32">();
    const { scores, state: after } = step(present, fastState);
    if (scores.length !== expected.length) return false;
    const scale = expected.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
    if (!scores.every((score, i) => Math.abs(score - expected[i]!) < 1e-5 * scale)) return false;
    [state, fastState] = [result[1], after];
  }
  return true;
}
