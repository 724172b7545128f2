/**
 * A small graph as a list of loops over one memory: each operation is a function that was made for its shapes, and a call of
 * the step is a call of each. A call to TensorFlow takes 25 µs and 0.3 µs for each node before it computes anything; a loop
 * begins at once. Which graphs run so is decided in `cost.ts`.
 */
import * as tf from "@tensorflow/tfjs";
import { allocate, bind } from "../../simd";
import type { Slot } from "../analyse";
import type { Drawn, Graph, Input, Outputs } from "../engine";
import type { NativeBackend, TensorData } from "../native";
import { mayFail } from "../nodes";
import { at } from "../site";
import { Builder, hasLoop, roomFor, type Parts } from "./builder";
import { BOOL, FLOAT } from "./elementwise";
import { endLoan, homeOf, lend } from "./loan";
import type { Loop, Numbers, Value } from "./value";

/** Graphs with more numbers than this are TensorFlow's business. */
const mostNumbers = 1 << 22;

/** The graph as loops; undefined if there is an operation without one. */
export function loopGraph(native: NativeBackend, parts: Parts): LoopGraph | undefined {
  const isFlag = (id: number) => parts.nodes.meta(id).dtype === BOOL;
  if (!parts.used.every(hasLoop) || stateOf(parts).some(isFlag)) return undefined;
  const size = roomFor(parts);
  const memory = size > mostNumbers ? undefined : allocate(4 * size);
  const kernels = memory && bind(memory);
  if (!kernels) return undefined;
  const builder = new Builder(parts, memory.buffer, kernels);
  try {
    return builder.build() ? new LoopGraph(native, builder, parts) : undefined;
  } catch (error) {
    // Only ranges: a constant index outside of its table, which TensorFlow will tell in the first call.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The new values of the state. */
const stateOf = ({ outputs, homes }: Parts) => outputs.slice(outputs.length - homes.length);

/** Where a piece of state is between calls, and whose data it was lent to. */
interface StatePlace {
  readonly home: Numbers;
  data?: TensorData;
}

/** A graph that this library computes itself. */
export class LoopGraph implements Graph {
  readonly engine = "loops";
  readonly isPooled = false;
  readonly nodes: number;
  readonly digest: string;
  private readonly loops: readonly Loop[];
  /** Where in the learner's code the loops come from that may fail on values. */
  private readonly sites: readonly string[];
  private readonly inputs: readonly Value[];
  private readonly outputs: readonly { value: Value; dtype: number }[];
  private readonly state: readonly StatePlace[];
  /** The inputs that are state. */
  private readonly stateOfInput: readonly (StatePlace | undefined)[];

  constructor(
    private readonly native: NativeBackend,
    builder: Builder,
    parts: Parts,
  ) {
    const { nodes, used, inputs, outputs, homes, digest } = parts;
    this.nodes = used.length;
    this.digest = digest;
    this.inputs = inputs.map((id) => builder.value(id));
    // What goes out must still be there when new state has taken the place of the old.
    const liesInInput = ({ at }: Value) =>
      this.inputs.some((input) => at >= input.at && at < input.at + input.numbers.length);
    this.outputs = outputs.map((id) => {
      const value = builder.value(id);
      return { value: liesInInput(value) ? builder.copyOf(id) : value, dtype: nodes.meta(id).dtype };
    });
    this.state = stateOf(parts).map((id, i) => {
      const home = builder.value(homes[i]!) ?? builder.allocate(nodes.meta(id), false);
      return { home: home.numbers };
    });
    this.stateOfInput = this.inputs.map(({ numbers }) => this.state.find(({ home }) => home === numbers));
    this.loops = builder.loops;
    this.sites = builder.origins.map(({ op, site }) => (mayFail(op) ? at(site ?? {}) : ""));
  }

  run(inputs: readonly Input[], drawn: readonly Drawn[]): Outputs {
    inputs.forEach((input, k) => this.bring(input, k));
    drawn.forEach(({ values }, k) => this.inputs[inputs.length + k]!.numbers.set(values));
    const { loops } = this;
    let i = 0;
    try {
      for (; i < loops.length; i++) loops[i]!();
    } catch (error) {
      const reason = `${(error as Error).message}${this.sites[i]}`;
      throw new Error(`compile: ${reason} (the step changed nothing)`, { cause: error });
    }
    return this.taken;
  }

  free(): void {
    this.state.forEach(takeBack);
  }

  /** Copies an input to its place, unless it is there. */
  private bring(input: Input, k: number): void {
    const { tensorMap, binding } = this.native;
    const { numbers } = this.inputs[k]!;
    const data = typeof input === "number" ? undefined : tensorMap.get(input.dataId);
    const home = data && homeOf(data);
    if (home === numbers) return;
    if (this.stateOfInput[k]) takeBack(this.stateOfInput[k]);
    const id = data?.id ?? (input as number);
    numbers.set(home ?? ((data?.values ?? binding.tensorDataSync(id)) as Numbers));
  }

  /** The outputs of the last call; each is taken before the next. */
  private readonly taken: Outputs = {
    read: (i) => Float64Array.from(this.outputs[i]!.value.numbers),
    tensor: (i) => this.tensor(i),
    store: (i, slot) => this.store(slot, i),
    free: () => {},
  };

  /** A copy of an output as a tensor. */
  private tensor(i: number): tf.Tensor {
    const { value, dtype } = this.outputs[i]!;
    const { numbers, shape } = value;
    const type = dtype === FLOAT ? "float32" : dtype === BOOL ? "bool" : "int32";
    return tf.engine().makeTensor(dtype === BOOL ? Uint8Array.from(numbers) : numbers.slice(), [...shape], type);
  }

  private store({ variable, dataId }: Slot, i: number): void {
    const { native, outputs, state } = this;
    const place = state[i - outputs.length + state.length]!;
    const data = native.tensorMap.get(variable?.dataId ?? dataId!);
    const isShared = variable !== undefined && data.refCount > 1; // a clone shares the variable's data and must keep the old value
    if (isShared || place.data !== data) takeBack(place);
    if (!isShared) {
      place.data = data;
      return lend(native, data, place.home, outputs[i]!.value.numbers);
    }
    const tensor = this.tensor(i);
    variable.assign(tensor);
    tensor.dispose();
  }
}

/** Lets the data that are at a place have their own numbers again. */
function takeBack(place: StatePlace): void {
  if (place.data && homeOf(place.data) === place.home) endLoan(place.data);
  delete place.data;
}
