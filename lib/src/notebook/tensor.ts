/**
 * Tensors shown as PyTorch prints them, as a cell's last value, in `show` and in `console.log`:
 * `tensor([[-0.7762,  0.8319]])`. Importing this file teaches `tf.Tensor`; it adds nothing else to TensorFlow.js.
 */
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { formatTensor, torchSize } from "../format";
import { displaySymbol, type MimeBundle } from "./bundle";

/** Beyond so many elements only type and shape are told: reading them all back would hold up the engine. */
const readable = 2_000_000;

/** A tensor as text; disposed, symbolic and very large ones by type and shape alone. */
export function tensorText(tensor: tf.Tensor): string {
  const brief = (why: string): string => `tensor of ${tensor.dtype}, ${torchSize(tensor.shape)} (${why})`;
  if (tensor.isDisposed) return brief("disposed");
  if (tensor.size > readable) return brief("too large to print; slice it");
  if (tensor.dtype === "string" || tensor.dtype === "complex64") return tensor.toString();
  try {
    return formatTensor(tensor.dataSync() as Float32Array | Int32Array | Uint8Array, tensor.shape);
  } catch (error) {
    return brief(error instanceof Error ? error.message : "no values");
  }
}

function bundle(this: tf.Tensor): MimeBundle {
  return { "text/plain": tensorText(this) };
}

function inspected(this: tf.Tensor): string {
  return tensorText(this);
}

Object.defineProperty(tf.Tensor.prototype, displaySymbol, { value: bundle, configurable: true, writable: true });
Object.defineProperty(tf.Tensor.prototype, inspect.custom, { value: inspected, configurable: true, writable: true });
