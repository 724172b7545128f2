/**
 * The public face of the library: `import { tf, nn, optim, np, random, data, plot, show } from "unrolled"`.
 * Not a place for logic: every name here lives in its own room.
 */
export { backend } from "./backend";
export * as tf from "@tensorflow/tfjs";
export * as format from "./format";
export * as random from "./random";
export * as scratch from "./scratch";
export { Matrix } from "./scratch";
export { RandomState, TorchGenerator, defaultGenerator, manualSeed, np } from "./random";
export * as music from "./music";
export * as data from "./data";
export * as plot from "./plot";
export * from "./notebook";
export * as nn from "./nn";
export { item, loadSafetensors, saveSafetensors } from "./nn";
export * as optim from "./optim";
export * as metrics from "./metrics";
export * from "./generate";
export * from "./train";
export * as models from "./models";
export { NotImplementedError } from "./exercises/not-implemented";
