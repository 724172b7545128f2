/**
 * State dicts: named tensors, and the check that one fits.
 */
import * as tf from "@tensorflow/tfjs";

/** Tensors by name, as `torch.nn.Module.state_dict()` names them: `rnn.weight_ih_l0`. */
export type StateDict = Record<string, tf.Tensor>;

/** Throws one error that lists every missing, unexpected and misshapen entry of a dict for `owner`. */
export function checkStateDict(
  owner: string,
  dict: Readonly<StateDict>,
  expected: ReadonlyMap<string, number[]>,
): void {
  const missing = [...expected.keys()].filter((name) => !(name in dict));
  const unexpected = Object.keys(dict).filter((name) => !expected.has(name));
  const misfits = [...expected].filter(([name, shape]) => dict[name] && !tf.util.arraysEqual(dict[name].shape, shape));
  const problems = [
    ...(missing.length ? [`missing: ${missing.join(", ")}`] : []),
    ...(unexpected.length ? [`unexpected: ${unexpected.join(", ")}`] : []),
    ...misfits.map(([name, shape]) => `${name}: expected [${shape.join(", ")}], got [${dict[name]!.shape.join(", ")}]`),
  ];
  if (problems.length > 0) {
    throw new Error(`${owner}.loadStateDict: the dict does not fit this ${owner}\n  ${problems.join("\n  ")}`);
  }
}
