/**
 * `fusedOp`: an operation with several outputs and a hand-derived gradient, put on TensorFlow.js's tape as one node.
 * It does what `tf.customGrad` does, and three things it does not: several outputs; `null` (not a tensor of zeros) for an
 * output that the loss does not use; and intermediate results kept without a copy of each.
 */
import * as tf from "@tensorflow/tfjs";

/** Gradients by the name of the input, computed only for the inputs that need one. */
export type Thunks<Name extends string> = { [N in Name]: () => tf.Tensor };

/** What `forward` of a fused op returns: its outputs, and the gradients of its inputs from the gradients of its outputs. */
export interface Fused<Name extends string> {
  outputs: tf.Tensor[];
  /** Called at most once; a gradient that the loss does not reach is null. */
  backward: (dys: (tf.Tensor | null)[]) => Thunks<Name>;
}

/** Keeps a tensor made inside `forward` until `backward` has run (does nothing when no gradient is recorded). */
export type Keep = <T extends tf.Tensor>(tensor: T) => T;

/** `tf.tidy` for any result: TensorFlow.js's own type does not admit null or optional parts. */
export function tidy<T>(body: () => T): T {
  return tf.tidy(body as () => tf.TensorContainer) as T;
}

/** True when operations are being recorded for a gradient. */
export function isTaping(): boolean {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** True when the tensor is the result of an operation that is recorded for the gradient being taken. */
export function isOnTape(tensor: tf.Tensor): boolean {
  return tf.engine().state.activeTape.some(({ outputs }) => outputs.includes(tensor));
}

/**
 * Frees what the operations of a broken-off gradient keep: TensorFlow.js 4.22 does so only after the last gradient, so that a loss
 * that throws would leave all of it behind. Inside another gradient it does nothing, for they share the tape.
 */
export function dropTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = [];
}

/** Runs as inside a kernel, where TensorFlow.js records nothing. */
function offTape<T>(body: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return body();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * The gradients of an operation inside another gradient. What `forward` kept is not on the tape, so the outer gradient would be
 * that of constants; each is put there as an operation that throws if the outer gradient goes through it.
 */
function onceOnly<Name extends string>(name: string, inputs: tf.NamedTensorMap, thunks: () => Thunks<Name>) {
  const { state } = tf.engine();
  const gradient = () => {
    throw new Error(
      `${name}: a gradient of its gradient cannot be taken (and through tf.tanh and tf.sigmoid, as in nn.unroll, it is wrong: ` +
        "tensorflow/tfjs#3252); take the difference of the first gradients at two points",
    );
  };
  const guarded = Object.entries<() => tf.Tensor>(offTape(thunks)).map(([input, thunk]) => [
    input,
    () => {
      const dx = offTape(thunk);
      state.activeTape.push({
        id: state.nextTapeNodeId++,
        kernelName: name,
        inputs,
        outputs: [dx],
        saved: [],
        gradient,
      });
      return dx;
    },
  ]);
  return Object.fromEntries(guarded) as Thunks<Name>;
}

/**
 * Runs `forward` off the tape and records the whole as one node.
 *
 * `inputs` names the tensors that may receive a gradient. Inputs that `backward` reads must be kept as copies
 * (`keep(tensor.clone())`): the caller's scope may dispose them before the gradient is taken.
 */
export function fusedOp<Name extends string>(
  name: string,
  inputs: { [N in Name]?: tf.Tensor | undefined },
  forward: (keep: Keep) => Fused<Name>,
): tf.Tensor[] {
  const { state } = tf.engine();
  const taping = isTaping();
  const saved: tf.Tensor[] = [];
  const keep: Keep = (tensor) => {
    if (taping) saved.push(tf.keep(tensor));
    return tensor;
  };
  let fused!: Fused<Name>;
  try {
    offTape(() =>
      tf.tidy(() => {
        fused = forward(keep);
        return fused.outputs;
      }),
    );
  } catch (error) {
    tf.dispose(saved);
    throw error;
  }
  if (taping) {
    const present: tf.NamedTensorMap = {};
    for (const key of Object.keys(inputs) as Name[]) {
      const tensor = inputs[key];
      if (tensor) present[key] = tensor;
    }
    state.activeTape.push({
      id: state.nextTapeNodeId++,
      kernelName: name,
      inputs: present,
      outputs: fused.outputs,
      saved, // disposed by the engine when the gradients are done
      gradient: (dys: (tf.Tensor | null)[]) => {
        if (!isTaping()) return fused.backward(dys);
        const reached = dys.flatMap((dy, i) => (dy ? [[`dy${i}`, dy] as const] : []));
        return onceOnly(name, { ...present, ...Object.fromEntries(reached) }, () => fused.backward(dys));
      },
    });
  }
  return [...fused.outputs]; // the tape holds the other list
}
